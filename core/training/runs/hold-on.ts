import { statfs } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';
import type { ProcessStatus } from '../launchers/index.ts';

export interface HoldOnOptions {
  /** The run's folder here. */
  runDir: string;
  signal: AbortSignal;
  /** Told what stands in the way, and undefined once it does not any more. */
  paused(why: AppError | undefined): void;
  /** How its trainer is; rejects where that cannot be said now. */
  status(): Promise<ProcessStatus>;
  /** Waits before the first, second, … further attempt, ms. Defaults to 1 s, doubling up to 30 s. */
  retryWaitMs?: ((attempt: number) => number) | undefined;
}

const backOff = (attempt: number): number => Math.min(30_000, 1_000 * 2 ** attempt);
/** So long it goes well before it counts as mended. */
const steadyMs = 3_000;
/** Of a trainer that has ended: what cannot be read of it by then is not going to be. */
const mostAttemptsAfterEnd = 3;

/**
 * Does what only looks at a run, again where that fails: a trainer is not over because something here went wrong. A full
 * disk of this machine is waited for as long as it takes; anything else as long as the trainer runs, or may run.
 */
export async function holdOn<T>(work: () => Promise<T>, options: HoldOnOptions): Promise<T> {
  const { runDir, signal, retryWaitMs = backOff } = options;
  let told: string | undefined;
  const tell = (why: AppError | undefined): void => {
    if (told !== why?.message) options.paused(why);
    told = why?.message;
  };
  for (let [attempt, afterEnd] = [0, 0]; ; attempt++) {
    const steady = setTimeout(() => tell(undefined), steadyMs);
    try {
      const done = await work();
      tell(undefined);
      return done;
    } catch (thrown) {
      signal.throwIfAborted();
      const error = await describeHere(thrown, runDir);
      const isOver = error.code !== 'DISK_FULL' && (await hasEnded(options));
      if (isOver && ++afterEnd >= mostAttemptsAfterEnd) throw error;
      if (!isOver) tell(error);
    } finally {
      clearTimeout(steady);
    }
    await wait(retryWaitMs(attempt), undefined, { signal });
  }
}

async function hasEnded({ status, signal }: HoldOnOptions): Promise<boolean> {
  try {
    return (await status()).state !== 'running';
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** In the app's words, where it is this machine's own disk. */
async function describeHere(thrown: unknown, runDir: string): Promise<AppError> {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return AppError.from(thrown);
  const disk = await statfs(runDir).catch(() => undefined);
  const free = disk ? ` ${Math.floor((disk.bavail * disk.bsize) / 1e6)} MB are free.` : '';
  return new AppError('DISK_FULL', `The disk of this machine is full: the run cannot be followed.${free}`, {
    hint: 'Free some space: it trains on meanwhile, and what it wrote comes then.',
    cause: thrown,
  });
}
