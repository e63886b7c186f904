import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCore } from './core-context.tsx';

/** Keys of everything that is read from the core and shared between parts of the window. */
export const queryKeys = {
  appInfo: ['app.info'],
  connections: ['connections'],
  demos: ['demo.list'],
  models: ['models'],
  server: ['server'],
  schema: (connectionId: string) => ['schema', connectionId],
  histories: ['history'],
  history: (connectionId: string) => ['history', connectionId],
  verified: (connectionId: string) => ['verified', connectionId],
} as const;

export function useConnections() {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.connections,
    queryFn: ({ signal }) => core['connections.list']({}, { signal }),
  });
}

export function useDemos() {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.demos,
    queryFn: ({ signal }) => core['demo.list']({}, { signal }),
    staleTime: Infinity,
  });
}

export function useSchema(connectionId: string | undefined, enabled: boolean) {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.schema(connectionId ?? ''),
    queryFn: ({ signal }) => core['schema.introspect']({ connectionId: connectionId ?? '' }, { signal }),
    enabled: enabled && connectionId !== undefined,
  });
}

/** Reads the schema from the server again, past the core's own cache. */
export function useRefreshSchema(connectionId: string | undefined): () => Promise<unknown> {
  const core = useCore();
  const cache = useQueryClient();
  return async () => {
    if (connectionId === undefined) return;
    await cache.fetchQuery({
      queryKey: queryKeys.schema(connectionId),
      queryFn: () => core['schema.introspect']({ connectionId, refresh: true }),
      staleTime: 0,
    });
  };
}

export function useAppInfo() {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.appInfo,
    queryFn: ({ signal }) => core['app.info']({}, { signal }),
    staleTime: Infinity,
  });
}
