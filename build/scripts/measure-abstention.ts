/**
 * How often a question is told to be not answerable, rightly and wrongly: `node build/scripts/measure-abstention.ts [--data-dir DIR]`.
 *
 * On Spider's train databases, which the threshold was chosen on: each question asked of its own database and of another one.
 * Held out: the demo questions, those of data/own, and data/own/unanswerable.jsonl, through `ask` as a user would, up to
 * where the model would begin. Needs the dataset (`sqlcodegen data all`); DIR is a folder for the embedded server.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { listCases } from '../../core/app/evaluation/list-cases.ts';
import { createCore, type Core } from '../../core/app/index.ts';
import { askInputSchema, type DatabaseSchema } from '../../core/contract/index.ts';
import { shareOf } from '../../core/evaluation/intervals.ts';
import {
  distanceToSchema,
  farthestAnswerable,
  judgeAnswerable,
} from '../../core/generation/answerability.ts';
import { findValueHints } from '../../core/schema/find-value-hints.ts';
import { splitQuestion, type ValueSample } from '../../core/schema/index.ts';
import { buildValueIndex } from '../../core/schema/value-index/build-value-index.ts';
import { viewSchema } from '../../core/sql/sketch/index.ts';

const { values } = parseArgs({ options: { 'data-dir': { type: 'string' } } });
const processed = path.join('data', 'processed');

interface Asked {
  question: string;
  answerable: boolean;
  /** A connection of the core. */
  connectionId: string;
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

function print(name: string, refused: number, total: number): void {
  const { share, low, high } = shareOf(refused, total);
  const percent = (part: number | null) => `${((part ?? 0) * 100).toFixed(1)} %`;
  console.log(
    `${name.padEnd(58)} ${refused} of ${total} refused: ${percent(share)} (${percent(low)} to ${percent(high)})`,
  );
}

function readDatabase(dbId: string) {
  const read = (folder: string) => path.join(processed, folder, `${dbId}.json`);
  const schema = JSON.parse(readFileSync(read('postgres_schemas'), 'utf8')) as DatabaseSchema;
  const samples = existsSync(read('samples'))
    ? (JSON.parse(readFileSync(read('samples'), 'utf8')) as ValueSample[])
    : [];
  return { schema, index: buildValueIndex(samples), view: viewSchema(schema) };
}

/** Every question once of its own database, once of another: the step from one to the next is a prime, so that all pairs occur. */
function measureTrain(): void {
  const pairs = readLines<{ id: string; dbId: string; question: string }>(
    path.join(processed, 'train_postgres.jsonl'),
  ).filter(({ id }) => id.startsWith('train_spider:'));
  const dbIds = [...new Set(pairs.map(({ dbId }) => dbId))];
  const databases = new Map(dbIds.map((dbId) => [dbId, readDatabase(dbId)]));
  const counts = { own: 0, other: 0 };
  const distances: number[] = [];
  for (const [index, { dbId, question }] of pairs.entries()) {
    const step = 1 + ((index * 7_919) % (dbIds.length - 1));
    const other = dbIds[(dbIds.indexOf(dbId) + step) % dbIds.length] ?? dbId;
    for (const [kind, id] of [
      ['own', dbId],
      ['other', other],
    ] as const) {
      const database = databases.get(id);
      if (!database) continue;
      const { schema, view, index: valueIndex } = database;
      const hints = findValueHints(view, splitQuestion(question), valueIndex);
      if (judgeAnswerable(schema, question, hints)) counts[kind]++;
      if (kind === 'own') distances.push(distanceToSchema(schema, question, hints).distance);
    }
  }
  const sorted = distances.toSorted((a, b) => b - a);
  print('train, asked of their own database', counts.own, pairs.length);
  print('train, asked of another database', counts.other, pairs.length);
  const threshold = sorted[Math.floor(sorted.length * 0.02)] ?? 0;
  console.log(
    `2 % of them are farther than ${threshold.toFixed(3)} from their own; in use is ${farthestAnswerable}.`,
  );
}

/** Whether `ask` refuses before it would ask the model. */
async function isRefused(core: Core, { connectionId, question }: Asked): Promise<boolean> {
  const controller = new AbortController();
  const input = askInputSchema.parse({ connectionId, question, remember: false });
  for await (const event of core.handlers['generation.ask'](input, { signal: controller.signal })) {
    if (event.kind === 'answer') return event.answer.outcome === 'not-answerable';
    if (event.kind === 'stage' && event.stage === 'model') return false;
  }
  return false;
}

async function measureSet(core: Core, name: string, questions: readonly Asked[]): Promise<void> {
  for (const answerable of [true, false]) {
    const own = questions.filter((question) => question.answerable === answerable);
    if (own.length === 0) continue;
    let refused = 0;
    for (const question of own) if (await isRefused(core, question)) refused++;
    print(`${name}, ${answerable ? 'answerable' : 'not answerable'}`, refused, own.length);
  }
}

async function measureHeldOut(core: Core): Promise<void> {
  const { signal } = new AbortController();
  for await (const _ of core.handlers['demo.prepare']({}, { signal }));
  for (const split of ['demo', 'own'] as const) {
    const cases = await listCases('data', split, signal);
    const questions = cases.map(({ question, connectionId }) => ({
      question,
      connectionId,
      answerable: true,
    }));
    await measureSet(core, `${split} questions`, questions);
  }
  const lines = readLines<{ db: string; question: string; answerable: boolean }>(
    path.join('data', 'own', 'unanswerable.jsonl'),
  );
  const demos = new Set((await core.handlers['demo.list']({}, { signal })).map(({ name }) => String(name)));
  const questions = lines.map(({ db, ...line }) => ({
    ...line,
    connectionId: `${demos.has(db) ? 'demo' : 'own'}:${db}`,
  }));
  await measureSet(core, 'data/own/unanswerable.jsonl', questions);
}

measureTrain();
const folder = values['data-dir'] ?? mkdtempSync(path.join(tmpdir(), 'measure-abstention-'));
const core = await createCore({ dataDir: folder, version: 'measurement', datasetDir: 'data' });
try {
  await measureHeldOut(core);
} finally {
  await core.close();
  if (values['data-dir'] === undefined) rmSync(folder, { recursive: true, force: true });
}
