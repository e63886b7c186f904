import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { readExamples } from './examples.ts';
import { spiderSplits, splitFiles } from './layout.ts';
import { downloadAgainHint } from './manual-steps.ts';
import { openSqlite, openSqliteFile } from './sqlite-database.ts';
import type { SpiderSplit } from './layout.ts';

export interface CheckedRelease {
  databases: number;
  examples: Record<SpiderSplit, number>;
}

/** Every split parses, the dev split holds examples, and every database that an example names opens. Blocks: for a worker thread. */
export async function checkRelease({ spiderDir }: { spiderDir: string }): Promise<CheckedRelease> {
  const examples: Record<SpiderSplit, number> = { train_spider: 0, train_others: 0, dev: 0 };
  const dbIds = new Set<string>();
  for (const split of spiderSplits) {
    const read = await readExamples(spiderDir, split);
    examples[split] = read.length;
    for (const example of read) dbIds.add(example.dbId);
  }
  if (examples.dev === 0) throw noDevExamples(spiderDir);
  for (const dbId of [...dbIds].sort()) openSqlite(spiderDir, dbId).close();
  return { databases: dbIds.size, examples };
}

/** Validation and test splits are made of it: both would be empty, and no stage would find fault. */
function noDevExamples(spiderDir: string): AppError {
  return new AppError('DATASET_CORRUPT', `${join(spiderDir, splitFiles.dev)} holds no examples.`, {
    hint: downloadAgainHint,
  });
}

/** Whether each file opens as a SQLite database that nobody has locked. Blocks: for a worker thread. */
export function openFiles({ files }: { files: string[] }): void {
  for (const file of files) openSqliteFile(file).close();
}
