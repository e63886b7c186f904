import { useEffect, useState } from 'react';
import {
  AppError,
  type Connection,
  type DatabaseSchema,
  type DemoProgress,
} from '../../../core/contract/index.ts';
import { useCore, useLinkState } from '../../lib/core-context.tsx';
import { useConnections, useSchema } from '../../lib/queries.ts';

export type Preparation =
  | { kind: 'idle' }
  | { kind: 'preparing'; progress?: DemoProgress }
  | { kind: 'ready' }
  | { kind: 'failed'; error: AppError };

/** Starts the embedded server and loads the demo databases once they are wanted. */
function useDemoPreparation(wanted: boolean): { preparation: Preparation; prepareAgain(): void } {
  const core = useCore();
  const link = useLinkState();
  const [preparation, setPreparation] = useState<Preparation>({ kind: 'idle' });
  const [attempt, setAttempt] = useState(0);
  const needed = wanted && link.kind === 'connected' && preparation.kind !== 'ready';
  useEffect(() => {
    if (!needed) return;
    const controller = new AbortController();
    const { signal } = controller;
    async function prepare(): Promise<void> {
      setPreparation({ kind: 'preparing' });
      for await (const progress of core['demo.prepare']({}, { signal })) {
        if (!signal.aborted) setPreparation({ kind: 'preparing', progress });
      }
      if (!signal.aborted) setPreparation({ kind: 'ready' });
    }
    prepare().catch((error: unknown) => {
      if (!signal.aborted) setPreparation({ kind: 'failed', error: AppError.from(error) });
    });
    return () => controller.abort();
    // The preparation's own progress must not start it again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [core, wanted, link.kind, attempt]);
  return { preparation, prepareAgain: () => setAttempt(attempt + 1) };
}

export interface ChosenDatabase {
  /** Whether the app itself can be reached. */
  connected: boolean;
  connections: Connection[];
  connectionsLoaded: boolean;
  chosen?: Connection | undefined;
  preparation: Preparation;
  schema?: DatabaseSchema | undefined;
  schemaError?: AppError | undefined;
  opening: boolean;
  retry(): void;
}

/** The databases there are, the chosen one, and whether it can be used yet. */
export function useDatabase(connectionId: string): ChosenDatabase {
  const { kind } = useLinkState();
  const connections = useConnections();
  const list = connections.data ?? [];
  const chosen = list.find((one) => one.id === connectionId) ?? list[0];
  const isDemo = chosen?.kind === 'demo';
  const { preparation, prepareAgain } = useDemoPreparation(isDemo);
  const schema = useSchema(chosen?.id, chosen !== undefined && (!isDemo || preparation.kind === 'ready'));
  const listError = connections.error ? AppError.from(connections.error) : undefined;
  const schemaError = schema.error ? AppError.from(schema.error) : undefined;
  return {
    connected: kind === 'connected',
    connections: list,
    connectionsLoaded: connections.isFetched,
    chosen,
    preparation,
    schema: schema.data,
    schemaError: listError ?? schemaError,
    opening: schema.isFetching && !schema.data,
    retry() {
      if (preparation.kind === 'failed') prepareAgain();
      else if (listError) void connections.refetch();
      else void schema.refetch();
    },
  };
}
