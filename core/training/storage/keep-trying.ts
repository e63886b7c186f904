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
  for (let count = 0; ; count++) {
    signal.throwIfAborted();
    try {
      const result = await operation();
      if (count > 0) clear(trouble);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      tell(error, trouble);
    }
    await delay(Math.min(firstDelayMs * 2 ** Math.min(count, 10), 60_000), undefined, { signal });
  }
}

function tell(error: unknown, trouble: Trouble): void {
  if (!(error instanceof AppError)) throw error;
  const isPause = pausing.includes(error.code);
  if (!isPause && error.code !== 'REMOTE_UNREACHABLE') throw error;
  trouble.unreachable(isPause ? undefined : error);
  trouble.paused(isPause ? error : undefined);
}

function clear(trouble: Trouble): void {
  trouble.unreachable(undefined);
  trouble.paused(undefined);
}
