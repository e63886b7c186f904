import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { evidenceSchema, provenPairSchema } from '../contract/dataset.ts';
import type { z } from 'zod';
import type { Evidence, ProvenPair } from '../contract/dataset.ts';

/** All pairs, in Spider's order. @throws AppError DATASET_MISSING or DATASET_CORRUPT, naming the file. */
export function readPairs(processedDir: string): Promise<ProvenPair[]> {
  return readLines(join(processedDir, 'pairs.jsonl'), provenPairSchema);
}

/** What both engines answered, for every distinct query of one database. @throws AppError as `readPairs` does */
export function readEvidence(processedDir: string, dbId: string): Promise<Evidence[]> {
  return readLines(join(processedDir, 'answers', `${dbId}.jsonl`), evidenceSchema);
}

async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readText(file)).split('\n').filter((line) => line !== '');
  return lines.map((line, index) => parseLine(line, schema, `${file}, line ${index + 1},`));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new AppError('DATASET_MISSING', `There is no ${file}.`, {
      hint: 'Run `sqlcodegen data convert` first.',
      cause: error,
    });
  }
}

function parseLine<T>(line: string, schema: z.ZodType<T>, where: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch (error) {
    throw new AppError('DATASET_CORRUPT', `${where} is not what the conversion writes.`, {
      hint: 'Run `sqlcodegen data convert` again.',
      cause: error,
    });
  }
}
