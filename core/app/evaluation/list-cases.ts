import type { EvaluationSplit } from '../../contract/index.ts';
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
