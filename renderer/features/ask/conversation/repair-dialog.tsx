import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Repair } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import type { AskState } from '../ask-state.ts';

const SqlDiff = lazy(() =>
  import('../../../components/sql-diff/sql-diff.tsx').then((module) => ({ default: module.SqlDiff })),
);

interface RepairDialogProps {
  connectionId: string;
  state: AskState;
  onAccept(sql: string): void;
  onClose(): void;
}

const texts = copy.conversation.repair;

/** Asks for a repair once, shows what it would change, and replaces the statement only when told to. */
export function RepairDialog({ connectionId, state, onAccept, onClose }: RepairDialogProps) {
  const core = useCore();
  const { sql, question, scope } = state;
  const message = state.problem?.message ?? '';
  const repair = useQuery({
    queryKey: ['repair', connectionId, sql, message, scope],
    queryFn: ({ signal }) => {
      const asked = question.trim() === '' ? {} : { question };
      return core['generation.repair']({ connectionId, sql, message, tables: scope, ...asked }, { signal });
    },
    // One question to the model; another one only on the user's word.
    ...{ retry: false, staleTime: Infinity, gcTime: 0 },
  });
  const repaired = repair.data?.kind === 'repaired' ? repair.data : undefined;
  return (
    <Dialog
      title={texts.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          {repaired && (
            <Button
              variant="primary"
              onClick={() => {
                onAccept(repaired.sql);
                onClose();
              }}
            >
              {texts.accept}
            </Button>
          )}
        </>
      }
    >
      <p className="m-0 mb-3 font-mono text-s wrap-anywhere text-danger">{message}</p>
      {repair.isFetching && (
        <p className="flex items-center gap-2" role="status">
          <Spinner /> {texts.repairing}
        </p>
      )}
      {repair.error && (
        <FailureNotice title={texts.failed} error={repair.error} onRetry={() => void repair.refetch()} />
      )}
      {repair.data?.kind === 'impossible' && (
        <Notice tone="info" title={texts.impossible} message={repair.data.message} hint={repair.data.hint} />
      )}
      {repaired && <Change before={sql} repaired={repaired} />}
    </Dialog>
  );
}

function Change({ before, repaired }: { before: string; repaired: Extract<Repair, { kind: 'repaired' }> }) {
  const { by, model = '', sql } = repaired;
  return (
    <>
      <p>{by === 'model' ? texts.by.model(model) : texts.by.names}</p>
      <Suspense fallback={<pre>{sql}</pre>}>
        <SqlDiff
          before={before}
          after={sql}
          beforeLabel={texts.before}
          afterLabel={texts.after}
          isUnified
          ignoresCase={false}
        />
      </Suspense>
    </>
  );
}
