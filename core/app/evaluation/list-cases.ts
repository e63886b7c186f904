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

/** All that a model may be measured by: nothing of it may be trained on. Spider's where the dataset is built. */
export async function listMeasured(datasetDir: string, signal: AbortSignal): Promise<EvaluationCase[]> {
  const dev = await listSpiderCases(datasetDir, 'dev', signal).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'DATASET_MISSING') return [];
    throw error;
  });
  return [...listDemoCases(demoDatabases), ...(await listOwnCases(datasetDir)), ...dev];
}
