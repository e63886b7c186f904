import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSchema } from '../contract/schema.ts';
import { connectEmbedded, withEmbeddedClient, type EmbeddedClient } from '../postgres/embedded-client.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../postgres/embedded.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from '../postgres/testing/temporary-data-dir.ts';
import { createSchemaHandlers } from './handlers.ts';
import { introspectSchema } from './introspect.ts';
import { readValueSamples } from './read-value-samples.ts';

const fixture = `
CREATE SCHEMA "Sales Data";
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN positive AS integer NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN strong_mood AS mood CHECK (VALUE <> 'ok');
CREATE TABLE "Order" (
  "Region" text, "No." integer, "select" text, amount numeric(10,2) NOT NULL, tags text[], at timestamptz,
  feeling mood, strong strong_mood, level positive, gone integer,
  PRIMARY KEY ("No.", "Region")
);
ALTER TABLE "Order" DROP COLUMN gone;
COMMENT ON TABLE "Order" IS 'It''s an order';
COMMENT ON COLUMN "Order"."select" IS 'A "reserved" word';
CREATE TABLE "Sales Data".line (
  id bigint PRIMARY KEY, region text, number integer, parent bigint REFERENCES "Sales Data".line,
  FOREIGN KEY (region, number) REFERENCES "Order" ("Region", "No.")
);
CREATE VIEW big_orders AS SELECT "No.", feeling FROM "Order" WHERE amount > 100;
CREATE MATERIALIZED VIEW totals AS SELECT 1 AS n;
CREATE TABLE events (id integer, day date NOT NULL, kind text, order_no integer, order_region text,
  FOREIGN KEY (order_no, order_region) REFERENCES "Order", PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TEMPORARY TABLE passing (id integer);
ALTER TABLE "Order" ADD UNIQUE ("Region", "No.");
INSERT INTO "Order" SELECT 'R' || n % 3, n, 'word' || n, n, '{}', now(), 'ok', 'sad', 1 FROM generate_series(1, 300) AS n;
INSERT INTO events SELECT n, date '2024-01-01' + n, 'kind ' || n % 4, n, 'R' || n % 3 FROM generate_series(1, 300) AS n;
CREATE TABLE people (id integer PRIMARY KEY, name text, quirk text, essay text, secret text);
INSERT INTO people SELECT n, 'Name ' || n, CASE n % 4 WHEN 0 THEN 'a "b", {c}' WHEN 1 THEN 'd\\e' WHEN 2 THEN 'NULL'
  ELSE ' ' END, repeat('x', 70) || n % 3, 'hidden' || n % 2 FROM generate_series(1, 300) AS n;
CREATE TABLE little (code text); INSERT INTO little VALUES ('New York'), ('Oslo'), ('Rome');
ANALYZE "Order"; ANALYZE people; ANALYZE little; ANALYZE events;
CREATE ROLE clerk LOGIN PASSWORD 'clerk';
GRANT SELECT ON "Order", "Sales Data".line TO clerk;
GRANT SELECT (id, name) ON people TO clerk;
`;

let folder: TemporaryDataDir;
let server: EmbeddedServer;
let client: EmbeddedClient;
let schema: DatabaseSchema;

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  server = await startEmbeddedServer({ dataDir: folder.path });
  await withEmbeddedClient(server.adminTargetOf('postgres'), (admin) =>
    admin.script('CREATE DATABASE fixture'),
  );
  client = await connectEmbedded(server.adminTargetOf('fixture'), 'test');
  await client.script(fixture);
  schema = await introspectSchema(client.rows);
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await folder.remove();
});

const tableOf = (name: string, of = schema) => of.tables.find((table) => table.name === name);

describe('introspection', () => {
  test('finds tables, views and partitioned tables, but no partitions, temporary or system tables', () => {
    expect(schema).toMatchObject({ database: 'fixture', searchPath: ['public'] });
    expect(schema.serverVersion).toMatch(/^18\.\d+$/);
    expect(schema.tables.map(({ namespace, name, kind }) => [namespace, name, kind])).toEqual([
      ['Sales Data', 'line', 'table'],
      ['public', 'Order', 'table'],
      ['public', 'big_orders', 'view'],
      ['public', 'events', 'partitioned-table'],
      ['public', 'little', 'table'],
      ['public', 'people', 'table'],
      ['public', 'totals', 'materialized-view'],
    ]);
  });

  test('reads columns with types, nullability, comments and enum labels, also through domains', () => {
    const labels = ['sad', 'ok', 'happy'];
    expect(tableOf('Order')?.columns).toEqual([
      { name: 'Region', type: 'text', nullable: false },
      { name: 'No.', type: 'integer', nullable: false },
      { name: 'select', type: 'text', nullable: true, comment: 'A "reserved" word' },
      { name: 'amount', type: 'numeric(10,2)', nullable: false },
      { name: 'tags', type: 'text[]', nullable: true },
      { name: 'at', type: 'timestamp with time zone', nullable: true },
      { name: 'feeling', type: 'mood', nullable: true, enumLabels: labels },
      { name: 'strong', type: 'strong_mood', nullable: true, enumLabels: labels },
      { name: 'level', type: 'positive', nullable: false },
    ]);
    expect(tableOf('Order')?.comment).toBe("It's an order");
  });

  test('keeps the order of composite keys, and leaves out the copies that partitions have', () => {
    expect(tableOf('Order')?.primaryKey).toEqual(['No.', 'Region']);
    expect(tableOf('line')?.foreignKeys).toEqual([
      { columns: ['parent'], targetNamespace: 'Sales Data', targetTable: 'line', targetColumns: ['id'] },
      {
        columns: ['region', 'number'],
        targetNamespace: 'public',
        targetTable: 'Order',
        targetColumns: ['Region', 'No.'],
      },
    ]);
    expect(tableOf('events')?.foreignKeys).toHaveLength(1);
    expect(tableOf('events')?.primaryKey).toEqual(['id', 'day']);
  });

  test('estimates rows where they were counted, over all partitions', () => {
    expect(tableOf('Order')?.rowEstimate).toBe(300);
    expect(tableOf('events')?.rowEstimate).toBe(300);
    expect(tableOf('line')).not.toHaveProperty('rowEstimate');
    expect(tableOf('big_orders')).not.toHaveProperty('rowEstimate');
  });

  test('shows a role only what it may read', async () => {
    const clerk = { ...server.adminTargetOf('fixture'), user: 'clerk', password: 'clerk' };
    const own = await withEmbeddedClient(clerk, (each) => introspectSchema(each.rows));
    expect(own.tables.map(({ name }) => name)).toEqual(['Order', 'people']);
    expect(tableOf('people', own)?.columns.map(({ name }) => name)).toEqual(['id', 'name']);
    expect(tableOf('people', own)?.primaryKey).toEqual(['id']);
    const samples = await withEmbeddedClient(clerk, (each) => readValueSamples(each.rows));
    expect(samples.map(({ table }) => table)).not.toContain('little');
    expect(samples.map(({ column }) => column)).not.toContain('secret');
  });

  test('fails with the role and the database where nothing is visible', async () => {
    const empty = withEmbeddedClient(server.adminTargetOf('postgres'), (each) => introspectSchema(each.rows));
    await expect(empty).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'No tables are visible to role "studio_admin" in database "postgres".',
    });
  });

  test('reads several hundred tables in one round trip', async () => {
    await withEmbeddedClient(server.adminTargetOf('postgres'), (admin) =>
      admin.script('CREATE DATABASE large'),
    );
    await withEmbeddedClient(server.adminTargetOf('large'), async (large) => {
      await large.script(`DO $$ BEGIN FOR i IN 1..300 LOOP
        EXECUTE format('CREATE TABLE t%s (id integer PRIMARY KEY, a varchar(20) NOT NULL, b numeric(10,2),
          parent integer REFERENCES t%s)', i, greatest(1, i - 1));
      END LOOP; END $$`);
      let reads = 0;
      const read = (sql: string, params?: unknown[]) => {
        reads += 1;
        return large.rows(sql, params);
      };
      const { tables } = await introspectSchema(read);
      expect(tables).toHaveLength(300);
      expect(tables.filter((table) => table.foreignKeys.length === 1)).toHaveLength(300);
      expect(reads).toBe(1);
    });
  });
});

describe('value samples', () => {
  test('are exact texts of categories, small columns and enums, and nothing unique, long or blank', async () => {
    const samples = await readValueSamples(client.rows);
    const found = Object.fromEntries(
      samples.map(({ table, column, values }) => [`${table}.${column}`, values.toSorted()]),
    );
    const labels = ['happy', 'ok', 'sad'];
    expect(found).toEqual({
      'Order.Region': ['R0', 'R1', 'R2'],
      'Order.feeling': labels,
      'Order.strong': labels,
      'big_orders.feeling': labels,
      'events.kind': ['kind 0', 'kind 1', 'kind 2', 'kind 3'],
      'events.order_region': ['R0', 'R1', 'R2'],
      'little.code': ['New York', 'Oslo', 'Rome'],
      'people.quirk': ['NULL', 'a "b", {c}', 'd\\e'],
      'people.secret': ['hidden0', 'hidden1'],
    });
    expect(samples.find(({ column }) => column === 'feeling')?.values).toEqual(['sad', 'ok', 'happy']);
  });
});

describe('the handler', () => {
  test('keeps a schema until it is asked to read again, and never a failure', async () => {
    let reads = 0;
    let broken = true;
    const connections = {
      open: async () => ({
        readRows: (sql: string, params?: unknown[]) => {
          reads += 1;
          return broken ? Promise.reject(new Error('down')) : client.rows(sql, params);
        },
        runReadOnly: () => Promise.reject(new Error('not asked')),
      }),
    };
    const introspect = createSchemaHandlers({ connections })['schema.introspect'];
    const context = { signal: new AbortController().signal };
    await expect(introspect({ connectionId: 'a' }, context)).rejects.toThrow('down');
    broken = false;
    expect((await introspect({ connectionId: 'a' }, context)).database).toBe('fixture');
    await introspect({ connectionId: 'a' }, context);
    expect(reads).toBe(2);
    await introspect({ connectionId: 'b' }, context);
    await introspect({ connectionId: 'a', refresh: true }, context);
    expect(reads).toBe(4);
  });
});
