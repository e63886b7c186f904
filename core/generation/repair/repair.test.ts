import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { Repair } from '../../contract/index.ts';
import { locateStarterModel } from '../../models/index.ts';
import { withEmbeddedClient } from '../../postgres/embedded-client.ts';
import { openDatabase, type Database } from '../../postgres/index.ts';
import { startTestServer, type TestServer } from '../../postgres/testing/start-test-server.ts';
import { createSchemaReader } from '../../schema/index.ts';
import { createModelPool, type LanguageModel } from '../runtime/index.ts';
import { findNearNames } from './near-names.ts';
import { repairStatement, type RepairDeps, type RepairInput } from './repair-statement.ts';
import { replaceName } from './replace-name.ts';

describe('near names', () => {
  const known = ['name', 'full_name', 'total_amount', 'city', 'id'];
  test.each([
    ['nmae', 'name'],
    ['fullName', 'full_name'],
    ['amount', 'total_amount'],
    ['cty', 'city'],
  ])('%s is near %s', (wrong, right) => expect(findNearNames(wrong, known, 1)).toEqual([right]));
  it('are none where nothing is like it', () => expect(findNearNames('warehouse', known, 3)).toEqual([]));
});

test('a name is replaced as a name only', () => {
  const sql = `SELECT nmae, 'nmae', c.nmae, "nmae" -- nmae\nFROM customers c ORDER BY NMAE`;
  expect(replaceName(sql, { name: 'nmae' }, 'name')).toBe(
    `SELECT name, 'nmae', c.nmae, name -- nmae\nFROM customers c ORDER BY name`,
  );
  expect(replaceName(sql, { name: 'nmae', qualifier: 'c' }, 'name')).toContain('c.name');
});

describe('a statement that PostgreSQL refuses', () => {
  let server: TestServer;
  let database: Database;
  const models = createModelPool();
  const signal = new AbortController().signal;
  const schemas = createSchemaReader({ connections: { open: async () => database } });

  beforeAll(async () => {
    server = await startTestServer();
    await server.createDatabase('shop');
    const target = { ...server.target('shop'), password: server.target().password ?? '' };
    await withEmbeddedClient(target, (client) =>
      client.script(`CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, city text);
        CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers, total_amount numeric)`),
    );
    database = openDatabase(server.target('shop'));
  });
  afterAll(async () => {
    await models.close();
    await database?.close();
    await server?.stop();
  });

  async function repair(sql: string, more: Partial<RepairInput> = {}, pool: RepairDeps['models'] = models) {
    const message = await database.explain(sql).then(
      () => 'It is right.',
      (error: Error) => error.message,
    );
    const deps: RepairDeps = {
      openDatabase: async () => database,
      readSchema: (id) => schemas.schemaOf(id),
      models: pool,
      defaultModel: () => locateStarterModel(),
    };
    return repairStatement(deps, { connectionId: 'shop', sql, message, ...more }, { signal });
  }

  it.each([
    ['SELECT nmae FROM customers WHERE cty IS NULL', 'SELECT name FROM customers WHERE city IS NULL'],
    ['SELECT c.nmae FROM customers AS c', 'SELECT c.name FROM customers AS c'],
    ['SELECT sum(amount) FROM order', undefined],
    ['SELECT sum(amount) FROM ordres', 'SELECT sum(total_amount) FROM orders'],
    ['SELECT customer.name FROM customers AS cust', 'SELECT cust.name FROM customers AS cust'],
    ['SELECT "Name" FROM customers', 'SELECT name FROM customers'],
  ])('by its names: %s', async (sql, repaired) => {
    const result = await repair(sql);
    if (repaired === undefined) expect(result.kind).toBe('impossible');
    else expect(result).toEqual({ kind: 'repaired', sql: repaired, by: 'names' });
  });

  it('that no name explains is told so, by a model that cannot read messages', async () => {
    expect(await repair('SELECT name FROM customers GROUP BY city')).toEqual({
      kind: 'impossible',
      message: expect.stringContaining('reads questions'),
      hint: expect.any(String),
    });
  });

  it('is given back once, with the message, to a model that writes SQL, and what it writes is checked', async () => {
    const asked: string[] = [];
    const writes = ['SELECT city FROM customers GROUP BY city', 'SELECT warehouse FROM customers'];
    const bytes = (text: string) => [...Buffer.from(text)];
    const model: Partial<LanguageModel> = {
      facts: { name: 'writer', targetForm: 'sql' } as LanguageModel['facts'],
      contextSize: 100_000,
      tokenizePrompt: bytes,
      tokenizeChat: (text) => bytes(asked[asked.push(text) - 1] ?? ''),
      detokenize: (tokens) => Buffer.from(tokens).toString(),
      readPrompt: async () => 0,
      writeText: async function* () {
        for (const token of bytes(writes[asked.length - 1] ?? '')) yield { text: 0, token, logProb: -0.1 };
      },
    };
    const release = () => undefined;
    const acquire = async () => ({ model: model as LanguageModel, loadMs: 0, release });
    const pool = { ...models, acquire };
    const sql = 'SELECT name FROM customers GROUP BY city';
    const first: Repair = await repair(sql, { question: 'Which cities are there?' }, pool);
    expect(first).toMatchObject({ kind: 'repaired', by: 'model', model: 'writer' });
    expect(asked[0]).toContain('Question: Which cities are there?');
    expect(asked[0]).toContain(
      `This query failed: ${sql}\nPostgreSQL says: column "customers.name" must appear`,
    );
    const second = await repair(sql, {}, pool);
    expect(second).toMatchObject({ kind: 'impossible', message: expect.stringContaining('warehouse') });
    expect(asked).toHaveLength(2);
  });
});
