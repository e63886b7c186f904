import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { RunEvent, TrainingRunInfo, TrainingTarget } from '../../../contract/index.ts';
import { createJobs, type Jobs } from '../../../jobs/index.ts';
import { openStore } from '../../../store/index.ts';
import { createEnvironment } from '../../../training/environment/index.ts';
import { createLocalLauncher, type Launcher } from '../../../training/launchers/index.ts';
import { createRuns, type RunJobInput, type Runs } from '../../../training/runs/index.ts';
import { testPython } from './tiny-run.ts';

const sources = resolve(import.meta.dirname, '..', '..', '..', '..', 'training');

/** What the stand-in trainer does at one start; see stand-in-trainer.py. */
export interface StandInStart {
  events?: RunEvent[];
  log?: string;
  seconds?: number;
  waits?: boolean;
  last?: RunEvent[];
  code?: number;
}

/** A package with the real launch.py and a trainer that does as its recipe says. @returns its folder */
export function writeStandInTrainer(folder: string): string {
  const trainerDir = join(folder, 'code', 'training');
  mkdirSync(trainerDir, { recursive: true });
  for (const name of ['__init__.py', 'launch.py', 'guard.py', 'make_environment.py'])
    copyFileSync(join(sources, name), join(trainerDir, name));
  for (const name of ['requirements.lock', 'requirements-qlora.lock'])
    writeFileSync(join(trainerDir, name), '# nothing\n');
  copyFileSync(join(import.meta.dirname, 'stand-in-trainer.py'), join(trainerDir, 'train.py'));
  return trainerDir;
}

/** The runs of one process of the app, over the real jobs and launchers. */
export interface App {
  runs: Runs;
  jobs: Jobs;
  /** Runs that have ended as they should. */
  finished: string[];
  /** @param prepare puts more into the run's folder */
  start(
    name: string,
    target: TrainingTarget,
    starts: StandInStart[],
    prepare?: (runDir: string) => void,
  ): Promise<string>;
  /** Fails after two minutes. */
  until(runId: string, isIt: (run: TrainingRunInfo) => boolean): Promise<TrainingRunInfo>;
  /** Until no job follows it. */
  untilUnfollowed(runId: string): Promise<TrainingRunInfo>;
  close(trainers?: 'leave' | 'stop'): Promise<void>;
}

export interface AppOptions {
  folder: string;
  trainerDir: string;
  ssh?: Launcher;
  /** Between the launcher and the runs. */
  wrapLocal?: (launcher: Launcher) => Launcher;
}

export function openApp({ folder, trainerDir, ssh, wrapLocal = (made) => made }: AppOptions): App {
  const dataDir = join(folder, 'data');
  mkdirSync(dataDir, { recursive: true });
  const store = openStore({ file: join(dataDir, 'studio.sqlite') });
  const jobs = createJobs({ rows: store.jobs, dataDir });
  const finished: string[] = [];
  const startRun = jobs.define<RunJobInput>({
    ...{ kind: 'training', canResume: true, keepsWork: true },
    input: z.object({ runId: z.string(), resume: z.boolean() }),
    title: ({ runId }) => runId,
    run: (input, context) => runs.follow(input, context),
  });
  const environment = createEnvironment({ dataDir, trainerDir });
  const local = createLocalLauncher({
    ...{ trainerDir, environment, ownPython: testPython, env: {}, countGpus: async () => 0 },
  });
  const runs: Runs = createRuns({
    ...{ runsDir: join(folder, 'runs'), nameOfHost: (id: string) => id },
    launchers: { local: wrapLocal(local), ...(ssh && { ssh }) },
    jobs: { start: startRun, find: jobs.find, cancel: jobs.cancel, resume: jobs.resume },
    retryWaitMs: () => 100,
    written: async () => undefined,
    finished: async ({ id }) => void finished.push(id),
  });
  const until: App['until'] = async (runId, isIt) => {
    for (const end = performance.now() + 120_000; ;) {
      const run = await runs.get(runId);
      if (isIt(run)) return run;
      if (performance.now() > end) throw new Error(`It stays ${run.state}: ${JSON.stringify(run.error)}`);
      await wait(50);
    }
  };
  return {
    ...{ runs, jobs, finished, until },
    async start(name, target, starts, prepare) {
      const { runId } = await runs.startRecipe(target, async (runDir) => {
        writeFileSync(join(runDir, 'recipe.yaml'), JSON.stringify({ starts }));
        prepare?.(runDir);
        return { name, needsQuantizedBase: false };
      });
      return runId;
    },
    untilUnfollowed: (runId) =>
      until(
        runId,
        ({ jobState = '' }) => !['queued', 'preparing', 'running', 'cancelling'].includes(jobState),
      ),
    async close(trainers = 'leave') {
      runs.beginClosing(trainers);
      await jobs.close();
      store.close();
    },
  };
}
