import { isNetworkOpen, openNetwork } from '../network/index.ts';
import { openStore, readSettings, resolveDataDir, type Store } from '../store/index.ts';
import { storeFile } from './app-paths.ts';

/** Opens the way to other machines under the user's settings, with the store's ledger. @returns ends it */
export function openAppNetwork(store: Pick<Store, 'settings' | 'network'>): () => void {
  return openNetwork({
    ledger: store.network,
    policy: {
      read: () => {
        const { offline = false, allowedHosts = [] } = readSettings(store.settings);
        return { offline, allowedHosts };
      },
    },
  });
}

/** For work of the command line that needs no core: the same ledger and the same switch. */
export async function withAppNetwork<T>(work: () => Promise<T>, dataDir = resolveDataDir()): Promise<T> {
  if (isNetworkOpen()) return work();
  const store = openStore({ file: storeFile(dataDir) });
  const close = openAppNetwork(store);
  try {
    return await work();
  } finally {
    close();
    store.close();
  }
}
