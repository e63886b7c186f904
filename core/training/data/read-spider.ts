import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, type DatabaseSchema } from '../../contract/index.ts';
import {
  makeSpiderExamples,
  type SpiderCounts,
  type SpiderDatabase,
  type SpiderPair,
} from '../../dataset/spider-examples.ts';
import { createTimeSlices } from '../../dataset/reading/time-slices.ts';
import { createRandom } from '../../dataset/synthesis/random.ts';
import type { ValueSample } from '../../schema/index.ts';
import { readExampleLines } from './read-lines.ts';
import type { SourceExample, SourceExamples, TargetForm } from './source-example.ts';

export interface SpiderSource {
  /** Holds raw/ and processed/ and versions/. */
  datasetDir: string;
  version?: string | undefined;
}

const lineSchema = z.object({
  ...{ id: z.string(), dbId: z.string(), question: z.string(), sql: z.string() },
  ...{ prompt: z.string(), completion: z.string() },
});
type SpiderLine = z.infer<typeof lineSchema>;

/** Questions to one variation of a schema, and the seed of those variations. */
const perSchema = 8;
const variationSeed = 20_261_122;

/** The train and the validation split of a built dataset. @throws AppError DATASET_MISSING, DATASET_CORRUPT */
export async function readSpider(
  source: SpiderSource,
  form: TargetForm,
  signal: AbortSignal,
): Promise<SourceExamples> {
  const train = await readSplit(source, 'train', signal);
  const val = await readSplit(source, 'val', signal);
  if (form === 'sql')
    return { examples: [...train.map(toExample('train')), ...val.map(toExample('val'))], leftOut: [] };
  const found: SourceExamples = { examples: [], leftOut: [] };
  for (const [lines, split] of [
    [train, 'train'],
    [val, 'val'],
  ] as const) {
    const { examples, leftOut } = await writeSketches(source.datasetDir, lines, split, signal);
    found.examples.push(...examples);
    found.leftOut.push(...leftOut);
  }
  return found;
}

function toExample(split: 'train' | 'val') {
  return ({ id, dbId, question, prompt, completion }: SpiderLine): SourceExample => ({
    ...{ id, dbId, question, prompt, completion, split },
  });
}

async function readSplit(
  { datasetDir, version }: SpiderSource,
  split: 'train' | 'val',
  signal: AbortSignal,
): Promise<SpiderLine[]> {
  const file = splitFile(datasetDir, split, version);
  if (!existsSync(file)) throw missing(version);
  const lines: SpiderLine[] = [];
  for await (const { value, number } of readExampleLines(file, signal)) {
    // A version holds all splits in one file.
    if (version !== undefined && (value as { split?: unknown }).split !== split) continue;
    const line = lineSchema.safeParse(value);
    if (!line.success) throw damaged(file, number);
    lines.push(line.data);
  }
  return lines;
}

function splitFile(datasetDir: string, split: string, version: string | undefined): string {
  return version === undefined
    ? join(datasetDir, 'processed', `${split}_postgres.jsonl`)
    : join(datasetDir, 'versions', version, 'examples.jsonl');
}

function missing(version: string | undefined): AppError {
  const what =
    version === undefined ? 'The dataset has not been built' : `The dataset has no version ${version}`;
  return new AppError('DATASET_MISSING', `${what}.`, {
    hint: 'Build it on the Dataset page, or with `sqlcodegen data all --spider FILE.zip`.',
  });
}

function damaged(file: string, number: number): AppError {
  return new AppError('DATASET_CORRUPT', `${file}, line ${number}, is not an example.`, {
    hint: 'Build the dataset again.',
  });
}

/** The proven pairs in the starter's own words, each on one variation of its schema; what they cannot say is left out. */
async function writeSketches(
  datasetDir: string,
  lines: readonly SpiderLine[],
  split: 'train' | 'val',
  signal: AbortSignal,
): Promise<SourceExamples> {
  const random = createRandom(variationSeed);
  const rest = createTimeSlices(signal);
  const written: SourceExample[] = [];
  const counts: SpiderCounts = { examples: 0, left: [] };
  for (const [dbId, ofDatabase] of Map.groupBy(lines, (line) => line.dbId)) {
    const database = await readDatabase(datasetDir, dbId);
    const pairs = ofDatabase.map(({ question, sql }): SpiderPair => ({ dbId, questions: [question], sql }));
    for (let start = 0; start < pairs.length; start += perSchema) {
      const some = pairs.slice(start, start + perSchema);
      for (const example of await makeSpiderExamples(random, database, some, perSchema, counts)) {
        written.push({ ...example, id: `${dbId}:${written.length}`, dbId, split });
      }
      await rest();
    }
  }
  const leftOut = counts.left.map(({ pair: { dbId, questions }, reason }) => {
    const [question = ''] = questions;
    return { id: `${dbId}:${question}`, question, reason };
  });
  return { examples: written, leftOut };
}

async function readDatabase(datasetDir: string, dbId: string): Promise<SpiderDatabase> {
  const read = async (folder: string): Promise<unknown> =>
    JSON.parse(await readFile(join(datasetDir, 'processed', folder, `${dbId}.json`), 'utf8'));
  try {
    return {
      schema: (await read('postgres_schemas')) as DatabaseSchema,
      samples: (await read('samples')) as ValueSample[],
    };
  } catch (cause) {
    throw new AppError('DATASET_MISSING', `The schema of Spider's database ${dbId} is not there.`, {
      hint: 'Build the dataset again.',
      cause,
    });
  }
}

/** When the split was written last, ISO 8601. */
export async function readChangedAt(datasetDir: string): Promise<string | undefined> {
  const found = await stat(splitFile(datasetDir, 'train', undefined)).catch(() => undefined);
  return found?.mtime.toISOString();
}
