import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError, type DemoDatabase } from '../contract/index.ts';
import { createModelPool, type QueryDatabase } from '../generation/index.ts';
import { shopSchema } from '../generation/testing/shop-schema.ts';
import { locateStarterModel } from '../models/index.ts';
import { openDatabase, type Database } from '../postgres/index.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { summarise, type EvaluatedRow } from './evaluate.ts';
import { createEvaluationHandlers } from './handlers.ts';

const starter = locateStarterModel();
const context = { signal: new AbortController().signal };

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

function evaluated(hardness: EvaluatedRow['hardness'], correct: boolean): EvaluatedRow {
  const base = { id: 'x', db: 'shop', question: 'q', goldSql: 'g', predictedSql: 'p', ms: 1, model: 'm' };
  return { ...base, outcome: 'succeeded', hardness, correct };
}

test('shares are by hardness, and null where there is no question', () => {
  const report = summarise('demo', [
    evaluated('easy', true),
    evaluated('easy', false),
    evaluated('extra', true),
  ]);
  expect(report).toMatchObject({ split: 'demo', engine: 'postgresql', model: 'm', n: 3, correct: 2 });
  expect(report.executionAccuracy).toEqual({ all: 2 / 3, easy: 0.5, medium: null, hard: null, extra: 1 });
  expect(report.rows[0]).not.toHaveProperty('model');
});

test('a split that is not here says what to do', async () => {
  const openNothing = () => Promise.reject(new Error('not reached'));
  const ask = {
    openDatabase: openNothing,
    readSchema: openNothing,
    models: createModelPool(),
    starterModel: '',
  };
  const handlers = createEvaluationHandlers({ ask, openDatabase: openNothing, demoDatabases: [] });
  const run = collect(handlers['evaluation.run']({ split: 'dev' }, context));
  await expect(run).rejects.toMatchObject({ code: 'DATASET_MISSING', hint: expect.any(String) });
});

describe('with the starter model and a real server', () => {
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

  /** Whatever the model writes answers with one row of 42. */
  function run(goldSql: string, limit?: number) {
    const answering: QueryDatabase = {
      explain: async () => undefined,
      readRows: (...query) => database.readRows(...query),
      runReadOnly: (sql, options) => database.runReadOnly(sql === goldSql ? goldSql : 'SELECT 42.0', options),
    };
    const open = async () => answering;
    const ask = { openDatabase: open, readSchema: async () => shopSchema, models, starterModel: starter };
    const handlers = createEvaluationHandlers({ ask, openDatabase: open, demoDatabases: [demo(goldSql)] });
    return collect(handlers['evaluation.run']({ split: 'demo', limit }, context));
  }

  test('compares rows, not text, and reports at the end', async () => {
    const events = await run('SELECT 42');
    expect(events.map(({ kind }) => kind)).toEqual(['row', 'row', 'report']);
    const last = events.at(-1);
    expect(last?.kind === 'report' && last.report.executionAccuracy).toMatchObject({
      all: 1,
      easy: 1,
      hard: null,
    });
    const wrong = (await run('SELECT 41', 1)).at(-1);
    expect(wrong?.kind === 'report' && wrong.report).toMatchObject({ n: 1, correct: 0 });
    expect(wrong?.kind === 'report' && wrong.report.rows[0]?.message).toContain('differ');
  });

  test('a gold statement that does not run is a fault of the data, not of the model', async () => {
    await expect(run('SELECT nothing FROM nowhere')).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      cause: expect.any(AppError),
    });
  });
});
