import { createContext, use, useSyncExternalStore, type ReactNode } from 'react';
import type { CoreClient } from '../../core/contract/index.ts';
import type { LinkState, ResilientClient } from './resilient-client.ts';

/** The client and the state of its connection; what tests replace. */
export type CoreLink = Pick<ResilientClient, 'client' | 'getState' | 'subscribe' | 'retryNow'>;

const CoreContext = createContext<CoreLink | undefined>(undefined);

export function CoreProvider({ link, children }: { link: CoreLink; children: ReactNode }) {
  return <CoreContext value={link}>{children}</CoreContext>;
}

function useCoreLink(): CoreLink {
  const link = use(CoreContext);
  if (!link) throw new Error('No CoreProvider above this component.');
  return link;
}

export function useCore(): CoreClient {
  return useCoreLink().client;
}

export function useLinkState(): LinkState {
  const link = useCoreLink();
  return useSyncExternalStore(link.subscribe, link.getState);
}

export function useRetryLink(): () => void {
  return useCoreLink().retryNow;
}
