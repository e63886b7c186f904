import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../contract/index.ts';
import { openDatabase, type Database } from '../../postgres/database.ts';
import { withEmbeddedClient } from '../../postgres/embedded-client.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../postgres/embedded.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from '../../postgres/testing/temporary-data-dir.ts';
import { createSchemaHandlers } from '../handlers.ts';
import { readHints } from '../read-hints.ts';
import { createSchemaReader, type SchemaReader } from '../schema-reader.ts';
import { createValueIndexes, type ValueChoice, type ValueIndexes } from './create-value-indexes.ts';
import { createValueFiles } from './stored-values.ts';
import { defaultValueLimits, type ValueLimits } from './value-limits.ts';

const fixture = `
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE customer (
  id integer PRIMARY KEY, first_name text, email text, city text, segment varchar(20), feeling mood, code uuid,
  contact_line text, hint text
);
INSERT INTO customer SELECT n, 'Anna', 'a' || n || '@example.com', (ARRAY['New York', 'Berlin', 'Los Angeles'])[1 + n % 3],
  CASE WHEN n % 5 = 0 THEN NULL ELSE 'Coffee lovers' END, 'sad', gen_random_uuid(),
  '+49 30 9018' || n, CASE n % 3 WHEN 0 THEN '  ' WHEN 1 THEN repeat('x', 200) ELSE '' END
  FROM generate_series(100, 399) AS n;
CREATE TABLE product ("Weird ""Name" text);
INSERT INTO product SELECT 'Thing ' || n FROM generate_series(1, 50) AS n;
CREATE TABLE big (kind text);
INSERT INTO big SELECT 'kind ' || n % 7 FROM generate_series(1, 20000) AS n;
CREATE VIEW cities AS SELECT DISTINCT city AS town FROM customer;
CREATE TABLE event (kind text, day date) PARTITION BY RANGE (day);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO event VALUES ('launch', '2024-05-05');
ANALYZE;
`;

let folder: TemporaryDataDir;
let server: EmbeddedServer;
let database: Database;
let choices: Map<string, ValueChoice>;
let indexes: ValueIndexes;
let reader: SchemaReader;
let filesDir: string;
let statements: string[] = [];
let round = 0;

const watched: Pick<Database, 'readRows'> = {
  readRows: (sql, params, options) => {
    statements.push(sql);
    return database.readRows(sql, params, options);
  },
};

function makeIndexes(limits?: Partial<ValueLimits>, open = async () => watched): ValueIndexes {
  return createValueIndexes({
    files: createValueFiles(filesDir),
    open,
    schemaOf: (id, options) => reader.schemaOf(id, options),
    choices: { get: (id) => choices.get(id), set: (id, choice) => void choices.set(id, choice) },
    ...(limits && { limits: { ...defaultValueLimits, ...limits } }),
  });
}

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  server = await startEmbeddedServer({ dataDir: folder.path });
  await withEmbeddedClient(server.adminTargetOf('postgres'), (admin) =>
    admin.script('CREATE DATABASE fixture'),
  );
  await run(fixture);
  database = openDatabase(server.adminTargetOf('fixture'));
});

afterAll(async () => {
  await database?.close();
  await server?.stop();
  await folder?.remove();
});

const run = (sql: string) =>
  withEmbeddedClient(server.adminTargetOf('fixture'), (client) => client.script(sql));

beforeEach(() => {
  choices = new Map();
  statements = [];
  filesDir = join(folder.path, `values-${round++}`);
  reader = createSchemaReader({
    connections: { open: async () => watched },
    keptValues: (id) => indexes.samplesOf(id),
  });
  indexes = makeIndexes();
});

const valuesOf = async (table: string, column: string) =>
  (await indexes.samplesOf('c')).find((each) => each.table === table && each.column === column)?.values;

describe('reading', () => {
  test('nothing is read before the user asks for it', async () => {
    expect(await indexes.samplesOf('c')).toEqual([]);
    expect(await indexes.status('c')).toMatchObject({ enabled: false, columns: [] });
    expect(statements).toEqual([]);
    await expect(stat(filesDir)).rejects.toThrow();
  });

  test('distinct values, the commonest first, of tables, views and partitioned tables', async () => {
    const status = await indexes.enable('c');
    expect((await valuesOf('customer', 'city'))?.toSorted()).toEqual(['Berlin', 'Los Angeles', 'New York']);
    expect(await valuesOf('customer', 'segment')).toEqual(['Coffee lovers']);
    expect(await valuesOf('product', 'Weird "Name')).toHaveLength(50);
    expect(await valuesOf('cities', 'town')).toHaveLength(3);
    expect(await valuesOf('event', 'kind')).toEqual(['launch']);
    expect(await valuesOf('customer', 'hint')).toBeUndefined();
    expect(status.columns.map(({ column }) => column)).not.toEqual(
      expect.arrayContaining(['feeling', 'code']),
    );
  });

  test('columns that look personal are left out and say why; by name they are not even read', async () => {
    const { columns } = await indexes.enable('c');
    const reasonOf = (name: string) => columns.find(({ column }) => column === name)?.leftOut;
    expect(reasonOf('first_name')).toContain('name of a person by its name');
    expect(reasonOf('email')).toContain('e-mail address by its name');
    expect(reasonOf('contact_line')).toMatch(/by its (name|values)/);
    expect(reasonOf('city')).toBeUndefined();
    expect(await valuesOf('customer', 'email')).toBeUndefined();
    expect(statements.some((sql) => sql.includes('email'))).toBe(false);
    await run(
      `CREATE TABLE sheet (a text); INSERT INTO sheet SELECT 'x' || n || '@y.org' FROM generate_series(1, 9) AS n`,
    );
    const again = await indexes.enable('c');
    expect(again.columns.find(({ table }) => table === 'sheet')?.leftOut).toBe(
      'looks like a e-mail address by its values',
    );
    await run('DROP TABLE sheet');
  });

  test('what is allowed by name is kept', async () => {
    await indexes.enable('c', { allowed: ['customer.first_name', 'public.customer.email'] });
    expect(await valuesOf('customer', 'first_name')).toEqual(['Anna']);
    expect(await valuesOf('customer', 'email')).toHaveLength(300);
    expect(await valuesOf('customer', 'contact_line')).toBeUndefined();
  });

  test('the limits hold', async () => {
    indexes = makeIndexes({ valuesPerColumn: 10, values: 14, rows: 5_000 });
    const status = await indexes.enable('c');
    expect(status.valueCount).toBeLessThanOrEqual(14);
    expect(status.columns.find(({ table }) => table === 'big')?.isComplete).toBe(false);
    expect(statements.find((sql) => sql.includes('"big"') || sql.includes('.big'))).toContain('TABLESAMPLE');
    expect(status.columns.some(({ leftOut }) => leftOut === 'the index is full')).toBe(true);
    indexes = makeIndexes({ bytes: 30 });
    expect((await indexes.enable('c')).bytes).toBeLessThanOrEqual(30);
  });

  test('a column that takes too long is left out, the others stay', async () => {
    const slow = {
      readRows: (sql: string, params?: unknown[], options?: object) =>
        watched.readRows(
          sql.includes('big') ? `SELECT pg_sleep(5)::text AS value, $1::int, $2::int` : sql,
          params,
          options,
        ),
    };
    indexes = makeIndexes({ columnMs: 300 }, async () => slow);
    const { columns } = await indexes.enable('c');
    expect(columns.find(({ table }) => table === 'big')?.leftOut).toBe('reading it took too long');
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
  });

  test('can be cancelled, and keeps what was there', async () => {
    await indexes.enable('c');
    const stuck = {
      readRows: (_: string, params?: unknown[], options?: object) =>
        watched.readRows('SELECT pg_sleep(20)', [], options),
    };
    const other = makeIndexes({}, async () => stuck);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    const started = performance.now();
    await expect(other.refresh('c', { everything: true, signal: abort.signal })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
  });
});

describe('what is kept', () => {
  test('comes back from a file that only the user may read, without asking the database for values', async () => {
    await indexes.enable('c');
    const [name] = await readdir(filesDir);
    if (process.platform !== 'win32') expect((await stat(join(filesDir, name!))).mode & 0o777).toBe(0o600);
    indexes = makeIndexes();
    statements = [];
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
    await pause(200);
    expect(statements.filter((sql) => sql.includes('uses DESC'))).toEqual([]);
  });

  test('tables that changed are read again, others not', async () => {
    await indexes.enable('c');
    await run(`INSERT INTO product VALUES ('Brand new thing'); SELECT pg_stat_force_next_flush()`);
    await pause(100);
    statements = [];
    await indexes.refresh('c');
    const read = statements.filter((sql) => sql.includes('uses DESC'));
    expect(read).toHaveLength(1);
    expect(read[0]).toContain('product');
    expect(await valuesOf('product', 'Weird "Name')).toContain('Brand new thing');
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
    statements = [];
    await indexes.refresh('c');
    expect(statements.filter((sql) => sql.includes('uses DESC'))).toEqual([]);
  });

  test('a damaged file is made anew by the next question', async () => {
    await indexes.enable('c');
    const [name] = await readdir(filesDir);
    await writeFile(join(filesDir, name!), 'no such thing');
    indexes = makeIndexes();
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
    expect((await indexes.status('c')).valueCount).toBeGreaterThan(50);
  });

  test('turning it off removes it, and so does clearing, which leaves it on', async () => {
    await indexes.enable('c');
    expect(await indexes.clear()).toBe(1);
    expect(await readdir(filesDir)).toEqual([]);
    expect(choices.get('c')?.enabled).toBe(true);
    expect(await valuesOf('customer', 'city')).toHaveLength(3);
    await indexes.disable('c');
    expect(await readdir(filesDir)).toEqual([]);
    expect(await indexes.samplesOf('c')).toEqual([]);
  });

  test('a failure is told in the status and says nothing of values', async () => {
    choices.set('c', { enabled: true, allowed: [] });
    indexes = makeIndexes({}, async () => {
      throw new AppError('CONNECTION_REFUSED', 'No PostgreSQL server at x:1.');
    });
    expect(await indexes.samplesOf('c')).toEqual([]);
    expect((await indexes.status('c')).failure).toBe('No PostgreSQL server at x:1.');
  });
});

describe('a question', () => {
  test.each([
    ['customers in ny', 'New York'],
    ['how many coffe lovers are there', 'Coffee lovers'],
    ['customers in berlin', 'Berlin'],
  ])('%s finds %s', async (question, value) => {
    await indexes.enable('c');
    const hints = await readHints(reader, 'c', question, {});
    expect(hints).toContainEqual(expect.objectContaining({ table: 'customer', value }));
  });

  test('the calls of the contract', async () => {
    const handlers = createSchemaHandlers({
      connections: {
        open: async () => ({ ...watched, runReadOnly: () => Promise.reject(new Error('not asked')) }),
      },
      ...{ reader, values: indexes },
    });
    const context = { signal: new AbortController().signal };
    const on = await handlers['schema.enableValues']({ connectionId: 'c' }, context);
    expect(on).toMatchObject({ enabled: true, isReading: false });
    const input = { connectionId: 'c', question: 'customers in Berln' };
    const { matches } = await handlers['schema.searchValues'](input, context);
    expect(matches).toContainEqual({
      ...{ table: 'customer', column: 'city', value: 'Berlin', isExact: false },
      score: expect.closeTo(0.79, 1),
    });
    const off = await handlers['schema.disableValues']({ connectionId: 'c' }, context);
    expect(off).toMatchObject({ enabled: false, valueCount: 0 });
  });
});
