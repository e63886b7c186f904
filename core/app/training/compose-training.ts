import { join } from 'node:path';
import { z } from 'zod';
import type { Connection, CoreHandlers, TrainingSource, VerifiedExample } from '../../contract/index.ts';
import type { EvaluationCase } from '../../evaluation/index.ts';
import type { Jobs } from '../../jobs/index.ts';
import { readSettings, type SettingRows } from '../../store/index.ts';
import {
  createDoctorVerdicts,
  createRunHandlers,
  fetchRun,
  type RunHandlers,
} from '../../training/run-handlers.ts';
import { createEnvironment, type TrainingEnvironment } from '../../training/environment/index.ts';
import { createLocalLauncher, type Launchers } from '../../training/launchers/index.ts';
import type { DataDeps } from '../../training/data/index.ts';
import { recordVersion } from '../../training/loop/index.ts';
import type { PlanDeps } from '../../training/plan/index.ts';
import { createRuns, type RunJobInput, type Runs } from '../../training/runs/index.ts';

export interface TrainingParts {
  dataDir: string;
  datasetDir: string;
  runsDir: string;
  trainerDir: string;
  jobs: Jobs;
  settings: SettingRows;
  /** Those of other machines; this machine's own is made here. */
  launchers: Omit<Launchers, 'local'>;
  nameOfHost(hostId: string): string;
  readVerified: DataDeps['readVerified'];
  findVerified(id: string): VerifiedExample | undefined;
  listConnections(): Promise<Connection[]>;
  /** What evaluations ask, of Spider's dev split, the demo and data/own. */
  listMeasured(signal: AbortSignal): Promise<EvaluationCase[]>;
}

export interface Training {
  handlers: RunHandlers;
  runs: Runs;
  environment: TrainingEnvironment;
  plan: PlanDeps;
  /** From now on an aborted job is the app's end; trainers are left running unless the setting says otherwise. */
  beginClosing(options: { leaveRuns: boolean }): void;
}

const runInputSchema = z.object({ runId: z.string(), resume: z.boolean() });

/** Training over the app's own folders, jobs and settings. */
export function composeTraining(parts: TrainingParts): Training {
  const { jobs, trainerDir, dataDir, runsDir, settings } = parts;
  const environment = createEnvironment({ dataDir, trainerDir });
  const launchers: Launchers = {
    ...parts.launchers,
    local: createLocalLauncher({
      ...{ trainerDir, environment, env: childEnvironment(parts), countGpus: async () => 0 },
      ownPython: process.env.SQLCODEGEN_TRAINING_PYTHON,
    }),
  };
  const plan: PlanDeps = {
    datasetDir: parts.datasetDir,
    bases: {
      starterBase: join(trainerDir, '..', 'data', 'models', 'starter-base'),
      baseModels: join(dataDir, 'base-models'),
    },
    evaluateCommand: evaluateCommand(trainerDir),
    readVerified: parts.readVerified,
    readForbidden: async (signal) => {
      const cases = await parts.listMeasured(signal);
      return {
        questions: cases.map(({ question }) => question),
        dbIds: [...new Set(cases.map(({ db }) => db))],
      };
    },
  };
  const startRun = jobs.define<RunJobInput>({
    kind: 'training',
    input: runInputSchema,
    canResume: true,
    keepsWork: true,
    title: ({ runId }) => `Training ${runId}`,
    run: (input, context) => runs.follow(input, context),
  });
  const startFetch = jobs.define<{ runId: string }>({
    kind: 'training-fetch',
    input: z.object({ runId: z.string() }),
    canResume: true,
    keepsWork: true,
    title: ({ runId }) => `Fetching ${runId}`,
    run: ({ runId }, context) => fetchRun(runId, context, runs, launchers),
  });
  const runs: Runs = createRuns({
    ...{ runsDir, launchers, nameOfHost: parts.nameOfHost },
    jobs: { start: startRun, find: jobs.find, cancel: jobs.cancel, resume: jobs.resume },
    written: async (run, runId, runDir) => {
      const targetForm = run.base.targetForm;
      const titleOf = (source: TrainingSource) => titleOfSource(source, parts);
      await recordVersion({
        runId,
        runDir,
        targetForm,
        built: run.built,
        titleOf,
        findExample: parts.findVerified,
      });
    },
    finished: async () => undefined,
  });
  const verdicts = createDoctorVerdicts();
  return {
    handlers: createRunHandlers({ runs, plan, verdicts, startFetch: (runId) => startFetch({ runId }) }),
    ...{ runs, environment, plan },
    beginClosing: ({ leaveRuns }) =>
      runs.beginClosing(!leaveRuns && readSettings(settings).trainingOnQuit === 'stop' ? 'stop' : 'leave'),
  };
}

/** What the trainer's own commands of the app work on. */
function childEnvironment({ dataDir, datasetDir, runsDir }: TrainingParts): Record<string, string> {
  return {
    ...{ SQLCODEGEN_DATA_DIR: dataDir, SQLCODEGEN_DATASET_DIR: datasetDir, SQLCODEGEN_RUNS_DIR: runsDir },
  };
}

/** The command line of this very app. */
function evaluateCommand(trainerDir: string): string[] {
  const cli = join(trainerDir, '..', 'core', 'cli', 'main.ts');
  return [process.execPath, cli, 'eval', '--json', '--predictions'];
}

async function titleOfSource(source: TrainingSource, { listConnections }: TrainingParts): Promise<string> {
  if (source.kind === 'spider') return 'Spider on PostgreSQL, train split';
  if (source.kind === 'file') return source.path;
  const connection = (await listConnections()).find(({ id }) => id === source.connectionId);
  return `Verified examples of ${connection?.name ?? source.connectionId}`;
}

export type TrainingMethod = Extract<keyof CoreHandlers, `training.${string}`>;
