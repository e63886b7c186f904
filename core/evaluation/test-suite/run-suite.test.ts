import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../postgres/index.ts';
import { readerRole } from '../../postgres/embedded.ts';
import { openRowLoader, type RowLoader } from '../../postgres/load-rows.ts';
import { startTestServer, type TestServer } from '../../postgres/testing/start-test-server.ts';
import { equalResults } from '../compare-results.ts';
import {
  keepFillings,
  openSuiteDatabase,
  reportSuite,
  runSuite,
  shuffleRows,
  type SuiteSource,
} from './index.ts';
import { petsSql, readPetsSource } from './testing/pets-source.ts';

let server: TestServer;
let shipped: Database;
let loader: RowLoader;
let source: SuiteSource;

beforeAll(async () => {
  server = await startTestServer();
  await server.createDatabase('suite');
  const admin = await openRowLoader(server.target());
  await admin.run(`CREATE ROLE ${readerRole}; ${petsSql}`);
  await admin.close();
  shipped = openDatabase({ ...server.target(), searchPath: ['pets'] });
  loader = await openRowLoader(server.target('suite'));
  source = await readPetsSource(shipped);
});
afterAll(async () => {
  await loader?.close();
  await shipped?.close();
  await server?.stop();
});

const { signal } = new AbortController();
const fillings = () => Array.from({ length: 6 }, (_, index) => shuffleRows(source, index + 1, 1));

async function hold(goldSql: string, predictedSql: string, from = source) {
  const question = { id: '1', dbId: 'pets', goldSql, predictedSql };
  const [row] = await runSuite(from, [question], { loader, fillings: fillings(), timeoutMs: 5_000, signal });
  if (row === undefined) throw new Error('no row');
  return row;
}

/** Whether the shipped rows alone would let the prediction by. */
async function isRightAsShipped(goldSql: string, predictedSql: string): Promise<boolean> {
  const [gold, predicted] = [await shipped.runReadOnly(goldSql), await shipped.runReadOnly(predictedSql)];
  return equalResults(gold, predicted, { ordered: /order by/i.test(goldSql) });
}

describe('luck on the shipped rows does not count', () => {
  test.each([
    ['a dropped DISTINCT', 'SELECT DISTINCT name FROM owner', 'SELECT name FROM owner'],
    [
      'an outer join',
      'SELECT o.name, p.kind FROM owner o JOIN pet p ON p.owner_id = o.id',
      'SELECT o.name, p.kind FROM owner o LEFT JOIN pet p ON p.owner_id = o.id',
    ],
    [
      'a bound that no row stands on',
      'SELECT name FROM owner o WHERE (SELECT count(*) FROM pet p WHERE p.owner_id = o.id) > 1',
      'SELECT name FROM owner o WHERE (SELECT count(*) FROM pet p WHERE p.owner_id = o.id) = 2',
    ],
    [
      'a maximum that two may hold',
      'SELECT kind FROM pet WHERE weight = (SELECT max(weight) FROM pet)',
      'SELECT kind FROM pet ORDER BY weight DESC LIMIT 1',
    ],
    [
      'grouping by what is not the key',
      'SELECT count(*) FROM owner o JOIN pet p ON p.owner_id = o.id GROUP BY o.id',
      'SELECT count(*) FROM owner o JOIN pet p ON p.owner_id = o.id GROUP BY o.name',
    ],
    [
      'an order that only happens to be',
      'SELECT kind FROM pet ORDER BY id',
      'SELECT kind FROM pet ORDER BY owner_id % 4, id',
    ],
    [
      'an error on other rows',
      'SELECT name FROM owner WHERE id IN (SELECT owner_id FROM pet WHERE weight > 20)',
      'SELECT name FROM owner WHERE id = (SELECT owner_id FROM pet WHERE weight > 20)',
    ],
  ])('%s', async (what, gold, predicted) => {
    if (!what.startsWith('an order')) expect(await isRightAsShipped(gold, predicted)).toBe(true);
    const row = await hold(gold, predicted);
    expect(row).toMatchObject({ verdict: 'lost', lost: { filling: expect.stringMatching(/^shuffled-\d$/) } });
    expect(row.lost?.outcome).toBe(what.startsWith('an error') ? 'error' : 'wrong');
  });
});

describe('what is right passes', () => {
  test.each([
    [
      'itself, with ties',
      'SELECT kind, weight FROM pet ORDER BY kind',
      'SELECT kind, weight FROM pet ORDER BY kind',
    ],
    [
      'ties the other way round',
      'SELECT kind, weight FROM pet ORDER BY kind',
      'SELECT kind, weight FROM pet ORDER BY kind, weight DESC',
    ],
    ['columns in another order', 'SELECT name, city FROM owner', 'SELECT city, name FROM owner'],
    [
      'a subquery for a join',
      'SELECT DISTINCT o.id, o.name FROM owner o JOIN pet p ON p.owner_id = o.id',
      'SELECT id, name FROM owner WHERE EXISTS (SELECT 1 FROM pet WHERE pet.owner_id = owner.id)',
    ],
    ['grouping for DISTINCT', 'SELECT DISTINCT city FROM owner', 'SELECT city FROM owner GROUP BY city'],
    ['another bound of whole numbers', 'SELECT id FROM pet WHERE id > 2', 'SELECT id FROM pet WHERE id >= 3'],
  ])('%s', async (_what, gold, predicted) => {
    expect(await hold(gold, predicted)).toMatchObject({
      verdict: 'passed',
      coverage: { asked: 6, refused: 0, goldFailed: 0 },
    });
  });

  test('an order dropped is wrong all the same, even if the ties would be', async () => {
    const row = await hold(
      'SELECT kind, weight FROM pet ORDER BY kind',
      'SELECT kind, weight FROM pet ORDER BY weight',
    );
    expect(row.verdict).toBe('lost');
  });
});

describe('fillings on which the gold has no defined answer are left out', () => {
  test.each([
    ['a tie at LIMIT', 'SELECT kind FROM pet ORDER BY kind LIMIT 1', 0],
    ['a tie at LIMIT that shows', 'SELECT id FROM pet ORDER BY kind LIMIT 1', 1],
    ['a tie between groups', 'SELECT city FROM owner GROUP BY city ORDER BY count(*) > 0 LIMIT 1', 1],
    ['any row', 'SELECT id FROM pet LIMIT 1', 1],
    ['any row of a group', 'SELECT kind, (array_agg(weight))[1] FROM pet GROUP BY kind', 1],
    [
      'a tie inside',
      'SELECT kind FROM pet WHERE owner_id IN (SELECT owner_id FROM pet ORDER BY kind LIMIT 2)',
      1,
    ],
  ])('%s', async (_what, gold, least) => {
    const { coverage, verdict } = await hold(gold, gold);
    expect(verdict).not.toBe('lost');
    if (least === 0) expect(coverage.undefined).toBe(0);
    else expect(coverage.undefined).toBeGreaterThanOrEqual(least);
  });

  test('a gold that fails there judges nothing', async () => {
    const gold =
      "SELECT name FROM owner WHERE id = (SELECT owner_id FROM pet WHERE kind = 'dog' OR weight > 1)";
    const row = await hold(gold, 'SELECT 1');
    expect(row.coverage.goldFailed).toBeGreaterThan(3);
    expect(row).toMatchObject({ coverage: { asked: 6 } });
  });

  test('no filling with rows to tell: the question stays as it is, and says so', async () => {
    const gold = "SELECT name FROM owner WHERE city = 'Nowhere'";
    expect(await hold(gold, gold)).toMatchObject({ verdict: 'untold', coverage: { told: 0, empty: 6 } });
    expect(await hold(gold, 'SELECT name FROM owner')).toMatchObject({ verdict: 'lost' });
  });
});

test('rows made from the gold query come after the fillings, and the report says which parted them', async () => {
  const makeQueryRows = () => [
    {
      kind: 'boundary',
      tables: [{ table: 'owner', columns: ['id', 'name', 'city'], rows: [[1, 'nowhere', 'x']] }],
    },
  ];
  const [gold, predicted] = [
    "SELECT id FROM owner WHERE name = 'Nowhere'",
    "SELECT id FROM owner WHERE name ILIKE 'Nowhere'",
  ];
  const row = await hold(gold, predicted, { ...source, makeQueryRows });
  expect(row.lost).toMatchObject({
    filling: 'boundary',
    outcome: 'wrong',
    message: 'The gold SQL gives 0 rows, this more.',
  });
  const report = reportSuite([row, await hold('SELECT 1', 'SELECT 1')], {
    fillings: 6,
    seed: 1,
    n: 4,
    seconds: 1,
  });
  expect(report).toMatchObject({
    testSuiteAccuracy: 0.25,
    tried: 2,
    passed: 1,
    lost: 1,
    lostOn: { boundary: 1 },
  });
  expect(report.coverage.asked).toBe(13);
});

describe('fillings', () => {
  test('are the same for the same seed, differ, keep keys, and go beyond the shipped rows', async () => {
    expect(shuffleRows(source, 2, 1)).toEqual(shuffleRows(source, 2, 1));
    expect(shuffleRows(source, 2, 1)).not.toEqual(shuffleRows(source, 2, 2));
    const sizes = fillings().map(({ tables }) => tables.find((each) => each.table === 'owner')?.rows.length);
    expect(sizes).toEqual([4, 30, 6, 40, 20, 60]);
    const database = await openSuiteDatabase(loader, source, { timeoutMs: 5_000 });
    for (const rows of fillings()) {
      const seen = await database.withRows(rows, (reader) => reader.read('SELECT count(*) FROM owner', 1));
      expect(seen).toMatchObject({ result: { rows: [[expect.stringMatching(/^\d+$/)]] } });
    }
    await database.close();
  });

  test('are kept in their folder, and made anew for other rows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-suite-'));
    const first = await keepFillings(folder, source, { count: 2, seed: 1, codeHash: 'a' });
    expect(first).toHaveLength(2);
    expect(await keepFillings(folder, source, { count: 2, seed: 1, codeHash: 'a' })).toEqual(first);
    expect(await readdir(folder)).toEqual(['pets.json']);
    expect(await keepFillings(folder, source, { count: 3, seed: 1, codeHash: 'a' })).toHaveLength(3);
    await rm(folder, { recursive: true });
  });

  test('leave nothing behind, cannot be written to, and are refused where they break a key', async () => {
    const database = await openSuiteDatabase(loader, source, { timeoutMs: 500 });
    const one = { kind: 'x', tables: [{ table: 'owner', columns: ['id', 'name'], rows: [[1, 'A']] }] };
    const answers = await database.withRows(one, async (reader) => [
      await reader.read('SELECT absent FROM owner', 9),
      await reader.read('SELECT pg_sleep(2)', 9),
      await reader.read("SELECT set_config('role', 'none', false), nextval('s')", 9),
      await reader.read('SELECT name FROM owner UNION ALL SELECT name FROM owner', 1),
    ]);
    expect(answers).toMatchObject([
      { error: 'refused', message: expect.stringContaining('absent') },
      { error: 'timeout' },
      { error: 'refused' },
      { result: { rows: [['A']], truncated: true } },
    ]);
    const twice = { kind: 'x', tables: [{ table: 'pet', columns: ['id', 'owner_id'], rows: [[1, 7]] }] };
    expect(await database.withRows(twice, async () => 'asked')).toBeUndefined();
    const empty = await database.withRows({ kind: 'none', tables: [] }, (reader) =>
      reader.read('SELECT * FROM owner', 9),
    );
    expect(empty).toMatchObject({ result: { rows: [] } });
    await database.close();
    const { rows } = await loader.read("SELECT count(*) FROM pg_namespace WHERE nspname = 'pets'");
    expect(rows).toEqual([['0']]);
  });
});
