import { useQueryClient } from '@tanstack/react-query';
import { Cable, Plus } from 'lucide-react';
import { useState } from 'react';
import { AppError, type Connection } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Notice } from '../../components/notice.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { navigate } from '../../lib/navigation.ts';
import { requestAsk } from '../../lib/ask-request.ts';
import { queryKeys, useConnections } from '../../lib/queries.ts';
import { ConnectionForm } from './connection-form.tsx';
import { ConnectionList } from './connection-list.tsx';

/** @param rest what comes after the page in the address: nothing, `add`, or `edit` and an id */
export function ConnectionsPage({ rest }: { rest: string[] }) {
  const [mode, id] = rest;
  const connections = useConnections();
  const cache = useQueryClient();
  const list = connections.data ?? [];
  const mine = list.filter((one) => one.kind === 'user');
  const demos = list.filter((one) => one.kind === 'demo');
  const edited = mode === 'edit' ? mine.find((one) => one.id === id) : undefined;
  const [removing, setRemoving] = useState<Connection>();

  function askIt(connection: Connection): void {
    requestAsk({ connectionId: connection.id });
  }

  async function finish(saved: Connection): Promise<void> {
    navigate('connections');
    // What was read over the old settings no longer holds.
    cache.removeQueries({ queryKey: queryKeys.schema(saved.id) });
    await cache.invalidateQueries({ queryKey: queryKeys.connections });
  }

  return (
    <div className="page text-page scroll">
      <div className="page-inner">
        <div className="page-head">
          <div>
            <h1>{copy.pages.connections}</h1>
            <p>{copy.connections.intro}</p>
          </div>
          {mode === undefined && (
            <Button variant="primary" icon={Plus} onClick={() => navigate('connections', 'add')}>
              {copy.connections.add}
            </Button>
          )}
        </div>
        {connections.error && <ListProblem error={AppError.from(connections.error)} />}
        {(mode === 'add' || edited) && (
          <ConnectionForm
            key={edited?.id ?? 'new'}
            existing={edited}
            onSaved={(saved) => void finish(saved)}
            onCancel={() => navigate('connections')}
          />
        )}
        {mine.length > 0 && (
          <ConnectionList
            title={copy.connections.yoursTitle}
            connections={mine}
            onAsk={askIt}
            onEdit={(connection) => navigate('connections', 'edit', connection.id)}
            onRemove={setRemoving}
          />
        )}
        {mine.length === 0 && mode === undefined && connections.isFetched && (
          <section className="card" aria-label={copy.connections.yoursTitle}>
            <EmptyState icon={Cable} title={copy.connections.emptyTitle} hint={copy.connections.emptyHint} />
          </section>
        )}
        {demos.length > 0 && (
          <ConnectionList title={copy.connections.demoTitle} connections={demos} onAsk={askIt} />
        )}
      </div>
      {removing && <RemoveDialog connection={removing} onClose={() => setRemoving(undefined)} />}
    </div>
  );
}

function ListProblem({ error }: { error: AppError }) {
  return <Notice tone="error" title={copy.problems.otherTitle} message={error.message} hint={error.hint} />;
}

function RemoveDialog({ connection, onClose }: { connection: Connection; onClose(): void }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  async function remove(): Promise<void> {
    try {
      await core['connections.remove']({ id: connection.id });
    } catch (error) {
      toast(AppError.from(error).message);
    }
    onClose();
    await cache.invalidateQueries({ queryKey: queryKeys.connections });
  }
  return (
    <ConfirmDialog
      title={copy.connections.removeTitle(connection.name)}
      text={copy.connections.removeText}
      action={copy.common.remove}
      onConfirm={() => void remove()}
      onClose={onClose}
    />
  );
}
