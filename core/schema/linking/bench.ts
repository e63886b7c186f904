/**
 * How well questions find the tables and columns that their answers read:
 *
 *     node core/schema/linking/bench.ts [--json] [--split dev|train] [--data DIR]
 *
 * On the schema of 600 tables in `<DIR>/own/large` (its questions name what they need), and on a split of Spider, dev
 * by default, where the gold SQL says it, without and with the stored values that the conversion sampled. DIR
 * defaults to `data`. What is missing is left out and said. Exit code 2 for an argument that there is not.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { DatabaseSchema } from '../../contract/index.ts';
import { viewSchema, type SchemaView } from '../../sql/sketch/index.ts';
import type { ValueSample } from '../find-hints.ts';
import { findValueHints } from '../find-value-hints.ts';
import { splitQuestion } from '../question-words.ts';
import { buildValueIndex, type ValueIndex } from '../value-index/build-value-index.ts';
import { measureRecall, type LinkedQuestion, type RecallReport } from './measure-recall.ts';
import { readNeededNames } from './needed-names.ts';

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const readLines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

function readLarge(data: string): LinkedQuestion[] {
  const folder = join(data, 'own', 'large');
  if (!existsSync(join(folder, 'questions.jsonl'))) return [];
  const view = viewSchema(readJson(join(folder, 'schema.json')) as DatabaseSchema);
  const wordOf = new Map(view.tables.map(({ table, word }) => [table.name, word]));
  return readLines<{ id: string; question: string; tables: string[] }>(join(folder, 'questions.jsonl')).map(
    ({ id, question, tables }) => ({
      ...{ id, view, question, hints: [], columns: [] },
      tables: tables.map((name) => wordOf.get(name) ?? name),
    }),
  );
}

interface Pair {
  id: string;
  split: string;
  dbId: string;
  question: string;
  sql: string;
}

interface SpiderSchema {
  view: SchemaView;
  values: ValueIndex;
}

async function readSpider(
  data: string,
  split: string,
): Promise<{ bare: LinkedQuestion[]; valued: LinkedQuestion[] }> {
  const processed = join(data, 'processed');
  const bare: LinkedQuestion[] = [];
  const valued: LinkedQuestion[] = [];
  if (!existsSync(join(processed, 'pairs.jsonl'))) return { bare, valued };
  const schemas = new Map<string, SpiderSchema>();
  for (const pair of readLines<Pair>(join(processed, 'pairs.jsonl'))) {
    if (!pair.split.startsWith(split)) continue;
    const { view, values } = schemas.get(pair.dbId) ?? readSpiderSchema(processed, pair.dbId);
    schemas.set(pair.dbId, { view, values });
    const linked = { id: pair.id, view, question: pair.question, ...(await readNeededNames(view, pair.sql)) };
    bare.push({ ...linked, hints: [] });
    valued.push({ ...linked, hints: findValueHints(view, splitQuestion(pair.question), values) });
  }
  return { bare, valued };
}

function readSpiderSchema(processed: string, dbId: string): SpiderSchema {
  const samples = join(processed, 'samples', `${dbId}.json`);
  return {
    view: viewSchema(readJson(join(processed, 'postgres_schemas', `${dbId}.json`)) as DatabaseSchema),
    values: buildValueIndex(existsSync(samples) ? (readJson(samples) as ValueSample[]) : []),
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function show(name: string, report: RecallReport): string {
  const line = (label: string, shares: Record<string, number>) =>
    `  ${label.padEnd(8)}${Object.entries(shares)
      .map(([rank, share]) => `@${rank} ${percent(share)}`)
      .join('  ')}`;
  return [
    `${name}: ${report.questions} questions, all tables found for ${percent(report.complete)}`,
    line('tables', report.tables),
    ...(report.columns ? [line('columns', report.columns)] : []),
    `  ${report.medianMs.toFixed(1)} ms a question (median), ${report.slowestMs.toFixed(1)} ms at most, ${report.prepareMs.toFixed(0)} ms once`,
  ].join('\n');
}

async function run(): Promise<number> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      split: { type: 'string', default: 'dev' },
      data: { type: 'string', default: join(import.meta.dirname, '..', '..', '..', 'data') },
    },
  });
  if (!['dev', 'train'].includes(values.split))
    throw new Error(`--split is dev or train, not ${values.split}.`);
  const large = readLarge(values.data);
  const spider = await readSpider(values.data, values.split);
  const reports = {
    ...(large.length > 0 && { 'large schema': measureRecall(large, [1, 3, 5, 10, 20]) }),
    ...(spider.bare.length > 0 && {
      [`Spider ${values.split}`]: measureRecall(spider.bare, [1, 3, 5, 10]),
      [`Spider ${values.split} with values`]: measureRecall(spider.valued, [1, 3, 5, 10]),
    }),
  };
  const missing = [
    ...(large.length > 0 ? [] : ['own/large']),
    ...(spider.bare.length > 0 ? [] : ['processed/pairs.jsonl (run `sqlcodegen data all`)']),
  ];
  if (missing.length > 0) process.stderr.write(`Not there, and left out: ${missing.join(', ')}.\n`);
  const text = Object.entries(reports).map(([name, report]) => show(name, report));
  process.stdout.write(`${values.json ? JSON.stringify(reports, null, 2) : text.join('\n')}\n`);
  return 0;
}

try {
  process.exitCode = await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
