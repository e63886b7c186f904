import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLeakCheck } from '../dataset/find-leaks.ts';
import { demoDatabases } from '../demo/catalogue.ts';
import { withEmbeddedClient, type EmbeddedTarget } from '../postgres/embedded-client.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';

interface AnswerableOrNot {
  id: string;
  /** A folder of data/own, or a demo database. */
  db: string;
  question: string;
  answerable: boolean;
  /** Why not, and of what kind that is: of those that cannot be answered. */
  because?: string;
  kind?: string;
  /** Of those that can. */
  goldSql?: string;
}

const data = new URL('../../data/', import.meta.url);
const ownNames = ['honey_coop', 'marina', 'water_lab'];
const demoNames: string[] = demoDatabases.map(({ name }) => name);
const cases = readLines<AnswerableOrNot>('own/unanswerable.jsonl');
const [answerable, unanswerable] = [true, false].map((can) => cases.filter((one) => one.answerable === can));
const spider = ['dev', 'train_spider', 'train_others'].map(
  (name) => new URL(`raw/spider/${name}.json`, data),
);

function readLines<Line>(path: string): Line[] {
  const lines = readFileSync(new URL(path, data), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Every question under data/own, whatever it is for. */
function readAllQuestions(): string[] {
  const files = [...ownNames, 'large'].map((name) => `own/${name}/questions.jsonl`);
  const others = files.flatMap((file) => readLines<{ question: string }>(file));
  return [...cases, ...others].map(({ question }) => question);
}

test('there are at least 60 of each, told apart by what they carry', () => {
  expect(answerable!.length).toBeGreaterThanOrEqual(60);
  expect(unanswerable!.length).toBeGreaterThanOrEqual(60);
  expect(cases.filter(({ db }) => ![...ownNames, ...demoNames].includes(db))).toEqual([]);
  expect(answerable!.filter((one) => !one.goldSql || one.because !== undefined)).toEqual([]);
  expect(unanswerable!.filter((one) => !one.because || !one.kind || one.goldSql !== undefined)).toEqual([]);
});

test('no question of data/own stands twice or is one of the demo’s', () => {
  const questions = readAllQuestions();
  expect(new Set(questions.map((question) => question.toLowerCase())).size).toBe(questions.length);
  const isDemo = createLeakCheck(demoDatabases.flatMap((demo) => demo.questions.map((one) => one.question)));
  expect(questions.filter(isDemo)).toEqual([]);
});

test.skipIf(!spider.every((file) => existsSync(file)))(
  'no question of data/own is one of Spider’s (needs Spider: "data import")',
  () => {
    const published = spider.flatMap(
      (file) => JSON.parse(readFileSync(file, 'utf8')) as { question: string }[],
    );
    expect(published.length).toBeGreaterThan(9000);
    expect(readAllQuestions().filter(createLeakCheck(published.map(({ question }) => question)))).toEqual([]);
  },
);

describe('the answerable ones', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  test.each([...ownNames, ...demoNames])(
    'of %s have rows that a tie cannot change',
    { timeout: 60_000 },
    async (name) => {
      const script = ownNames.includes(name) ? `own/${name}/schema.sql` : `demo/${name}.sql`;
      await server.createDatabase(name);
      await withEmbeddedClient(server.target(name) as EmbeddedTarget, async (client) => {
        await client.script(readFileSync(new URL(script, data), 'utf8'));
        for (const { id, goldSql = '' } of answerable!.filter(({ db }) => db === name)) {
          const rows = await client.rows(goldSql);
          expect(
            Object.values(rows[0] ?? {}).some((value) => value !== null && value !== '0'),
            id,
          ).toBe(true);
          const withTies = goldSql.replaceAll(/ LIMIT (\d+)/g, ' FETCH FIRST $1 ROWS WITH TIES');
          expect(await client.rows(withTies), id).toEqual(rows);
        }
      });
    },
  );
});
