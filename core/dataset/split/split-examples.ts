import { join } from 'node:path';
import {
  AppError,
  type DatabaseSchema,
  type DatasetExample,
  type DatasetSplit,
  type Hardness,
  type Override,
  type ProvenPair,
} from '../../contract/index.ts';
import { formattedExampleSchema, mistralFiles, type FormattedExample } from '../format/formatted-example.ts';
import { createSampleSource, createSchemaSource, demand, readProvenPairs } from '../read-source.ts';
import { eachRecord } from '../reading/read-records.ts';
import { createTimeSlices } from '../reading/time-slices.ts';
import { writeAside } from '../stages/index.ts';
import { writeLines } from '../write-lines.ts';
import { completeExamples } from './complete-examples.ts';
import { divideDatabases, type DatabaseLoad } from './divide-databases.ts';
import { gradePair } from './grade-pair.ts';
import { listDuplicates } from './list-duplicates.ts';
import { buildSplitReport, type SplitReport } from './split-report.ts';

/** Names below the folder of processed data. `dev` is val and test together, in Spider's order. */
export const splitFileNames = {
  train: 'train_postgres.jsonl',
  dev: 'dev_postgres.jsonl',
  val: 'val_postgres.jsonl',
  test: 'test_postgres.jsonl',
} as const;
export const splitReportFile = 'split_report.json';

export interface SplitOptions {
  /** Holds what `formatExamples` wrote, and its input. */
  processedDir: string;
  overrides?: readonly Override[] | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Puts every formatted example into train, val or test, no database into two of them: train is train_spider and
 * train_others, val and test are the halves of Spider's dev. Near-duplicate questions are reported and kept.
 * The same input gives the same bytes.
 * @throws AppError DATASET_CORRUPT where a database would be in two splits, or the formatted files are out of date
 */
export async function splitExamples(options: SplitOptions): Promise<SplitReport> {
  const { processedDir, signal, report, overrides = [] } = options;
  const pairs = await readProvenPairs(processedDir, signal);
  const schemaOf = createSchemaSource(processedDir);
  const samplesOf = createSampleSource(processedDir);
  report?.('Dividing the databases');
  const { val } = divideDatabases(await readLoads(pairs, schemaOf, signal));
  const heldOut = (dbId: string): DatasetSplit => (val.includes(dbId) ? 'val' : 'test');
  const complete = async (name: string, splitOf: (dbId: string) => DatasetSplit) => {
    const formatted = await readFormatted(join(processedDir, name), signal);
    return completeExamples(formatted, { pairs, overrides, schemaOf, samplesOf, splitOf, signal });
  };
  const train = await complete(mistralFiles.train, () => 'train');
  const dev = await complete(mistralFiles.dev, heldOut);
  refuseSharedDatabases([...train, ...dev]);
  report?.('Looking for near-duplicate questions');
  const result = buildSplitReport(train, dev, await listDuplicates([...train, ...dev], signal));
  const files = { train, dev, val: dev.filter(isIn('val')), test: dev.filter(isIn('test')) };
  for (const [split, name] of Object.entries(splitFileNames)) {
    await writeLines(join(processedDir, name), files[split as keyof typeof files], signal);
  }
  await writeAside(join(processedDir, splitReportFile), `${JSON.stringify(result, null, 2)}\n`);
  return result;
}

async function readFormatted(path: string, signal: AbortSignal | undefined): Promise<FormattedExample[]> {
  const examples: FormattedExample[] = [];
  const source = { path, stage: 'format' };
  const take = (example: FormattedExample) => void examples.push(example);
  await demand(source, eachRecord(formattedExampleSchema, source, take, signal));
  return examples;
}

/**
 * Hardness by database of all of Spider's dev, usable or not: the halves are then the same for every version of the
 * dataset, and no database moves from test to val because a pair was corrected.
 */
async function readLoads(
  pairs: readonly ProvenPair[],
  schemaOf: (dbId: string) => Promise<DatabaseSchema>,
  signal: AbortSignal | undefined,
): Promise<DatabaseLoad[]> {
  const rest = createTimeSlices(signal);
  const loads = new Map<string, Record<Hardness, number>>();
  for (const pair of pairs.filter((each) => each.split === 'dev')) {
    const { dbId, question, sql } = pair;
    const counts = loads.get(dbId) ?? { easy: 0, medium: 0, hard: 0, extra: 0 };
    loads.set(dbId, counts);
    const hardness = await gradePair({ pair, question, sql }, await schemaOf(dbId)).catch(ignoreSyntax);
    if (hardness !== undefined) counts[hardness] += 1;
    await rest();
  }
  return [...loads].map(([dbId, counts]) => ({ dbId, counts }));
}

/** A pair that no parser reads is in no split, so it weighs nothing. */
function ignoreSyntax(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'SQL_SYNTAX') throw error;
}

function refuseSharedDatabases(examples: readonly DatasetExample[]): void {
  const splitOf = new Map<string, DatasetSplit>();
  for (const { dbId, split } of examples) {
    const other = splitOf.get(dbId) ?? split;
    splitOf.set(dbId, other);
    if (other === split) continue;
    throw new AppError('DATASET_CORRUPT', `The database ${dbId} would be in ${other} and in ${split}.`, {
      hint: 'Import a Spider release whose dev databases are not those of its train files.',
      details: { dbId },
    });
  }
}

function isIn(split: DatasetSplit): (example: DatasetExample) => boolean {
  return (example) => example.split === split;
}
