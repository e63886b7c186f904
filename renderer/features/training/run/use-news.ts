import { useMemo, useSyncExternalStore } from 'react';
import { slowDown, type Changes } from '../plot/changes.ts';

const newsEveryMs = 250;

/** What `read` gives now; read again after changes, at most four times a second. It must give the same for the same. */
export function useNews<T extends string | number | boolean>(news: Changes, read: () => T): T {
  const slow = useMemo(() => slowDown(news, newsEveryMs), [news]);
  return useSyncExternalStore(slow.subscribe, read);
}
