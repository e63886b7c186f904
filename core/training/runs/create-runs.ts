import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  AppError,
  hasEnded,
  type Job,
  type TrainingRunInfo,
  type TrainingTarget,
} from '../../contract/index.ts';
import { launcherOf, type Launchers } from '../launchers/index.ts';
import { readProcess } from '../launchers/local/index.ts';
import { writeRunFolder, type PlacedRecipe, type PreparedRun } from '../plan/index.ts';
import { fileNameOf } from '../recipes/index.ts';
import { describeRun, isActive } from './describe-run.ts';
import { endOf, isUnfollowed, type LivePhase } from './find-state.ts';
import { giveUpCancel, isCancelPending, tryToCancel } from './deliver-cancel.ts';
import { prepareToGoOn } from './go-on.ts';
import { followRun, type RunJobContext, type RunJobInput } from './follow-run.ts';
import { addHappening, forgetEnd, writeLaunch, type LaunchFile } from './launch-file.ts';
import { readFinishedAt } from './list-files.ts';
import { createRunStore, toLaunchedRun, type RunStore, type StoredRun } from './run-store.ts';

/** What the app's jobs do for runs; the job of the kind `training` calls `follow`. */
export interface RunJobs {
  start(input: RunJobInput): Job;
  find(id: string): Job | undefined;
  cancel(id: string): Job;
  resume(id: string): Job;
}

export interface RunsDeps {
  runsDir: string;
  launchers: Launchers;
  jobs: RunJobs;
  nameOfHost(hostId: string): string;
  /** Between attempts to deliver a cancel, ms. Defaults to 1 s, doubling up to 30 s. */
  retryWaitMs?: (attempt: number) => number;
  /** A run's data has been written: what it is made of may be written down beside it. */
  written(run: PreparedRun, runId: string, runDir: string): Promise<void>;
  /** A run has ended as it should: what was asked for then is begun. */
  finished(run: StoredRun): Promise<void>;
}

export interface Runs {
  store: RunStore;
  list(): Promise<TrainingRunInfo[]>;
  describe(run: StoredRun): Promise<TrainingRunInfo>;
  get(runId: string): Promise<TrainingRunInfo>;
  start(run: PreparedRun, signal: AbortSignal): Promise<{ runId: string; jobId: string }>;
  /** A run that comes from a recipe file. */
  startRecipe(
    target: TrainingTarget,
    place: (runDir: string) => Promise<PlacedRecipe>,
  ): Promise<{ runId: string; jobId: string }>;
  stop(runId: string, signal: AbortSignal): Promise<TrainingRunInfo>;
  cancel(runId: string, signal: AbortSignal): Promise<TrainingRunInfo>;
  resume(runId: string, maxSteps?: number): Promise<{ jobId: string }>;
  cleanUp(runId: string, signal: AbortSignal): Promise<void>;
  remove(runId: string): Promise<void>;
  /** The body of the job. */
  follow(input: RunJobInput, context: RunJobContext): Promise<void>;
  /** Follows again what an ended process of the app left running, and settles what has ended since. */
  attach(): Promise<void>;
  /** The same for one run; does nothing where somebody follows it. */
  attachTo(runId: string): Promise<void>;
  /** From now on an aborted job is the app's end, not a cancel. */
  beginClosing(trainers: 'leave' | 'stop'): void;
}

export function createRuns(deps: RunsDeps): Runs {
  const store = createRunStore(deps.runsDir);
  const phases = new Map<string, LivePhase>();
  const attaching = new Set<string>();
  const closed = new AbortController();
  let closing: 'leave' | 'stop' | undefined;

  const describe = (run: StoredRun) =>
    describeRun(run, {
      findJob: deps.jobs.find,
      phaseOf: (runId) => phases.get(runId),
      nameOfHost: deps.nameOfHost,
    });
  const get = async (runId: string) => describe(await store.get(runId));
  const launcherFor = (target: TrainingTarget) => launcherOf(deps.launchers, target);
  const jobOf = ({ launch }: StoredRun) =>
    launch?.jobId === undefined ? undefined : deps.jobs.find(launch.jobId);

  const begin = async (runId: string, resume: boolean) => {
    const { id: jobId } = deps.jobs.start({ runId, resume });
    await store.change(runId, (launch) => ({ ...launch, jobId }));
    return { runId, jobId };
  };

  /** Filled aside: a killed app leaves no half of a run in the list. */
  const fill = async (aside: string, work: () => Promise<LaunchFile>): Promise<string> => {
    try {
      const launch = await work();
      await writeLaunch(aside, launch);
      const runId = await chooseId(deps.runsDir, launch.name);
      await rename(aside, store.dirOf(runId));
      return runId;
    } catch (error) {
      await rm(aside, { recursive: true, force: true });
      throw error;
    }
  };

  /** Until nothing is left of it, or it is known that this cannot be said now. */
  const endJob = async (runId: string, jobId: string, signal: AbortSignal): Promise<void> => {
    deps.jobs.cancel(jobId);
    for (;;) {
      const job = deps.jobs.find(jobId);
      if (!job || hasEnded(job) || (await store.get(runId)).launch?.cancelProblem) return;
      await wait(pollMs, undefined, { signal });
    }
  };

  /** Whether this process follows it now, and so goes on trying to cancel it. */
  const isFollowedHere = (run: StoredRun): boolean => {
    const job = jobOf(run);
    return job !== undefined && !hasEnded(job) && isOurs(phases, run);
  };
  const cancelRun = async (run: StoredRun, signal: AbortSignal): Promise<void> => {
    await store.change(run.id, (launch) => ({ ...launch, cancelAskedAt: new Date().toISOString() }));
    const job = jobOf(run);
    if (job && (isFollowedHere(run) || job.state === 'queued')) await endJob(run.id, job.id, signal);
    const left = await store.get(run.id);
    // Another process of the app that follows it hears of it by launch.json, and goes on trying.
    if (isCancelPending(left.launch) && !isFollowedHere(left)) {
      await tryToCancel(left, { store, launchers: deps.launchers }, signal);
    }
  };

  const attachTo = async (run: StoredRun): Promise<void> => {
    const job = jobOf(run);
    const isLeft = job ? job.state === 'interrupted' && (await canAttach(run, job)) : await mayGoOn(run);
    if (!isLeft || closing !== undefined || attaching.has(run.id)) return;
    attaching.add(run.id);
    if (job) deps.jobs.resume(job.id);
    else await begin(run.id, true);
  };

  return {
    store,
    describe,
    get,
    async list() {
      const runs = await Promise.all((await store.list()).map(describe));
      return runs.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
    async start(prepared, signal) {
      launcherFor(prepared.draft.target);
      const aside = await makeAside(deps.runsDir);
      const runId = await fill(aside, async () => {
        await writeRunFolder(prepared, aside, signal);
        return launchOf(prepared);
      });
      await deps.written(prepared, runId, store.dirOf(runId));
      return begin(runId, false);
    },
    async startRecipe(target, place) {
      launcherFor(target);
      const aside = await makeAside(deps.runsDir);
      const runId = await fill(aside, async () => {
        const { name, needsQuantizedBase, baseDir } = await place(aside);
        const createdAt = new Date().toISOString();
        const launch = { ...newLaunch, uuid: randomUUID(), name, target, createdAt, needsQuantizedBase };
        return { ...launch, ...(baseDir !== undefined && { baseDir }) };
      });
      return begin(runId, false);
    },
    async stop(runId, signal) {
      const run = await store.get(runId);
      await expectState(run, describe, 'stop');
      await launcherFor(toLaunchedRun(run).target).stop(toLaunchedRun(run), signal);
      // Not before: a machine that does not answer was asked nothing.
      await store.change(runId, (launch) => ({ ...launch, stopRequestedAt: new Date().toISOString() }));
      await addHappening(run.runDir, 'Asked to save a checkpoint and end.');
      return get(runId);
    },
    async cancel(runId, signal) {
      const run = await store.get(runId);
      await expectState(run, describe, 'cancel');
      if (run.launch?.cancelProblem) await giveUpCancel(run, (await describe(run)).where, store);
      else await cancelRun(run, signal);
      return get(runId);
    },
    async resume(runId, maxSteps) {
      const run = await store.get(runId);
      toLaunchedRun(run);
      const info = await describe(run);
      if (isActive(info.state)) throw stillActive(info);
      await prepareToGoOn(run, info, maxSteps);
      await store.change(runId, forgetEnd);
      const { jobId } = await begin(runId, true);
      return { jobId };
    },
    async cleanUp(runId, signal) {
      const run = await store.get(runId);
      await expectState(run, describe, 'cleanUp');
      await launcherFor(toLaunchedRun(run).target).cleanUp(toLaunchedRun(run), signal);
      await store.change(runId, (launch) => ({ ...launch, cleanedUpAt: new Date().toISOString() }));
      await addHappening(run.runDir, `Removed from ${(await describe(run)).where}.`);
    },
    async remove(runId) {
      const info = await get(runId);
      if (!info.can.remove) throw stillActive(info);
      await store.remove(runId);
    },
    follow: (input, context) =>
      followRun(input, context, {
        ...{ store, launchers: deps.launchers, finished: deps.finished, retryWaitMs: deps.retryWaitMs },
        ...{ closing: () => closing, closed: closed.signal },
        cancelJob: (jobId) => void deps.jobs.cancel(jobId),
        takeAttaching: (runId) => attaching.delete(runId),
        setPhase: (runId, phase) =>
          void (phase === undefined ? phases.delete(runId) : phases.set(runId, phase)),
      }),
    async attach() {
      for (const run of await store.list()) await attachTo(run);
    },
    attachTo: async (runId) => attachTo(await store.get(runId)),
    beginClosing(trainers) {
      closing = trainers;
      closed.abort(new AppError('CANCELLED', 'The app is closing.'));
    },
  };
}

const pollMs = 100;

async function makeAside(runsDir: string): Promise<string> {
  await mkdir(runsDir, { recursive: true });
  return mkdtemp(join(runsDir, '.new-'));
}

const newLaunch: Pick<LaunchFile, 'format' | 'exports'> = { format: 1, exports: [] };

function launchOf({ draft, base }: PreparedRun): LaunchFile {
  return {
    ...{ ...newLaunch, uuid: randomUUID(), name: draft.name, draft, target: draft.target },
    ...{ createdAt: new Date().toISOString(), needsQuantizedBase: draft.recipe.method === 'qlora' },
    ...(base.folder !== undefined && { baseDir: base.folder }),
  };
}

/** Its name, as a folder; a number behind it where there is one. */
async function chooseId(runsDir: string, name: string): Promise<string> {
  const wanted = fileNameOf(name).toLowerCase();
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (!(await stat(join(runsDir, id)).catch(() => undefined))) return id;
  }
}

function isOurs(phases: ReadonlyMap<string, LivePhase>, { id }: StoredRun): boolean {
  return phases.has(id);
}

/** Its process lives, or has ended with a word while nobody looked; elsewhere only its launcher can tell. */
async function canAttach(run: StoredRun, job: Job): Promise<boolean> {
  const { launch, runDir, log } = run;
  if (!launch?.startedAt) return false;
  if (isCancelPending(launch)) return true;
  await log.update();
  const ended = endOf({ launch, log });
  // It was to go on and had not begun to: the end is that of the start before.
  if (ended !== undefined && launch.startedAt < job.createdAt) return false;
  if (launch.target.kind !== 'local') return ended === undefined || lacksResults(run);
  const { state } = await readProcess(runDir);
  return state === 'running' || state === 'ended' || (state === 'lost' && ended !== undefined);
}

/** It has ended elsewhere with results that were not brought to their end: the manifest comes last. */
async function lacksResults({ launch, runDir, log }: StoredRun): Promise<boolean> {
  if (launch?.cancelledAt !== undefined || launch?.cleanedUpAt !== undefined) return false;
  if (log.ended?.event !== 'run_finished' || log.ended.outcome === 'stopped') return false;
  const finishedAt = await readFinishedAt(runDir);
  // Written to the second, and by the same clock as the events.
  return finishedAt === undefined || finishedAt + 1_000 <= Date.parse(log.started?.time ?? '');
}

/** Of a run whose job is not in the list any more: one that has told its end is left as it is. */
async function mayGoOn({ launch, runDir, log }: StoredRun): Promise<boolean> {
  if (!launch) return false;
  await log.update();
  if (isUnfollowed({ launch, job: undefined, log })) return true;
  return launch.target.kind === 'local' && (await readProcess(runDir)).state === 'running';
}

async function expectState(
  run: StoredRun,
  describe: (run: StoredRun) => Promise<TrainingRunInfo>,
  ability: keyof TrainingRunInfo['can'],
): Promise<void> {
  toLaunchedRun(run);
  const info = await describe(run);
  if (info.can[ability]) return;
  throw new AppError('CONFLICT', `The run ${info.name} is ${info.state.replace('_', ' ')}.`, {
    hint: hints[ability] ?? 'See what can be done with it on its page.',
  });
}

const hints: Partial<Record<keyof TrainingRunInfo['can'], string>> = {
  stop: 'Only a run that trains can be stopped.',
  cancel: 'Only a run that has not ended can be cancelled.',
  cleanUp: 'Stop or cancel it first.',
};

function stillActive({ name }: TrainingRunInfo): AppError {
  return new AppError('CONFLICT', `The run ${name} has not ended.`, { hint: 'Stop or cancel it first.' });
}
