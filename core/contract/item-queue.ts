/**
 * Turns pushed items into pulled ones. Items pushed before a failure are still delivered, then it throws.
 * The queue is unbounded: a stream's producer is held back by its own transport (`Transport.send`).
 */
export function createItemQueue() {
  const waiting: unknown[] = [];
  let failure: Error | undefined;
  let ended = false;
  let wake: () => void = () => undefined;
  return {
    push(item: unknown): void {
      waiting.push(item);
      wake();
    },
    end(): void {
      ended = true;
      wake();
    },
    fail(error: Error): void {
      failure = error;
      wake();
    },
    async *items(): AsyncGenerator<unknown> {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift();
        if (failure) throw failure;
        if (ended) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
