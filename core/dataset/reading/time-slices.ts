import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long work may hold the event loop before others get their turn, in milliseconds. */
const sliceMs = 8;

/** Call it after each small piece of work: it gives the event loop a turn whenever a slice is used up. */
export function createTimeSlices(signal?: AbortSignal): () => Promise<void> | undefined {
  let until = performance.now() + sliceMs;
  return () => {
    if (performance.now() < until) return undefined;
    signal?.throwIfAborted();
    return nextTurn().then(() => void (until = performance.now() + sliceMs));
  };
}
