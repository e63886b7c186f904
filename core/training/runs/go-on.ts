import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type TrainingRunInfo } from '../../contract/index.ts';
import { writeAside } from '../../dataset/stages/index.ts';
import { dropEarlyStopping, setMaxSteps } from '../recipes/index.ts';
import type { StoredRun } from './run-store.ts';

/**
 * Makes an ended run's recipe one that it can go on with. One that reached its end needs a later one; one that ended early
 * because nothing got better does so no more. @throws AppError INVALID_INPUT, CONFLICT
 */
export async function prepareToGoOn(
  { runDir, launch }: StoredRun,
  { name, state, step = 0, where, checkpoints }: TrainingRunInfo,
  maxSteps: number | undefined,
): Promise<void> {
  if (launch?.cleanedUpAt !== undefined && !checkpoints.some(({ here }) => here)) {
    throw new AppError(
      'CONFLICT',
      `The checkpoints of ${name} were removed from ${where}, and none is here.`,
      {
        hint: 'Start a new run: clone this one.',
      },
    );
  }
  const isNeeded = state === 'finished';
  if (isNeeded ? maxSteps === undefined || maxSteps <= step : maxSteps !== undefined && maxSteps <= step) {
    throw new AppError('INVALID_INPUT', `The run ${name} has reached step ${step}.`, {
      hint: 'Say until which later step it is to be trained.',
    });
  }
  const file = join(runDir, 'recipe.yaml');
  const before = await readFile(file, 'utf8');
  const patient = state === 'stopped_early' ? dropEarlyStopping(before) : before;
  const after = maxSteps === undefined ? patient : setMaxSteps(patient, maxSteps);
  if (after !== before) await writeAside(file, after);
}
