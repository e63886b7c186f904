/** Tells watchers which jobs changed. What happens between two looks of a watcher is told once. */
export interface JobChanges {
  tell(jobId: string): void;
  /** @param jobId leave it out for all jobs */
  watch(jobId?: string): JobWatch;
}

export interface JobWatch {
  /**
   * The ids of what changed since the last look; waits for one, though not longer than `longestMs`, and not less than
   * 200 ms after the last look: nobody is told more than five times a second. Rejects when the signal is aborted.
   */
  next(signal: AbortSignal, longestMs?: number): Promise<ReadonlySet<string>>;
  close(): void;
}

const leastMs = 200;

export function createJobChanges(): JobChanges {
  const watchers = new Set<(jobId: string) => void>();
  return {
    tell(jobId) {
      for (const notice of watchers) notice(jobId);
    },
    watch(only) {
      let changed = new Set<string>();
      let wake: () => void = () => undefined;
      let lookedAt = performance.now();
      const notice = (jobId: string) => {
        if (only !== undefined && jobId !== only) return;
        changed.add(jobId);
        wake();
      };
      watchers.add(notice);
      return {
        async next(signal, longestMs) {
          if (changed.size === 0) {
            const change = new Promise<void>((resolve) => (wake = resolve));
            await untilEither(change, longestMs, signal);
          }
          await untilEither(undefined, Math.max(0, lookedAt + leastMs - performance.now()), signal);
          lookedAt = performance.now();
          const taken = changed;
          changed = new Set();
          return taken;
        },
        close: () => void watchers.delete(notice),
      };
    },
  };
}

/** Whichever comes first; @throws the signal's reason */
async function untilEither(
  change: Promise<void> | undefined,
  longestMs: number | undefined,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop, { once: true });
  const late = new Promise<void>((resolve) => {
    if (longestMs !== undefined) timer = setTimeout(resolve, longestMs);
  });
  await Promise.race([...(change ? [change] : []), late, aborted]);
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
}
