import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../contract/errors.ts';
import { splitFiles } from './layout.ts';
import type { SpiderSplit } from './layout.ts';

/** The three fields that every release of Spider has; the others differ between copies. */
const exampleSchema = z.object({ db_id: z.string(), question: z.string(), query: z.string() });

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
  const entries = z.array(exampleSchema).safeParse(parseJson(path, await readText(path)));
  if (!entries.success) {
    throw new AppError(
      'DATASET_CORRUPT',
      `${path} is not a list of examples: ${z.prettifyError(entries.error)}`,
      {
        hint: 'Import spider.zip again; each example needs db_id, question and query.',
      },
    );
  }
  return entries.data.map((entry, index) => ({
    split,
    index,
    dbId: entry.db_id,
    question: entry.question.trim(),
    sql: entry.query.trim(),
  }));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new AppError('DATASET_MISSING', `Spider's file ${path} is missing.`, {
      hint: 'Run `sqlcodegen data import FILE` with a complete spider.zip.',
      cause: error,
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('DATASET_CORRUPT', `${path} is not valid JSON, perhaps cut short: ${reason}`, {
      hint: 'Download spider.zip again and repeat `sqlcodegen data import FILE`.',
      cause: error,
    });
  }
}
