import { AppError, type EvaluationSplit } from '../../contract/index.ts';
import { demoDatabases } from '../../demo/index.ts';
import { listDemoCases, type EvaluationCase } from '../../evaluation/index.ts';
import { listOwnCases } from './own-databases.ts';
import { listSpiderCases } from './spider-cases.ts';

/** All questions of a split, database after database. @throws AppError DATASET_MISSING, DATASET_CORRUPT */
export async function listCases(
  datasetDir: string,
  split: EvaluationSplit,
  signal: AbortSignal,
): Promise<EvaluationCase[]> {
  if (split === 'demo') return listDemoCases(demoDatabases);
  if (split === 'own') return listOwnCases(datasetDir);
  return listSpiderCases(datasetDir, split, signal);
}

/** All that a model may be measured by and that is here: nothing of it may be trained on. */
export async function listMeasured(datasetDir: string, signal: AbortSignal): Promise<EvaluationCase[]> {
  const own = await listOwnCases(datasetDir).catch(whereMissing);
  const dev = await listSpiderCases(datasetDir, 'dev', signal).catch(whereMissing);
  return [...listDemoCases(demoDatabases), ...own, ...dev];
}

function whereMissing(error: unknown): EvaluationCase[] {
  if (error instanceof AppError && error.code === 'DATASET_MISSING') return [];
  throw error;
}
