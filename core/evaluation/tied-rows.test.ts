import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../postgres/index.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { openRowLoader } from '../postgres/load-rows.ts';
import { equalResults, isAmongTies } from './compare-results.ts';
import { showTies } from './tied-rows.ts';

let server: TestServer;
let database: Database;

beforeAll(async () => {
  server = await startTestServer();
  const loader = await openRowLoader(server.target() as Parameters<typeof openRowLoader>[0]);
  await loader.run(`CREATE TABLE singer (name text, age int, country text);
    INSERT INTO singer VALUES ('Ann', 20, 'US'), ('Bob', 20, 'UK'), ('Cy', 20, 'US'), ('Di', 31, 'FR'), ('Ed', NULL, 'FR');`);
  await loader.close();
  database = openDatabase(server.target());
});
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

async function isRight(gold: string, predicted: string): Promise<boolean> {
  const [wanted, got] = [await database.runReadOnly(gold), await database.runReadOnly(predicted)];
  expect(equalResults(wanted, got, { ordered: true })).toBe(false);
  const shown = await showTies(gold);
  if (shown === undefined) return false;
  const whole = await database.runReadOnly(shown.sql);
  return isAmongTies(whole, shown.keys, wanted.rows.length, got);
}

describe('a prediction that gives other rows than the gold SQL', () => {
  const youngest = 'SELECT name, country FROM singer ORDER BY age LIMIT 1';
  it.each([
    [
      'another of those that tie at the LIMIT',
      youngest,
      "SELECT name, country FROM singer WHERE name = 'Bob'",
    ],
    ['its columns in another order', youngest, "SELECT country, name FROM singer WHERE name = 'Cy'"],
    [
      'rows that tie in another order',
      'SELECT name FROM singer ORDER BY age',
      'SELECT name FROM singer ORDER BY age, name DESC',
    ],
    [
      'an alias and a number as keys',
      'SELECT country, count(*) AS n FROM singer GROUP BY country ORDER BY n DESC, 2 LIMIT 1',
      "SELECT country, count(*) FROM singer GROUP BY country HAVING country = 'FR'",
    ],
    [
      'any rows under a LIMIT alone',
      'SELECT name FROM singer LIMIT 2',
      'SELECT name FROM singer WHERE age > 30 OR age IS NULL',
    ],
  ])('is right with %s', async (_what, gold, predicted) => {
    expect(await isRight(gold, predicted)).toBe(true);
  });

  it.each([
    ['one that does not tie', youngest, "SELECT name, country FROM singer WHERE name = 'Di'"],
    ['cells of several tied rows mixed', youngest, "SELECT 'Bob', 'US'"],
    [
      'one tied row twice',
      'SELECT name FROM singer ORDER BY age LIMIT 2',
      "SELECT 'Ann' UNION ALL SELECT 'Ann'",
    ],
    [
      'the order reversed',
      'SELECT name FROM singer ORDER BY age',
      'SELECT name FROM singer ORDER BY age DESC',
    ],
    [
      'rows that do not tie in another order',
      'SELECT name FROM singer ORDER BY age, name',
      'SELECT name FROM singer ORDER BY age, name DESC',
    ],
    [
      'as many rows as the LIMIT wants',
      'SELECT name FROM singer ORDER BY age LIMIT 2',
      'SELECT name FROM singer ORDER BY age DESC LIMIT 2',
    ],
  ])('is wrong with %s', async (_what, gold, predicted) => {
    expect(await isRight(gold, predicted)).toBe(false);
  });
});

it.each([
  ['nothing is ordered or cut', 'SELECT name FROM singer'],
  ['outputs are DISTINCT', 'SELECT DISTINCT name FROM singer ORDER BY name LIMIT 1'],
  ['it is a set operation', 'SELECT name FROM singer UNION SELECT country FROM singer ORDER BY 1'],
  ['a star hides what the number means', 'SELECT * FROM singer ORDER BY 2 LIMIT 1'],
  ['it skips rows', 'SELECT name FROM singer ORDER BY age OFFSET 1'],
  ['ties come along anyway', 'SELECT name FROM singer ORDER BY age FETCH FIRST 1 ROW WITH TIES'],
])('ties are not shown where %s', async (_why, sql) => {
  expect(await showTies(sql)).toBeUndefined();
});
