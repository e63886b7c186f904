import { beforeAll, describe, expect, test } from 'vitest';
import { shopSchema } from '../sql/sketch/testing/shop-schema.ts';
import { createLeakCheck } from './find-leaks.ts';
import type { SpiderDatabase, SpiderPair } from './spider-examples.ts';
import { makeStarterData, type StarterDataOptions } from './starter-data.ts';
import type { TrainingExample } from './training-example.ts';

const shop: SpiderDatabase = {
  schema: shopSchema,
  samples: [{ table: 'client', column: 'city', values: ['Rome', 'Oslo'] }],
};
const databases = new Map([
  ['shop', shop],
  ['kept', shop],
]);
const pairs: SpiderPair[] = [
  {
    dbId: 'shop',
    questions: ['How many clients are in Rome?'],
    sql: "SELECT count(*) FROM client WHERE city = 'Rome'",
  },
  { dbId: 'shop', questions: ['Secret question, of the dev split!'], sql: 'SELECT count(*) FROM client' },
  { dbId: 'shop', questions: ['Everything about items'], sql: 'SELECT * FROM item' },
  { dbId: 'shop', questions: ['What is one?'], sql: 'SELECT 1' },
  { dbId: 'kept', questions: ['How many items are there?'], sql: 'SELECT count(*) FROM item' },
];
const options: StarterDataOptions = {
  seed: 7,
  schemas: 120,
  questionsPerSchema: 8,
  spiderRounds: 2,
  templateRounds: 1,
  validationDatabases: ['kept'],
  isForbidden: createLeakCheck(['secret question of  the DEV split']),
};

describe('the starter data', () => {
  let data: Awaited<ReturnType<typeof makeStarterData>>;
  let examples: TrainingExample[];
  beforeAll(async () => {
    data = await makeStarterData(options, databases, pairs);
    examples = data.train
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as TrainingExample);
  });

  test('is the same for the same seed, another for another', async () => {
    expect((await makeStarterData(options, databases, pairs)).train).toBe(data.train);
    expect((await makeStarterData({ ...options, seed: 8 }, databases, pairs)).train).not.toBe(data.train);
  });

  test('counts what it makes and what it leaves, with the reason', () => {
    const { report } = data;
    expect(report.syntheticExamples).toBeGreaterThan(400);
    expect(report.spiderExamples).toBe(4);
    expect(report.spiderLeft).toEqual({ 'no short form for its SQL: FROM': 2 });
    expect(report.forbidden).toBe(1);
    expect(examples).toHaveLength(report.syntheticExamples + report.templateExamples + report.spiderExamples);
  });

  test('holds no forbidden question, however it is spaced, and no validation database', () => {
    expect(data.train.toLowerCase()).not.toContain('secret');
    expect(data.train).not.toMatch(/how many items : T\w are there/);
    expect(data.validation).toMatch(/how many items : T\w are there/);
  });

  test('begins with the schema, which holds no value, and then asks', () => {
    for (const { prompt } of examples) {
      expect(prompt).toMatch(/^Ta [^|A-S]+ Ca [^|]+ \| [^|]+ \|$/);
    }
  });

  test('asks in many words', () => {
    const questions = new Set(examples.map(({ prompt }) => prompt.split(' | ')[1] ?? ''));
    expect(questions.size).toBeGreaterThan(examples.length * 0.95);
    const openings = new Set([...questions].map((question) => question.split(' ').slice(0, 2).join(' ')));
    expect(openings.size).toBeGreaterThan(40);
  });
});
