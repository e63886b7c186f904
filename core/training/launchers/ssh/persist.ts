import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../../contract/index.ts';
import type { LaunchContext } from '../launcher.ts';
import type { SshConnection } from './connection.ts';
import { isPassing } from './describe-failure.ts';
import type { SshHosts } from './hosts.ts';

export interface PersistOptions {
  /** Give up where the host cannot even be reached for the first time: nothing depends on it yet. */
  failsAtFirst: boolean;
  /** Waits before the first, second, … further attempt, ms. Defaults to 1 s, doubling up to a minute. */
  waitMs?: ((attempt: number) => number) | undefined;
}

/** A connection that lasted so long was a good one. */
const steadyMs = 10_000;

/** With a tenth of chance, so that runs on one host do not all come back at once. */
export function backOff(attempt: number): number {
  return Math.min(60_000, 1_000 * 2 ** attempt) * (0.9 + Math.random() * 0.2);
}

/**
 * Does a work over a connection, again over another one where that was lost, as often as it takes. What the user must put
 * right (a credential, a host's key) is told as `paused` and tried again too. Any other failure of the work is thrown.
 */
export async function persist<T>(
  hosts: SshHosts,
  hostId: string,
  context: Pick<LaunchContext, 'signal' | 'unreachable' | 'paused' | 'log'>,
  { failsAtFirst, waitMs = backOff }: PersistOptions,
  work: (connection: SshConnection) => Promise<T>,
): Promise<T> {
  const { signal } = context;
  let told: 'unreachable' | 'paused' | undefined;
  let wasReached = false;
  const tellReached = (): void => {
    wasReached = true;
    if (told) {
      context[told](undefined);
      context.log('The host answers again.');
    }
    told = undefined;
  };
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    let connection: SshConnection | undefined;
    let reachedAt = Infinity;
    try {
      connection = await hosts.connect(hostId, signal);
      tellReached();
      reachedAt = performance.now();
      return await work(connection);
    } catch (error) {
      signal.throwIfAborted();
      const kind = judge(error);
      if (!kind || (failsAtFirst && !wasReached)) throw error;
      if (told && told !== kind) context[told](undefined);
      if (told !== kind) context.log((error as AppError).message, 'warning');
      told = kind;
      context[kind](error as AppError);
    } finally {
      connection?.close();
    }
    // A connection that is lost as soon as it is there is tried ever more seldom too.
    if (performance.now() - reachedAt > steadyMs) attempt = 0;
    await wait(waitMs(attempt), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

function judge(error: unknown): 'unreachable' | 'paused' | undefined {
  if (!(error instanceof AppError)) return undefined;
  if (isPassing(error)) return 'unreachable';
  const isUsers = error.code === 'AUTH_FAILED' || error.details?.reason !== undefined;
  return isUsers ? 'paused' : undefined;
}
