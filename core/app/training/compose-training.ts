import { join } from 'node:path';
import {
  AppError,
  hasEnded,
  priceTableSchema,
  type Connection,
  type CoreHandlers,
  type MachineInfo,
  type SplitInfo,
  type TrainingSource,
  type VerifiedExample,
} from '../../contract/index.ts';
import type { EvaluationCase } from '../../evaluation/index.ts';
import type { TrainerTools } from '../app-paths.ts';
import type { Jobs } from '../../jobs/index.ts';
import { locateStarterBase } from '../../models/index.ts';
import { readSettings, type SettingRows } from '../../store/index.ts';
import { createDoctorVerdicts, createRunHandlers, type RunHandlers } from '../../training/run-handlers.ts';
import type { ExportDeps } from '../../training/export/index.ts';
import { createSetupHandlers, readMachine, type SetupHandlers } from '../../training/setup/index.ts';
import { createTensorBoards } from '../../training/tensorboard/index.ts';
import { ownPythonOf } from '../../training/launchers/local/index.ts';
import { createEnvironment, type TrainingEnvironment } from '../../training/environment/index.ts';
import { createLocalLauncher, type Launchers } from '../../training/launchers/index.ts';
import type { DataDeps } from '../../training/data/index.ts';
import { recordVersion } from '../../training/loop/index.ts';
import type { PlanDeps } from '../../training/plan/index.ts';
import { createRuns, type Runs, type RunsDeps } from '../../training/runs/index.ts';
import { expectIdle, isIdle } from './expect-idle.ts';
import { defineTrainingJobs } from './training-jobs.ts';

export interface TrainingParts {
  dataDir: string;
  datasetDir: string;
  runsDir: string;
  trainerDir: string;
  tools: TrainerTools;
  jobs: Jobs;
  settings: SettingRows;
  /** Those of other machines; this machine's own is made here. */
  launchers: Omit<Launchers, 'local'>;
  nameOfHost(hostId: string): string;
  readVerified: DataDeps['readVerified'];
  findVerified(id: string): VerifiedExample | undefined;
  listConnections(): Promise<Connection[]>;
  listVerified(): VerifiedExample[];
  describeSplits(signal: AbortSignal): Promise<SplitInfo[]>;
  /** @throws AppError why it cannot be seen */
  examineHost(hostId: string, signal: AbortSignal): Promise<MachineInfo>;
  quantize: ExportDeps['quantize'];
  /** What evaluations ask, of Spider's dev split, the demo and data/own. */
  listMeasured(signal: AbortSignal): Promise<EvaluationCase[]>;
}

export interface Training {
  handlers: RunHandlers & SetupHandlers & Pick<CoreHandlers, 'training.export' | 'training.tensorboard'>;
  runs: Runs;
  environment: TrainingEnvironment;
  plan: PlanDeps;
  /** Writes down beside a run's data what it is made of. */
  written: RunsDeps['written'];
  /** From now on an aborted job is the app's end; trainers are left running unless the setting says otherwise. */
  beginClosing(options: { leaveRuns: boolean }): void;
}

/** Training over the app's own folders, jobs and settings. */
export function composeTraining(parts: TrainingParts): Training {
  const { jobs, trainerDir, dataDir, runsDir, settings } = parts;
  const environment = createEnvironment({ dataDir, trainerDir });
  const ownPython = process.env.SQLCODEGEN_TRAINING_PYTHON;
  const machine = { trainerDir, runsDir, environment, ownPython };
  const launchers: Launchers = {
    ...parts.launchers,
    local: createLocalLauncher({
      ...{ trainerDir, environment, env: childEnvironment(parts), ownPython },
      countGpus: async (signal) => (await readMachine(undefined, machine, signal)).gpus.length,
    }),
  };
  const plan: PlanDeps = {
    datasetDir: parts.datasetDir,
    bases: {
      starterBase: locateStarterBase(),
      baseModels: join(dataDir, 'base-models'),
    },
    evaluateCommand: [...parts.tools.command, 'eval', '--json', '--predictions'],
    readVerified: parts.readVerified,
    readForbidden: async (signal) => {
      const cases = await parts.listMeasured(signal);
      return {
        questions: cases.map(({ question }) => question),
        dbIds: [...new Set(cases.map(({ db }) => db))],
      };
    },
  };
  const start = defineTrainingJobs(jobs, {
    ...{ trainerDir, launchers, environment, ownPython, runsOf: () => runs },
    ...{ modelsDir: join(dataDir, 'models'), quantize: parts.quantize, env: parts.tools.env },
  });
  const boards = createTensorBoards(trainerDir);
  const written: RunsDeps['written'] = async ({ base: { targetForm }, built }, runId, runDir) => {
    const titleOf = (source: TrainingSource) => titleOfSource(source, parts);
    await recordVersion({ runId, runDir, targetForm, built, titleOf, findExample: parts.findVerified });
  };
  const runs: Runs = createRuns({
    ...{ runsDir, launchers, nameOfHost: parts.nameOfHost },
    jobs: { start: start.run, find: jobs.find, cancel: jobs.cancel, resume: jobs.resume },
    written,
    finished: async ({ id, launch, log }) => {
      // A stopped run may go on: what it has is exported when it is asked for.
      if (log.ended?.event === 'run_finished' && log.ended.outcome === 'stopped') return;
      const types = launch?.draft?.recipe.quantize ?? [];
      if (types.length > 0 && isIdle(jobs, id, 'export')) start.export({ runId: id, types });
    },
  });
  const verdicts = createDoctorVerdicts();
  return {
    handlers: {
      ...createRunHandlers({
        ...{ runs, plan, verdicts, trainerDir, startFetch: (runId) => start.fetch({ runId }) },
        expectIdle: (runId, work) => expectIdle(jobs, runId, work),
        async pythonFor(target) {
          const own = ownPythonOf(target, { ownPython });
          if (own === undefined && !environment.isReady()) throw notMade();
          return own ?? environment.python;
        },
      }),
      ...createSetupHandlers({
        ...{ trainerDir, runsDir, draftsDir: join(dataDir, 'training-drafts'), environment, ownPython },
        ...{ plan, verdicts, examineHost: parts.examineHost },
        sources: parts,
        prices: {
          get: () => settings.get(pricesKey, priceTableSchema),
          set: (prices) => settings.set(pricesKey, prices),
        },
        startPreparing() {
          expectNone(jobs, 'training-environment');
          return start.environment({ quantized: false });
        },
      }),
      'training.export': async ({ runId, types, checkpoint }) => {
        const { can, name } = await runs.get(runId);
        if (!can.export) throw cannotExport(name);
        expectIdle(jobs, runId, 'export');
        return { jobId: start.export({ runId, types, checkpoint }).id };
      },
      'training.tensorboard': async ({ runId }, { signal }) => {
        const { runDir } = await runs.store.get(runId);
        const python = ownPython ?? (environment.isReady() ? environment.python : undefined);
        const target = (await runs.get(runId)).target;
        const chosen = ownPythonOf(target, { ownPython }) ?? python;
        if (chosen === undefined) throw notMade();
        return { url: await boards.open(runDir, chosen, signal) };
      },
    },
    ...{ runs, environment, plan, written },
    beginClosing({ leaveRuns }) {
      boards.close();
      const stops = !leaveRuns && readSettings(settings).trainingOnQuit === 'stop';
      runs.beginClosing(stops ? 'stop' : 'leave');
    },
  };
}

const pricesKey = 'training.prices';

function expectNone(jobs: Jobs, kind: 'training-environment'): void {
  if (!jobs.list().some((job) => job.kind === kind && !hasEnded(job))) return;
  throw new AppError('CONFLICT', 'The environment is being made already.', { hint: 'See its job.' });
}

function cannotExport(name: string): AppError {
  return new AppError('CONFLICT', `${name} has no checkpoint here that could be exported.`, {
    hint: 'Wait until it has ended; of a run elsewhere, fetch it first.',
  });
}

function notMade(): AppError {
  return new AppError('PYTHON_MISSING', "The trainer's environment is not made on this machine.", {
    hint: 'Make it first, under Training or with `sqlcodegen train environment`.',
  });
}

/** What the trainer's own commands of the app work on. */
function childEnvironment({ dataDir, datasetDir, runsDir, tools }: TrainingParts): Record<string, string> {
  return {
    ...tools.env,
    ...{ SQLCODEGEN_DATA_DIR: dataDir, SQLCODEGEN_DATASET_DIR: datasetDir, SQLCODEGEN_RUNS_DIR: runsDir },
  };
}

async function titleOfSource(source: TrainingSource, { listConnections }: TrainingParts): Promise<string> {
  if (source.kind === 'spider') return 'Spider on PostgreSQL, train split';
  if (source.kind === 'file') return source.path;
  const connection = (await listConnections()).find(({ id }) => id === source.connectionId);
  return `Verified examples of ${connection?.name ?? source.connectionId}`;
}

export type TrainingMethod = Extract<keyof CoreHandlers, `training.${string}`>;
