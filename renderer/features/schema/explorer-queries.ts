import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { TableName } from '../../../core/contract/index.ts';
import { useCore } from '../../lib/core-context.tsx';
import { queryKeys } from '../../lib/queries.ts';

const explorerKey = (connectionId: string) => ['explorer', connectionId];
/** A catalogue changes seldom; the button reads it again. */
const staleTime = 60_000;

export function useTables(connectionId: string) {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.schema(connectionId),
    queryFn: ({ signal }) => core['schema.introspect']({ connectionId }, { signal }),
    staleTime,
  });
}

export function useOverview(connectionId: string) {
  const core = useCore();
  return useQuery({
    queryKey: [...explorerKey(connectionId), 'overview'],
    queryFn: ({ signal }) => core['schema.overview']({ connectionId }, { signal }),
    staleTime,
  });
}

export function useTableDetails(connectionId: string, name: TableName) {
  const core = useCore();
  return useQuery({
    queryKey: [...explorerKey(connectionId), 'table', name.namespace, name.table],
    queryFn: ({ signal }) => core['schema.table']({ connectionId, ...name }, { signal }),
    staleTime,
  });
}

export function useSampleRows(connectionId: string, name: TableName, offset: number, limit: number) {
  const core = useCore();
  return useQuery({
    queryKey: [...explorerKey(connectionId), 'rows', name.namespace, name.table, offset],
    queryFn: ({ signal }) => core['schema.sampleRows']({ connectionId, ...name, offset, limit }, { signal }),
  });
}

export function useLint(connectionId: string) {
  const core = useCore();
  return useQuery({
    queryKey: [...explorerKey(connectionId), 'lint'],
    queryFn: ({ signal }) => core['schema.lint']({ connectionId }, { signal }),
    staleTime,
  });
}

/** Reads everything that is shown of a database from its server again. */
export function useRefresh(connectionId: string): () => Promise<void> {
  const core = useCore();
  const cache = useQueryClient();
  return async () => {
    await cache.fetchQuery({
      queryKey: queryKeys.schema(connectionId),
      queryFn: () => core['schema.introspect']({ connectionId, refresh: true }),
      staleTime: 0,
    });
    await cache.invalidateQueries({ queryKey: explorerKey(connectionId) });
  };
}
