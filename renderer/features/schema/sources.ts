import { useQuery } from '@tanstack/react-query';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { usePreferences } from '../../lib/preferences.ts';
import { useConnections } from '../../lib/queries.ts';

const text = copy.explorer;

/** A database whose schema can be looked at. */
export interface Source {
  /** A connection's id, or `spider:DBID`. */
  id: string;
  name: string;
  note: string;
  kind: 'user' | 'demo' | 'spider';
}

export interface Sources {
  all: Source[];
  /** Where none is chosen: the one that is asked. */
  preferred: Source | undefined;
  isLoading: boolean;
  error: unknown;
  retry(): void;
}

/** Connections, demo databases, and Spider's where the dataset is here. */
export function useSources(): Sources {
  const connections = useConnections();
  const spider = useSpiderDatabases();
  const { connectionId } = usePreferences();
  const connected = (connections.data ?? []).map(
    ({ id, name, kind, user, host, port, database }): Source => ({
      ...{ id, name, kind },
      note: kind === 'demo' ? database : `${user}@${host}:${port}/${database}`,
    }),
  );
  const all = [...connected, ...(spider.data ?? [])];
  return {
    all,
    preferred: connected.find(({ id }) => id === connectionId) ?? connected[0],
    isLoading: connections.isLoading,
    error: connections.error,
    retry: () => void connections.refetch(),
  };
}

/** None where there is no dataset: then there is nothing to say of it here. */
function useSpiderDatabases() {
  const core = useCore();
  return useQuery({
    queryKey: ['dataset', 'databases'],
    queryFn: ({ signal }) => core['dataset.databases']({}, { signal }),
    staleTime: Infinity,
    select: (databases) =>
      databases.map(({ dbId, tables, rows }): Source => ({
        ...{ id: `spider:${dbId}`, name: dbId, kind: 'spider' },
        note: text.spiderNote(tables, rows),
      })),
  });
}
