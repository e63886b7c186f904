import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError, type DemoDatabase, type EvaluationInput, type EvaluationRow } from '../contract/index.ts';
import { createModelPool, type QueryDatabase } from '../generation/index.ts';
import { shopSchema } from '../generation/testing/shop-schema.ts';
import { locateStarterModel } from '../models/index.ts';
import { openDatabase, type Database } from '../postgres/index.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { listDemoCases } from './evaluate.ts';
import { runEvaluation, type AskedQuestion } from './run-evaluation.ts';
import { summarise } from './summarise.ts';
import { noCoverage, reportSuite, type SuiteStep } from './test-suite/index.ts';

const starter = locateStarterModel();
const context = { signal: new AbortController().signal };

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function evaluated(hardness: EvaluationRow['hardness'], correct: boolean): EvaluationRow {
  const base = { id: 'x', db: 'shop', question: 'q', goldSql: 'g', predictedSql: 'p', ms: 1, confidence: 1 };
  return { ...base, outcome: 'succeeded', hardness, correct, exactMatch: correct, causes: [] };
}

const facts = { split: 'demo', model: 'm', mode: 'voted', measuredAt: '2026-01-01', total: 3 } as const;

test('shares are by hardness, and null where there is no question', () => {
  const report = summarise(facts, [
    evaluated('easy', true),
    evaluated('easy', false),
    evaluated('extra', true),
  ]);
  expect(report).toMatchObject({ split: 'demo', engine: 'postgresql', model: 'm', n: 3, correct: 2 });
  expect(report.executionAccuracy).toEqual({ all: 2 / 3, easy: 0.5, medium: null, hard: null, extra: 1 });
  const refused = { ...evaluated('easy', false), outcome: 'refused' as const };
  const declined = { ...evaluated('easy', false), outcome: 'not-answerable' as const, predictedSql: '' };
  const { wellFormed } = summarise(facts, [evaluated('easy', true), refused, declined]);
  expect([wellFormed.count, wellFormed.n]).toEqual([1, 2]);
});

describe('with the starter model and a real server', { timeout: 60_000 }, () => {
  let server: TestServer;
  let database: Database;
  const models = createModelPool();

  beforeAll(async () => {
    server = await startTestServer();
    database = openDatabase(server.target());
  });
  afterAll(async () => {
    await models.close();
    await database?.close();
    await server?.stop();
  });

  function demo(goldSql: string): DemoDatabase {
    const question = { question: 'How many customers are there?', hardness: 'easy', ordered: false } as const;
    return {
      name: 'ecommerce',
      title: 'Shop',
      description: '',
      questions: [1, 2].map((number) => ({ id: `shop-${number}`, goldSql, ...question })),
    };
  }

  /** Loses what it is given; that a suite does so rightly is shown beside its own code. */
  async function* runTestSuite(
    questions: readonly AskedQuestion[],
    { n, fillings }: { n: number; fillings: number },
  ): AsyncGenerator<SuiteStep> {
    yield { kind: 'suite', done: 1, total: questions.length };
    const rows = questions.map(({ id, dbId }) => ({
      ...{ id, dbId, verdict: 'lost' as const, timeouts: 0, coverage: noCoverage() },
    }));
    yield { kind: 'suite-report', report: reportSuite(rows, { fillings, seed: 1, n, seconds: 1 }) };
  }

  /** Whatever the model writes answers with one row of 42. */
  function run(goldSql: string, input: Partial<EvaluationInput> = {}) {
    const answering: QueryDatabase = {
      explain: async () => undefined,
      readRows: (...query) => database.readRows(...query),
      runReadOnly: (sql, options) => database.runReadOnly(sql === goldSql ? goldSql : 'SELECT 42.0', options),
    };
    const open = async () => answering;
    const ask = {
      openDatabase: open,
      readSchema: async () => shopSchema,
      models,
      defaultModel: () => starter,
    };
    const listCases = async () => listDemoCases([demo(goldSql)]);
    const deps = { ask, openDatabase: open, listCases, runTestSuite };
    return collect(runEvaluation(deps, { split: 'demo', ...input }, context));
  }

  test('compares rows, not text, and reports at the end', async () => {
    const events = await run('SELECT 42');
    expect(events.map(({ kind }) => kind)).toEqual(['start', 'row', 'row', 'report']);
    const last = events.at(-1);
    expect(last?.kind === 'report' && last.report.executionAccuracy).toMatchObject({
      all: 1,
      easy: 1,
      hard: null,
    });
    const wrong = (await run('SELECT 41', { limit: 1 })).at(-1);
    expect(wrong?.kind === 'report' && wrong.report).toMatchObject({ n: 1, correct: 0 });
    expect(wrong?.kind === 'report' && wrong.report.rows[0]?.message).toContain('other values');
  });

  test('a run goes on where another one ended, and only where that was of the same kind', async () => {
    const first = (await run('SELECT 42', { limit: 1 })).at(-1);
    const resume = first?.kind === 'report' ? first.report : undefined;
    const events = await run('SELECT 42', { resume });
    expect(events.map(({ kind }) => kind)).toEqual(['start', 'row', 'report']);
    expect(events.at(-1)).toMatchObject({ report: { n: 2, total: 2, correct: 2, model: resume?.model } });
    await expect(run('SELECT 42', { resume, mode: 'constrained' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    const other = resume && { ...resume, model: 'another' };
    await expect(run('SELECT 42', { resume: other })).rejects.toThrow(/asked the model another/);
  });

  test('only what is right is held to a test suite, and the report has both', async () => {
    const events = await run('SELECT 42', { testSuite: 3 });
    expect(events.map(({ kind }) => kind)).toEqual(['start', 'row', 'row', 'suite', 'report']);
    const suite = { fillings: 3, n: 2, tried: 2, lost: 2, testSuiteAccuracy: 0 };
    expect(events.at(-1)).toMatchObject({ report: { correct: 2, testSuite: suite } });
    const wrong = await run('SELECT 41', { testSuite: 3 });
    expect(wrong.at(-1)).toMatchObject({ report: { correct: 0, testSuite: { n: 2, tried: 0 } } });
  });

  test('one candidate cannot vote, and a database without questions is named', async () => {
    await expect(run('SELECT 42', { mode: 'voted', candidates: 1 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(run('SELECT 42', { db: 'nowhere' })).rejects.toMatchObject({
      hint: 'Its databases are ecommerce.',
    });
  });

  test('a gold statement that does not run is a fault of the data, not of the model', async () => {
    await expect(run('SELECT nothing FROM nowhere')).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      cause: expect.any(AppError),
    });
  });
});
