import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';
import { launcherOf, type LaunchContext, type ProcessStatus } from '../launchers/index.ts';
import { bringLastWords, deliverCancel, isCancelPending, type DeliverDeps } from './deliver-cancel.ts';
import { describeExit, endOf, toPayload, type LivePhase } from './find-state.ts';
import { holdOn } from './hold-on.ts';
import { addHappening, forgetEnd, type LaunchFile } from './launch-file.ts';
import { toLaunchedRun, type StoredRun } from './run-store.ts';

export interface RunJobInput {
  runId: string;
  /** Go on from the last checkpoint. */
  resume: boolean;
}

/** What a job gives; `core/jobs` fits. */
export interface RunJobContext {
  jobId: string;
  attempt: number;
  signal: AbortSignal;
  report: {
    progress(progress: { done: number; total?: number; note?: string }): void;
    log(text: string, level?: 'info' | 'warning' | 'error'): void;
    result(resultId: string): void;
    stopped(): void;
  };
}

export interface FollowDeps extends DeliverDeps {
  setPhase(runId: string, phase: LivePhase | undefined): void;
  /** What becomes of trainers that run when the app is closing; undefined while it is not. */
  closing(): 'leave' | 'stop' | undefined;
  /** Aborted when it is. */
  closed: AbortSignal;
  cancelJob(jobId: string): void;
  /** Whether this attempt only attaches: what has ended meanwhile is not started again. Asked once. */
  takeAttaching(runId: string): boolean;
  /** The run has ended as it should, and its files are here. */
  finished(run: StoredRun): Promise<void>;
}

/**
 * A run from the first file that is brought to the last word of its trainer. Resolves where the trainer finished or was
 * stopped, rejects where it failed. An abort is a cancel, unless the app is closing: then the trainer is left alone, or
 * asked to save and end.
 */
export async function followRun(
  { runId, resume }: RunJobInput,
  job: RunJobContext,
  deps: FollowDeps,
): Promise<void> {
  const run = await deps.store.get(runId);
  job.report.result(runId);
  try {
    const context = createContext(run, job, deps);
    heedCancel(run, job, deps);
    job.signal.throwIfAborted();
    await bringUp(run, resume || job.attempt > 1, job, context, deps);
    const exit = await watchProgress(run, job, deps, () => followProcess(run, context, deps));
    await fetchLast(run, context, deps);
    await settle(await deps.store.get(runId), exit, job, deps);
  } catch (error) {
    if (job.signal.aborted) await leave(run, job, deps);
    else await noteFailure(run, error, deps);
    throw error;
  } finally {
    deps.setPhase(runId, undefined);
  }
}

/** A cancel that no process of the app could deliver so far, or that another one was asked for. */
function heedCancel({ launch }: StoredRun, { jobId, signal }: RunJobContext, deps: FollowDeps): void {
  if (isCancelPending(launch) && !signal.aborted) deps.cancelJob(jobId);
}

function launcherFor({ launch }: StoredRun, { launchers }: FollowDeps) {
  return launcherOf(launchers, launch?.target ?? { kind: 'local' });
}

/** Prepares and starts it, unless it runs already or has ended while nobody looked. */
async function bringUp(
  run: StoredRun,
  resume: boolean,
  job: RunJobContext,
  context: LaunchContext,
  deps: FollowDeps,
): Promise<void> {
  const launched = toLaunchedRun(run);
  const launcher = launcherFor(run, deps);
  const attaches = deps.takeAttaching(run.id);
  if (attaches) return deps.setPhase(run.id, { state: 'running' });
  deps.setPhase(run.id, { state: 'preparing' });
  const isUp = job.attempt > 1 && (await launcher.status(launched, job.signal)).state === 'running';
  if (!isUp) {
    await launcher.prepare(launched, context);
    await run.log.update();
    await deps.store.change(run.id, (launch) => startAgain(launch, run));
    await launcher.start(launched, { resume }, context);
    job.report.log('The trainer was started.');
  }
  deps.setPhase(run.id, { state: 'running' });
}

function startAgain(launch: LaunchFile, { log }: StoredRun): LaunchFile {
  const { earlierStartAt: _, earlierEndAt: __, ...kept } = forgetEnd(launch);
  const [earlierStartAt, earlierEndAt] = [log.started?.time, log.ended?.time];
  return {
    ...{ ...kept, startedAt: new Date().toISOString() },
    ...(earlierStartAt !== undefined && { earlierStartAt }),
    ...(earlierEndAt !== undefined && { earlierEndAt }),
  };
}

async function followProcess(
  run: StoredRun,
  context: LaunchContext,
  deps: FollowDeps,
): Promise<ProcessStatus> {
  const [launcher, launched] = [launcherFor(run, deps), toLaunchedRun(run)];
  return holdOn(() => launcher.follow(launched, context), {
    ...{ runDir: run.runDir, signal: context.signal, paused: context.paused, retryWaitMs: deps.retryWaitMs },
    status: () => launcher.status(launched, context.signal),
  });
}

/** A full disk here is no failure of a run that has ended well there. */
function fetchLast(run: StoredRun, context: LaunchContext, deps: FollowDeps): Promise<void> {
  return holdOn(() => launcherFor(run, deps).fetch(toLaunchedRun(run), 'final', context), {
    ...{ runDir: run.runDir, signal: context.signal, paused: context.paused, retryWaitMs: deps.retryWaitMs },
    status: async () => ({ state: 'ended' }),
  });
}

/** What the launcher says, on the job's channels and in the run's own list of happenings. */
function createContext(run: StoredRun, { signal, report }: RunJobContext, deps: FollowDeps): LaunchContext {
  const note = (state: LivePhase['state'], why: AppError | undefined): void => {
    const phase: LivePhase = why ? { state, error: why.toPayload() } : { state: 'running' };
    deps.setPhase(run.id, phase);
    report.log(why?.message ?? 'It goes on.', why ? 'warning' : 'info');
    const isBack = state === 'unreachable' ? 'The connection is there again.' : 'It goes on.';
    void addHappening(run.runDir, why?.message ?? isBack, why?.hint);
  };
  return {
    signal,
    progress: (text, done, total) =>
      report.progress({ done: done ?? 0, ...(total === undefined ? {} : { total }), note: text }),
    log: (text, level) => report.log(text, level),
    unreachable: (why) => note('unreachable', why),
    paused: (why) => note('paused', why),
    waiting(why) {
      deps.setPhase(run.id, { state: why === undefined ? 'running' : 'waiting' });
      if (why !== undefined) report.log(why);
    },
  };
}

const progressEveryMs = 500;

/** The job's progress is the run's steps. */
async function watchProgress<T>(
  { id, log }: StoredRun,
  job: RunJobContext,
  deps: FollowDeps,
  work: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const ticking = (async () => {
    let shown = -1;
    while (!stop.signal.aborted) {
      await log.update();
      heedCancel(await deps.store.get(id), job, deps);
      const { lastStep, started } = log;
      const done = lastStep?.step ?? started?.step ?? -1;
      if (done !== shown && done >= 0) {
        const total = started?.max_steps ?? undefined;
        job.report.progress({ done, ...(total === undefined ? {} : { total }), note: `step ${done}` });
        shown = done;
      }
      await wait(progressEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    // A run that was removed meanwhile has no progress.
  })().catch(() => undefined);
  try {
    return await work();
  } finally {
    stop.abort();
    await ticking;
  }
}

/** What the end means: by the trainer's own last event, else by how its process ended. */
async function settle(
  run: StoredRun,
  exit: ProcessStatus,
  { report }: RunJobContext,
  deps: FollowDeps,
): Promise<void> {
  const { log, launch } = run;
  await log.update();
  if (launch?.cancelledAt !== undefined) throw new AppError('CANCELLED', 'The run was cancelled.');
  const ended = endOf(run);
  if (ended?.event === 'run_finished') {
    await deps.finished(run);
    return ended.outcome === 'stopped' ? report.stopped() : undefined;
  }
  if (ended?.event === 'run_failed') throw AppError.fromPayload(toPayload(ended));
  if (exit.state === 'lost' || exit.state === 'none') {
    throw new AppError('TRAINER_FAILED', 'The trainer is gone and left no word.', {
      hint: 'Resume the run from its last checkpoint.',
    });
  }
  throw await explainExit(run, exit);
}

/** The last line of its log says more than the exit code. */
async function explainExit({ pages }: StoredRun, exit: ProcessStatus): Promise<AppError> {
  const error = describeExit(exit);
  const { lines } = await pages.read(-20, 20);
  const last = lines.findLast((line) => line.trim() !== '' && !line.startsWith('{'));
  if (exit.signal !== undefined || last === undefined) return error;
  return new AppError(
    'TRAINER_FAILED',
    `The trainer ended with exit code ${exit.exitCode}: ${last.slice(0, 400)}`,
    {
      hint: error.hint,
    },
  );
}

/** A cancel, or the app's own end. */
async function leave(run: StoredRun, job: RunJobContext, deps: FollowDeps): Promise<void> {
  const closing = deps.closing();
  if (closing === 'leave') return;
  // What runs elsewhere always goes on: it does not need this machine.
  if (closing === 'stop') return run.launch?.target.kind === 'local' ? stopAtTheEnd(run, deps) : undefined;
  await deps.store.change(run.id, (launch) => ({
    ...launch,
    cancelAskedAt: launch.cancelAskedAt ?? new Date().toISOString(),
  }));
  // The signal that led here is aborted; what follows ends with the app alone.
  if (!(await deliverCancel(run, deps, deps.closed))) return job.report.log('The cancel was given up.');
  job.report.log('No process of it is left.');
  await bringLastWords(run, deps.launchers);
}

async function stopAtTheEnd(run: StoredRun, deps: FollowDeps): Promise<void> {
  await launcherFor(run, deps).stop(toLaunchedRun(run), new AbortController().signal);
  await deps.store.change(run.id, (launch) => ({ ...launch, stopRequestedAt: new Date().toISOString() }));
  await addHappening(run.runDir, 'The app was closed: the trainer was asked to save and end.');
}

/** The trainer's own words are in its events; what went wrong around it is kept with the run. */
async function noteFailure(run: StoredRun, thrown: unknown, deps: FollowDeps): Promise<void> {
  const error = AppError.from(thrown);
  const { log, launch } = await deps.store.get(run.id).catch(() => run);
  if (error.code === 'CANCELLED' || endOf({ log, launch })?.event === 'run_failed') return;
  await deps.store
    .change(run.id, (launch) => ({ ...launch, error: error.toPayload() }))
    .catch(() => undefined);
  await addHappening(run.runDir, error.message, error.hint);
}
