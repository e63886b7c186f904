import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';

/** Who is told what holds a transfer up; undefined: it goes on. */
export interface Trouble {
  /** Passes by itself: the line, the service. */
  unreachable(why: AppError | undefined): void;
  /** Somebody has to do something: sign in, free the disk, switch offline mode off. */
  paused(why: AppError | undefined): void;
}

export interface Patience {
  signal: AbortSignal;
  trouble: Trouble;
  /** Defaults to 1 s; doubled up to a minute. */
  firstDelayMs?: number | undefined;
}

const pausing = ['AUTH_FAILED', 'PERMISSION_DENIED', 'DISK_FULL'];

/**
 * Does it until it is done: a lost line is waited for, and so is a user who has to do something. What neither mends is
 * thrown. `operation` goes on where it was when it is called again.
 */
export async function keepTrying<T>(operation: () => Promise<T>, patience: Patience): Promise<T> {
  const { signal, trouble, firstDelayMs = 1_000 } = patience;
  let told: keyof Trouble | undefined;
  for (let count = 0; ; count++) {
    signal.throwIfAborted();
    try {
      const result = await operation();
      if (told) trouble[told](undefined);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      const kind = kindOf(error);
      if (told && told !== kind) trouble[told](undefined);
      told = kind;
      trouble[kind](error as AppError);
    }
    await delay(Math.min(firstDelayMs * 2 ** Math.min(count, 10), 60_000), undefined, { signal });
  }
}

/** @throws what neither waiting nor the user mends */
function kindOf(error: unknown): keyof Trouble {
  if (!(error instanceof AppError)) throw error;
  if (error.code === 'REMOTE_UNREACHABLE') return 'unreachable';
  if (pausing.includes(error.code)) return 'paused';
  throw error;
}
