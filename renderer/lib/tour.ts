import { useSyncExternalStore } from 'react';

let running = false;
const listeners = new Set<() => void>();

function set(value: boolean): void {
  running = value;
  for (const listener of listeners) listener();
}

/** Begins the tour, from wherever it is asked for. */
export function startTour(): void {
  set(true);
}

export function endTour(): void {
  set(false);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTourRunning(): boolean {
  return useSyncExternalStore(subscribe, () => running);
}
