import { createHash } from 'node:crypto';
import { AppError, type CoreHandlers, type TrainingDraft, type TrainingTarget } from '../contract/index.ts';
import { placeRecipe, prepareRun, type PlanDeps } from './plan/index.ts';
import { launcherOf, type LaunchContext, type Launchers } from './launchers/index.ts';
import { addHappening, toLaunchedRun, watchRun, type Runs } from './runs/index.ts';
import type { RunJobContext } from './runs/index.ts';
import { expectSignIn } from './storage/index.ts';

type RunMethod =
  `training.${'start' | 'startRecipe' | 'list' | 'get' | 'watch' | 'log' | 'stop' | 'cancel' | 'resume' | 'fetch' | 'cleanUp' | 'remove'}`;
export type RunHandlers = Pick<CoreHandlers, RunMethod>;

export interface RunHandlersDeps {
  runs: Runs;
  plan: PlanDeps;
  verdicts: DoctorVerdicts;
  /** Runs the trainer's own commands on this machine. @throws AppError PYTHON_MISSING */
  pythonFor(target: TrainingTarget): Promise<string>;
  trainerDir: string;
  /** @throws AppError CONFLICT where another job works on the same files of the run */
  expectIdle(runId: string, work: 'fetch' | 'resume' | 'cleanUp' | 'remove'): void;
  /** Queues a job that fetches. */
  startFetch(runId: string): { id: string };
}

/** What the doctor said of which draft, as long as the app runs. */
export interface DoctorVerdicts {
  note(draft: TrainingDraft, status: 'ok' | 'warning' | 'failure'): void;
  of(draft: TrainingDraft): 'ok' | 'warning' | 'failure' | undefined;
}

export function createDoctorVerdicts(): DoctorVerdicts {
  const verdicts = new Map<string, 'ok' | 'warning' | 'failure'>();
  return {
    note: (draft, status) => void verdicts.set(keyOf(draft), status),
    of: (draft) => verdicts.get(keyOf(draft)),
  };
}

/** Its name changes nothing. */
function keyOf({ name: _, ...draft }: TrainingDraft): string {
  return createHash('sha256').update(JSON.stringify(draft)).digest('hex');
}

/** Runs through the contract: started, watched, ended. */
export function createRunHandlers(deps: RunHandlersDeps): RunHandlers {
  const { runs, plan, verdicts, startFetch, expectIdle } = deps;
  return {
    'training.start': async ({ draft, ignoreDoctor }, { signal }) => {
      if (draft.target.kind === 'colab') expectSignIn(draft.target.keyPath);
      if (!ignoreDoctor) expectVerdict(verdicts.of(draft));
      return runs.start(await prepareRun(draft, plan, signal), signal);
    },
    'training.startRecipe': (recipe, { signal }) => startRecipe(recipe, deps, signal),
    'training.list': () => runs.list(),
    'training.get': ({ runId }) => runs.get(runId),
    async *'training.watch'({ runId }, { signal }) {
      // One that was begun in a terminal is followed by whoever looks at it.
      await runs.attachTo(runId);
      yield* watchRun(runId, runs, signal);
    },
    'training.log': async ({ runId, from, limit }) => (await runs.store.get(runId)).pages.read(from, limit),
    'training.stop': ({ runId }, { signal }) => runs.stop(runId, signal),
    'training.cancel': ({ runId }, { signal }) => runs.cancel(runId, signal),
    'training.resume': async ({ runId, maxSteps }) => {
      expectIdle(runId, 'resume');
      return runs.resume(runId, maxSteps);
    },
    'training.fetch': async ({ runId }) => {
      const { can, name, where } = await runs.get(runId);
      if (!can.fetch) {
        throw new AppError('CONFLICT', `There is nothing to fetch of ${name}.`, {
          hint: `It ran on ${where}.`,
        });
      }
      expectIdle(runId, 'fetch');
      return { jobId: startFetch(runId).id };
    },
    'training.cleanUp': async ({ runId }, { signal }) => {
      expectIdle(runId, 'cleanUp');
      await runs.cleanUp(runId, signal);
      return {};
    },
    'training.remove': async ({ runId }) => {
      expectIdle(runId, 'remove');
      await runs.remove(runId);
      return {};
    },
  };
}

async function startRecipe(
  { path, folder, target }: { path: string; folder?: string | undefined; target: TrainingTarget },
  { runs, trainerDir, pythonFor }: RunHandlersDeps,
  signal: AbortSignal,
): Promise<{ runId: string; jobId: string }> {
  if (target.kind === 'colab') expectSignIn(target.keyPath);
  const call = { path, folder, target, trainerDir, python: await pythonFor(target), signal };
  return runs.startRecipe(target, (runDir) => placeRecipe(call, runDir));
}

function expectVerdict(verdict: ReturnType<DoctorVerdicts['of']>): void {
  if (verdict === 'ok' || verdict === 'warning') return;
  throw verdict === 'failure'
    ? new AppError('INVALID_INPUT', 'The doctor found what would waste this run.', {
        hint: 'Mend it, or start it all the same.',
      })
    : new AppError('INVALID_INPUT', 'The doctor has not looked at this run.', {
        hint: 'Ask it first, or start without it.',
      });
}

/** Brings what is not here yet: the body of a job of the kind `training-fetch`. */
export async function fetchRun(
  runId: string,
  { signal, report }: Pick<RunJobContext, 'signal' | 'report'>,
  runs: Runs,
  launchers: Launchers,
): Promise<void> {
  const run = toLaunchedRun(await runs.store.get(runId));
  report.result(runId);
  const tell = (why: AppError | undefined) =>
    report.log(why?.message ?? 'It goes on.', why ? 'warning' : 'info');
  const context: LaunchContext = {
    signal,
    progress: (note, done, total) =>
      report.progress({ done: done ?? 0, ...(total === undefined ? {} : { total }), note }),
    log: report.log,
    unreachable: tell,
    paused: tell,
    waiting: (why) => why !== undefined && report.log(why),
  };
  await launcherOf(launchers, run.target).fetch(run, 'all', context);
  await addHappening(run.runDir, 'Checkpoints and results were fetched.');
}
