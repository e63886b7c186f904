import { join } from 'node:path';
import type { DatasetSplit } from '../../contract/index.ts';

/** Where the pipeline's files are, below the folder that holds raw/ and processed/. */
export interface DatasetFolder {
  root: string;
  spiderDir: string;
  processedDir: string;
  pairsFile: string;
  /** The splits that do not overlap; `dev_postgres.jsonl` repeats val and test. */
  splitFiles: Record<DatasetSplit, string>;
  splitReportFile: string;
  overridesFile: string;
  answersFileOf(dbId: string): string;
  /** SQLite's side of a schema. */
  parsedSchemaFileOf(dbId: string): string;
  postgresSchemaFileOf(dbId: string): string;
  samplesFileOf(dbId: string): string;
}

export function locateDataset(root: string): DatasetFolder {
  const processedDir = join(root, 'processed');
  const inProcessed = (...parts: string[]): string => join(processedDir, ...parts);
  return {
    root,
    spiderDir: join(root, 'raw', 'spider'),
    processedDir,
    pairsFile: inProcessed('pairs.jsonl'),
    splitFiles: {
      train: inProcessed('train_postgres.jsonl'),
      val: inProcessed('val_postgres.jsonl'),
      test: inProcessed('test_postgres.jsonl'),
    },
    splitReportFile: inProcessed('split_report.json'),
    overridesFile: join(root, 'overrides.jsonl'),
    answersFileOf: (dbId) => inProcessed('answers', `${dbId}.jsonl`),
    parsedSchemaFileOf: (dbId) => inProcessed('schemas', `${dbId}.json`),
    postgresSchemaFileOf: (dbId) => inProcessed('postgres_schemas', `${dbId}.json`),
    samplesFileOf: (dbId) => inProcessed('samples', `${dbId}.json`),
  };
}
