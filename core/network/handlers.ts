import type { CoreHandlers, NetworkEntry, NetworkFilter } from '../contract/index.ts';

export type NetworkHandlers = Pick<CoreHandlers, 'network.list' | 'network.clear'>;

/** The ledger as it is read; `store.network` fits. */
export interface NetworkReader {
  list(filter: NetworkFilter): { entries: NetworkEntry[]; matching: number; remote: number; local: number };
  clear(): number;
}

/** What the network domain offers through the contract. */
export function createNetworkHandlers({ ledger }: { ledger: NetworkReader }): NetworkHandlers {
  return {
    'network.list': async (filter) => ledger.list(filter),
    'network.clear': async () => ({ removed: ledger.clear() }),
  };
}
