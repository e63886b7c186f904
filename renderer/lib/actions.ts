import { useEffect, useSyncExternalStore } from 'react';

/** Something that can be done now, by its name: what the command palette lists. */
export interface Action {
  /** Unique, such as `ask.run`. */
  id: string;
  title: string;
  /** The heading it stands under, such as `Ask`. */
  group: string;
  /** Other words that find it. */
  keywords?: string[];
  /** Its shortcut, for showing: `['Ctrl', 'Enter']`. */
  keys?: readonly string[];
  run(): void;
}

const lists = new Map<symbol, readonly Action[]>();
const listeners = new Set<() => void>();
let all: readonly Action[] = [];

function publish(): void {
  all = [...lists.values()].flat();
  for (const listener of listeners) listener();
}

/** Offers actions while the calling component is on the page. Keep the list stable (useMemo) or it is published anew. */
export function useActions(actions: readonly Action[]): void {
  useEffect(() => {
    const key = Symbol('actions');
    lists.set(key, actions);
    publish();
    return () => {
      lists.delete(key);
      publish();
    };
  }, [actions]);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Everything that can be done now, in the order in which it was offered. */
export function useAllActions(): readonly Action[] {
  return useSyncExternalStore(subscribe, () => all);
}
