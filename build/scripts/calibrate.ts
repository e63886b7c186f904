/**
 * Fits how candidates vote and what their agreement is worth, for one model file, and writes it beside the file:
 * `node build/scripts/calibrate.ts [--model FILE] [--databases a,b] [--candidates N] [--every N] [--evidence FILE]`.
 *
 * The questions are those of Spider train databases that the model was not trained on, never of dev. Needs the dataset
 * (`sqlcodegen data all`). The evidence file is written as it is gathered, and is read in place of asking where it holds
 * a question already: a run that was cut short goes on.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  collectEvidence,
  fitCalibration,
  type CalibrationCase,
  type EvidenceLine,
} from '../../core/app/calibration/index.ts';
import { openSpiderDatabases } from '../../core/app/open-spider-databases.ts';
import { calibrationFileOf, calibrationSchema, hashFile } from '../../core/generation/calibration/index.ts';
import { createModelPool } from '../../core/generation/index.ts';
import { locateStarterModel } from '../../core/models/index.ts';
import type { Database } from '../../core/postgres/index.ts';
import { createSchemaReader } from '../../core/schema/index.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: locateStarterModel() },
    /** Those that `starter-data.ts` keeps out of training. */
    databases: { type: 'string', default: 'customers_and_invoices,store_1,college_1,hospital_1' },
    candidates: { type: 'string', default: '8' },
    every: { type: 'string', default: '1' },
    'data-dir': { type: 'string', default: 'data' },
    evidence: { type: 'string', default: 'runs/calibration/evidence.jsonl' },
    out: { type: 'string' },
  },
});

const controller = new AbortController();
process.once('SIGINT', () => controller.abort(new Error('Interrupted.')));
const { signal } = controller;
const databases = values.databases.split(',');
const modelSha256 = await hashFile(values.model);

interface StoredPair {
  id: string;
  split: string;
  dbId: string;
  question: string;
  sql: string;
}

function readLines<T>(file: string): T[] {
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
}

function readCases(): CalibrationCase[] {
  const pairs = readLines<StoredPair>(path.join(values['data-dir'], 'processed', 'train_postgres.jsonl'));
  return pairs
    .filter(({ split, dbId }) => split === 'train' && databases.includes(dbId))
    .filter((_, index) => index % Number(values.every) === 0)
    .map(({ id, dbId, question, sql }) => ({ id, dbId, question, goldSql: sql }));
}

/** Of this model file and number of candidates alone. */
type KeptLine = EvidenceLine & { modelSha256: string; wanted: number };

function readKept(): Map<string, KeptLine> {
  if (!existsSync(values.evidence)) return new Map();
  const lines = readLines<KeptLine>(values.evidence).filter(
    (line) => line.modelSha256 === modelSha256 && line.wanted === Number(values.candidates),
  );
  return new Map(lines.map((line) => [line.id, line]));
}

async function gather(cases: readonly CalibrationCase[]): Promise<EvidenceLine[]> {
  const kept = readKept();
  const missing = cases.filter(({ id }) => !kept.has(id));
  if (missing.length > 0) for (const line of await askAll(missing)) kept.set(line.id, line);
  return cases.flatMap(({ id }) => kept.get(id) ?? []);
}

async function askAll(cases: readonly CalibrationCase[]): Promise<KeptLine[]> {
  const spider = await openSpiderDatabases(values['data-dir'], signal);
  const opened = new Map<string, Promise<Database>>();
  const open = (dbId: string) => {
    const database = opened.get(dbId) ?? spider.open(dbId);
    opened.set(dbId, database);
    return database;
  };
  const models = createModelPool();
  const schemas = createSchemaReader({ connections: { open } });
  const { model, release } = await models.acquire(values.model, signal);
  const lines: KeptLine[] = [];
  try {
    const options = { model, schemas, openDatabase: open, candidates: Number(values.candidates), signal };
    for (const one of cases) {
      const line = { ...(await collectEvidence(options, one)), modelSha256, wanted: options.candidates };
      appendFileSync(values.evidence, `${JSON.stringify(line)}\n`);
      lines.push(line);
      process.stderr.write(`\r${lines.length} of ${cases.length} `);
    }
  } finally {
    release();
    await models.close();
    for (const database of opened.values()) await (await database).close();
    await spider.close();
  }
  return lines;
}

const cases = readCases();
if (cases.length === 0) throw new Error('None of these databases is in train_postgres.jsonl.');
mkdirSync(path.dirname(values.evidence), { recursive: true });
const lines = await gather(cases);
const { vote, confidence, right, brierScore } = fitCalibration(lines);
const calibration = calibrationSchema.parse({
  modelSha256,
  vote,
  confidence,
  provenance: {
    createdAt: new Date().toISOString(),
    databases,
    questions: lines.length,
    candidates: Number(values.candidates),
    command: `node build/scripts/calibrate.ts --databases ${values.databases} --candidates ${values.candidates} --every ${values.every}`,
    right,
    brierScore,
  },
});
const out = values.out ?? calibrationFileOf(values.model);
writeFileSync(out, `${JSON.stringify(calibration, null, 2)}\n`);
console.log(JSON.stringify(calibration, null, 2));
