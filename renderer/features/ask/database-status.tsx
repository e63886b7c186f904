import { useMutation, useQueryClient } from '@tanstack/react-query';
import { DatabaseZap, Pencil, RotateCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { DemoProgress } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { useCore, useLinkState } from '../../lib/core-context.tsx';
import { navigate } from '../../lib/navigation.ts';
import { queryKeys } from '../../lib/queries.ts';
import type { ChosenDatabase } from './use-database.ts';

export function NoDatabase() {
  return (
    <EmptyState
      icon={DatabaseZap}
      title={copy.databases.noneTitle}
      hint={copy.databases.noneHint}
      actions={
        <Button variant="primary" onClick={() => navigate('connections', 'add')}>
          {copy.databases.add}
        </Button>
      }
    />
  );
}

/** One line beside the chooser while a database is made ready. */
export function DatabaseProgress({ database }: { database: ChosenDatabase }) {
  const { preparation, chosen, opening } = database;
  const text =
    chosen?.kind === 'demo' && preparation.kind === 'preparing'
      ? describe(preparation.progress)
      : opening && chosen
        ? copy.databases.opening(chosen.name)
        : undefined;
  return (
    <span className="outcome muted" role="status">
      {text && <Spinner />}
      {text}
    </span>
  );
}

function describe(progress: DemoProgress | undefined): string {
  if (!progress) return copy.databases.preparing['starting-server'];
  if (progress.stage !== 'loading') return copy.databases.preparing[progress.stage];
  return copy.databases.preparing.loading(progress.database ?? '', progress.done, progress.total);
}

/** Why the chosen database cannot be used, and the ways on. */
export function DatabaseProblem({ database }: { database: ChosenDatabase }) {
  const { chosen, preparation, schemaError, retry } = database;
  const link = useLinkState();
  if (chosen?.kind === 'demo' && preparation.kind === 'failed') {
    return (
      <Notice
        tone="error"
        title={copy.databases.prepareFailed}
        message={preparation.error.message}
        hint={preparation.error.hint}
        actions={
          <>
            <RetryButton onRetry={retry} />
            <ResetServer onReset={retry} />
          </>
        }
      />
    );
  }
  // A lost link to the core is told in its own banner. A lost database has the same code and is told here.
  if (!schemaError || link.kind !== 'connected') return null;
  return (
    <Notice
      tone="error"
      title={copy.problems.unreachableTitle}
      message={schemaError.message}
      hint={schemaError.hint}
      actions={
        <>
          <RetryButton onRetry={retry} />
          {chosen?.kind === 'user' && (
            <Button small icon={Pencil} onClick={() => navigate('connections', 'edit', chosen.id)}>
              {copy.databases.editConnection}
            </Button>
          )}
        </>
      }
    />
  );
}

function RetryButton({ onRetry }: { onRetry(): void }) {
  return (
    <Button small icon={RotateCw} onClick={onRetry}>
      {copy.common.retry}
    </Button>
  );
}

function ResetServer({ onReset }: { onReset(): void }) {
  const core = useCore();
  const cache = useQueryClient();
  const [asking, setAsking] = useState(false);
  const reset = useMutation({
    mutationFn: () => core['postgres.resetServer']({}),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: queryKeys.server });
      onReset();
    },
  });
  return (
    <>
      <Button small variant="danger" icon={Trash2} disabled={reset.isPending} onClick={() => setAsking(true)}>
        {copy.databases.resetServer}
      </Button>
      {asking && (
        <ConfirmDialog
          title={copy.settings.resetTitle}
          text={copy.databases.resetHint}
          action={copy.databases.resetServer}
          onConfirm={() => {
            setAsking(false);
            reset.mutate();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
