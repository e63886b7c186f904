import { join } from 'node:path';
import { z } from 'zod';
import { splitFiles } from './layout.ts';
import { readJsonFile } from './read-json.ts';
import type { SpiderSplit } from './layout.ts';

/** The three fields that every release of Spider has; the others differ between copies. */
const entrySchema = z.object({ db_id: z.string(), question: z.string(), query: z.string() });

export interface SpiderExample {
  split: SpiderSplit;
  /** Position in the split's file, from 0. */
  index: number;
  dbId: string;
  question: string;
  /** The gold query, SQLite's SQL as published. */
  sql: string;
}

/** @throws AppError DATASET_MISSING or DATASET_CORRUPT, naming the file. */
export async function readExamples(spiderDir: string, split: SpiderSplit): Promise<SpiderExample[]> {
  const path = join(spiderDir, splitFiles[split]);
  const entries = await readJsonFile(path, z.array(entrySchema), 'a list of examples');
  return entries.map((entry, index) => ({
    split,
    index,
    dbId: entry.db_id,
    question: entry.question.trim(),
    sql: entry.query.trim(),
  }));
}
