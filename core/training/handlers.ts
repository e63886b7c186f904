import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type CoreHandlers, type TrainingRun } from '../contract/index.ts';
import { readRun, type RunSummary } from './read-run.ts';

export type TrainingHandlers = Pick<CoreHandlers, 'training.runs'>;

export interface TrainingHandlersDeps {
  runsDir: string;
  /** The trainer's sources. */
  trainerDir: string;
}

/** What the training domain offers through the contract. */
export function createTrainingHandlers({ runsDir, trainerDir }: TrainingHandlersDeps): TrainingHandlers {
  return {
    'training.runs': async () => ({ folder: runsDir, trainerDir, runs: await listRuns(runsDir) }),
  };
}

async function listRuns(runsDir: string): Promise<TrainingRun[]> {
  const entries = await readdir(runsDir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(runsDir, name));
  const runs = await Promise.all(folders.map(readIfRun));
  return runs.flat().toSorted((a, b) => (b.lastEventAt ?? '').localeCompare(a.lastEventAt ?? ''));
}

/** A folder without a recipe and without events is no run: people keep data beside them. */
async function readIfRun(folder: string): Promise<TrainingRun[]> {
  const names = await readdir(folder).catch(() => []);
  if (!names.some((name) => name === 'config.yaml' || name === 'events.jsonl')) return [];
  try {
    return [toRun(await readRun(folder))];
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

function toRun(run: RunSummary): TrainingRun {
  const { runDir, name, state, lastEventAt, lastStep, lastEvaluation, failure } = run;
  return {
    ...{ runDir, name, lastEventAt },
    state: state === 'not_started' && run.problems.length > 0 ? 'unreadable' : state,
    step: lastStep?.step,
    totalSteps: run.started?.max_steps ?? undefined,
    trainingLoss: lastStep?.loss ?? undefined,
    validationLoss: lastEvaluation?.validation_loss ?? undefined,
    checkpoints: run.checkpoints.length,
    artifacts: run.artifacts.map(({ artifact, path }) => ({ kind: artifact, path })),
    message: failure?.message ?? run.problems[0],
    complete: run.manifest !== undefined,
  };
}
