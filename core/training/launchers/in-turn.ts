const turns = new Map<string, Promise<unknown>>();

/**
 * Works on one folder come one after another: two that bring the same file would both write to its half. What is waited
 * for may take long; an abort ends the waiting. @throws the signal's reason
 */
export async function inTurn<T>(folder: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const before = turns.get(folder);
  const mine = (before ?? Promise.resolve()).then(() => {
    signal.throwIfAborted();
    return work();
  });
  const settled = mine.catch(() => undefined);
  turns.set(folder, settled);
  void settled.then(() => turns.get(folder) === settled && turns.delete(folder));
  return before === undefined ? mine : Promise.race([mine, rejectOnAbort(signal, mine)]);
}

async function rejectOnAbort(signal: AbortSignal, work: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    const tell = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', tell, { once: true });
    void work.catch(() => undefined).then(() => signal.removeEventListener('abort', tell));
  });
}
