import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';
import { launcherOf, type LaunchContext, type Launchers } from '../launchers/index.ts';
import { addHappening, type LaunchFile } from './launch-file.ts';
import { toLaunchedRun, type RunStore, type StoredRun } from './run-store.ts';

export interface DeliverDeps {
  store: RunStore;
  launchers: Launchers;
  /** Waits before the first, second, … further attempt, ms. Defaults to 1 s, doubling up to 30 s. */
  retryWaitMs?: ((attempt: number) => number) | undefined;
}

const backOff = (attempt: number): number => Math.min(30_000, 1_000 * 2 ** attempt);
/** How soon another word of the user is heeded. */
const lookMs = 250;
/** For the last words of a trainer that was ended elsewhere. */
const lastWordsMs = 20_000;

/** Whether the user has cancelled it, and nobody knows yet that no process of it is left. */
export function isCancelPending(launch: LaunchFile | undefined): boolean {
  return launch?.cancelAskedAt !== undefined && launch.cancelledAt === undefined;
}

/**
 * Tells the run's place to end it, as often as it takes. The run counts as cancelled only once no process of it is left;
 * until then `launch.json` says what stands in the way.
 * @returns false where the user gave the cancel up
 * @throws the signal's reason: the next start of the app goes on with it
 */
export async function deliverCancel(
  run: StoredRun,
  deps: DeliverDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { retryWaitMs = backOff } = deps;
  for (let attempt = 0; ; attempt++) {
    if (await tryToCancel(run, deps, signal)) return true;
    const end = performance.now() + retryWaitMs(attempt);
    while (performance.now() < end) {
      await wait(Math.min(lookMs, Math.max(0, end - performance.now())), undefined, { signal });
      if (!isCancelPending((await deps.store.get(run.id)).launch)) return false;
    }
  }
}

/** Once. What fails is kept in `launch.json`. @returns whether no process of the run is left */
export async function tryToCancel(
  run: StoredRun,
  { store, launchers }: DeliverDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const launched = toLaunchedRun(run);
  const launcher = launcherOf(launchers, launched.target);
  try {
    // Never started: nothing of it can be anywhere.
    if ((await store.get(run.id)).launch?.startedAt !== undefined) await launcher.cancel(launched, signal);
  } catch (error) {
    signal.throwIfAborted();
    await keepProblem(run, AppError.from(error), store);
    return false;
  }
  await store.change(run.id, ({ cancelAskedAt: _, cancelProblem: __, ...launch }) => ({
    ...launch,
    cancelledAt: new Date().toISOString(),
  }));
  await addHappening(run.runDir, 'Cancelled: no process of it is left.');
  return true;
}

async function keepProblem(run: StoredRun, error: AppError, store: RunStore): Promise<void> {
  const { code, message } = error;
  const told = new AppError(code, `The cancel has not reached it: ${message} It may still be training.`, {
    hint:
      code === 'REMOTE_UNREACHABLE'
        ? 'It is told as soon as its machine answers. If that machine is gone for good, cancel again: the app gives up then.'
        : `${error.hint ?? 'See what is wrong there.'} It is tried again by itself; cancel again to give up.`,
  });
  let isNew = false;
  await store.change(run.id, (launch) => {
    // Given up, or done by another process of the app meanwhile.
    if (!isCancelPending(launch)) return launch;
    isNew = launch.cancelProblem?.message !== told.message;
    return { ...launch, cancelProblem: told.toPayload() };
  });
  if (isNew) await addHappening(run.runDir, told.message, told.hint);
}

/** Nobody waits for the machine any more. What may be there is said, not denied. */
export async function giveUpCancel({ id, runDir }: StoredRun, where: string, store: RunStore): Promise<void> {
  const error = new AppError(
    'REMOTE_UNREACHABLE',
    `The cancel never reached ${where}: nobody knows whether the run still trains there.`,
    {
      hint: 'See to it there. Resumed, the run is followed again where it goes on, or goes on from its last checkpoint.',
    },
  );
  await store.change(id, ({ cancelAskedAt: _, cancelProblem: __, ...launch }) => ({
    ...launch,
    error: error.toPayload(),
  }));
  await addHappening(runDir, error.message, error.hint);
}

/** What a trainer elsewhere wrote between the last look and its end. Its place may be gone again: then it stays there. */
export async function bringLastWords(run: StoredRun, launchers: Launchers): Promise<void> {
  const launched = toLaunchedRun(run);
  if (launched.target.kind === 'local' || run.log.started === undefined) return;
  const silent: Omit<LaunchContext, 'signal'> = {
    ...{ progress: () => undefined, log: () => undefined, waiting: () => undefined },
    ...{ unreachable: () => undefined, paused: () => undefined },
  };
  const signal = AbortSignal.timeout(lastWordsMs);
  await launcherOf(launchers, launched.target)
    .follow(launched, { ...silent, signal })
    .catch(() => undefined);
}
