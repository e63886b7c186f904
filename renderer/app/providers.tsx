import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Toaster } from '../components/toaster.tsx';
import { CoreProvider, useLinkState, type CoreLink } from '../lib/core-context.tsx';
import { JobWatcher } from './job-watcher.tsx';

/** The core retries what makes sense; the window asks once and shows what it got. */
function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, refetchOnWindowFocus: false, staleTime: 5_000, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  });
}

export function Providers({ link, children }: { link: CoreLink; children: ReactNode }) {
  const [queryClient] = useState(createQueryClient);
  return (
    <CoreProvider link={link}>
      <QueryClientProvider client={queryClient}>
        <ReadAgainAfterReconnect queryClient={queryClient} />
        <Toaster>
          <JobWatcher>{children}</JobWatcher>
        </Toaster>
      </QueryClientProvider>
    </CoreProvider>
  );
}

function ReadAgainAfterReconnect({ queryClient }: { queryClient: QueryClient }) {
  const connected = useLinkState().kind === 'connected';
  useEffect(() => {
    if (connected) void queryClient.invalidateQueries();
  }, [connected, queryClient]);
  return null;
}
