import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TableDetails } from '../../contract/index.ts';
import { connectEmbedded, withEmbeddedClient, type EmbeddedClient } from '../../postgres/embedded-client.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../postgres/embedded.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from '../../postgres/testing/temporary-data-dir.ts';
import { openDatabase, type Database } from '../../postgres/index.ts';
import { introspectSchema } from '../introspect.ts';
import { buildDdl } from './build-ddl.ts';
import { readDetails, readSummary, readTableDetails } from './read-details.ts';
import { readSampleRows } from './read-sample-rows.ts';

const types = `CREATE TYPE mood AS ENUM ('sad', 'it''s ok'); CREATE SCHEMA "Sales Data"; CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;`;
const fixture = `
CREATE TABLE "Sales Data"."Order" (
  "No." integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text COLLATE "C" NOT NULL DEFAULT 'a''b',
  net numeric(10,2) CHECK (net > 0), gross numeric GENERATED ALWAYS AS (net * 1.2) STORED,
  feeling mood, stay int4range, note text,
  CONSTRAINT code_once UNIQUE NULLS NOT DISTINCT (code, feeling) DEFERRABLE,
  CONSTRAINT no_overlap EXCLUDE USING gist (stay WITH &&)
);
COMMENT ON TABLE "Sales Data"."Order" IS 'It''s a \\ comment';
COMMENT ON COLUMN "Sales Data"."Order".code IS 'Short';
CREATE INDEX order_note ON "Sales Data"."Order" (lower(note), code DESC) INCLUDE (net) WHERE note IS NOT NULL;
CREATE TRIGGER touched BEFORE UPDATE ON "Sales Data"."Order" FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE line (id bigint PRIMARY KEY, order_no integer REFERENCES "Sales Data"."Order" ON DELETE CASCADE, parent bigint REFERENCES line);
ALTER TABLE line ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
CREATE TABLE events (id integer, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE VIEW cheap AS SELECT "No.", net FROM "Sales Data"."Order" WHERE net < 10;
COMMENT ON VIEW cheap IS 'Few';
`;
const rows = `
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO "Sales Data"."Order" (code, net) SELECT 'c' || n, n FROM generate_series(1, 250) AS n;
INSERT INTO line SELECT n, n, NULL FROM generate_series(1, 250) AS n;
CREATE TABLE "odd; DROP TABLE line" ("a""b" text, secret text); INSERT INTO "odd; DROP TABLE line" VALUES ('x', 'y');
ANALYZE;
CREATE ROLE clerk LOGIN PASSWORD 'clerk'; GRANT SELECT ("a""b") ON "odd; DROP TABLE line" TO clerk;
`;

let folder: TemporaryDataDir;
let server: EmbeddedServer;
let client: EmbeddedClient;
let database: Database;

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  server = await startEmbeddedServer({ dataDir: folder.path });
  await withEmbeddedClient(server.adminTargetOf('postgres'), async (admin) => {
    await admin.script('CREATE DATABASE fixture');
    await admin.script('CREATE DATABASE rebuilt');
  });
  client = await connectEmbedded(server.adminTargetOf('fixture'), 'test');
  await client.script(types + fixture + rows);
  database = openDatabase(server.adminTargetOf('fixture'));
});
afterAll(async () => {
  await database.close();
  await client.close();
  await server.stop();
  await folder.remove();
});

const order = { namespace: 'Sales Data', table: 'Order' };

describe('one table', () => {
  test('has defaults, identities, generated columns, collations and statistics', async () => {
    const { columns } = await readTableDetails(client.rows, order);
    const of = (name: string) => columns.find((column) => column.name === name);
    expect(of('No.')).toMatchObject({ identity: 'always', nullable: false, statistics: { distinct: 250 } });
    expect(of('code')).toMatchObject({ collation: 'C', default: "'a''b'::text", comment: 'Short' });
    expect(of('gross')?.generated).toBe('(net * 1.2)');
    expect(of('gross')).not.toHaveProperty('default');
    expect(of('feeling')).toMatchObject({ enumLabels: ['sad', "it's ok"], statistics: { nullFraction: 1 } });
  });

  test('has constraints, indexes, triggers and sizes', async () => {
    const table = await readTableDetails(client.rows, order);
    expect(table.constraints.map(({ name, kind }) => [name, kind])).toEqual([
      ['Order_net_check', 'check'],
      ['Order_pkey', 'primary-key'],
      ['code_once', 'unique'],
      ['no_overlap', 'exclusion'],
    ]);
    expect(table.indexes.find(({ name }) => name === 'order_note')).toMatchObject({
      method: 'btree',
      keys: ['lower(note)', 'code'],
      included: ['net'],
      predicate: '(note IS NOT NULL)',
      valid: true,
      unique: false,
    });
    expect(table.indexes.find(({ name }) => name === 'code_once')).toMatchObject({
      constraint: 'code_once',
      nullsNotDistinct: true,
    });
    expect(table.triggers).toMatchObject([{ name: 'touched', enabled: true }]);
    expect(table.totalBytes).toBeGreaterThan(table.indexBytes);
    expect(table.indexBytes).toBeGreaterThan(0);
  });

  test('knows its references in both directions', async () => {
    const { referencedBy } = await readTableDetails(client.rows, order);
    expect(referencedBy).toEqual([
      {
        namespace: 'public',
        table: 'line',
        constraint: 'line_order_no_fkey',
        columns: ['order_no'],
        targetColumns: ['No.'],
      },
    ]);
    const line = await readTableDetails(client.rows, { namespace: 'public', table: 'line' });
    expect(line.foreignKeys.map(({ targetTable }) => targetTable)).toEqual(['Order', 'line']);
    expect(line.referencedBy).toMatchObject([{ table: 'line', columns: ['parent'] }]);
    expect(line.constraints.find(({ name }) => name === 'later')?.validated).toBe(false);
  });

  test('that there is not is named', async () => {
    await expect(
      readTableDetails(client.rows, { namespace: 'public', table: "x' OR true --" }),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

test('its DDL makes the same table', async () => {
  const own = ['Order', 'line', 'events', 'cheap'];
  const before = (await readDetails(client.rows)).filter(({ name }) => own.includes(name));
  await withEmbeddedClient(server.adminTargetOf('rebuilt'), async (other) => {
    await other.script(types);
    for (const name of own) {
      const table = before.find((one) => one.name === name);
      await other.script(buildDdl(table as TableDetails));
    }
    const after = await readDetails(other.rows);
    const shape = (tables: TableDetails[]) =>
      tables.map(
        ({
          totalBytes: _t,
          indexBytes: _i,
          rowEstimate: _r,
          partitions: _p,
          columns,
          indexes,
          ...table
        }) => ({
          ...table,
          columns: columns.map(({ statistics: _s, ...column }) => column),
          indexes: indexes.map(({ sizeBytes: _b, ...index }) => index),
        }),
      );
    expect(shape(after)).toEqual(shape(before));
  });
});

test('the summary has unique keys and sizes of all tables', async () => {
  const { databaseBytes, tables } = await readSummary(client.rows);
  expect(databaseBytes).toBeGreaterThan(1_000_000);
  expect(tables.find(({ table }) => table === 'Order')).toMatchObject({
    uniqueKeys: [['No.'], ['code', 'feeling']],
    indexes: 4,
  });
  expect(tables.find(({ table }) => table === 'events')).toMatchObject({ uniqueKeys: [['id', 'day']] });
  expect(tables.find(({ table }) => table === 'cheap')).toMatchObject({ uniqueKeys: [], totalBytes: 0 });
});

describe('sample rows', () => {
  const page = { offset: 0, limit: 100 };

  test('come by the primary key, a page at a time, and say whether there are more', async () => {
    const schema = await introspectSchema(client.rows);
    const first = await readSampleRows(database.runReadOnly, schema, order, page);
    expect([first.rowCount, first.truncated, first.rows[0]?.[0]]).toEqual([100, true, 1]);
    const last = await readSampleRows(database.runReadOnly, schema, order, { offset: 200, limit: 100 });
    expect([last.rowCount, last.truncated, last.rows[0]?.[0]]).toEqual([50, false, 201]);
  });

  test('are of names as they are, and of columns that may be read', async () => {
    const odd = { namespace: 'public', table: 'odd; DROP TABLE line' };
    const clerk = openDatabase({ ...server.adminTargetOf('fixture'), user: 'clerk', password: 'clerk' });
    const schema = await introspectSchema((sql, params) => clerk.readRows(sql, params));
    const sample = await readSampleRows(clerk.runReadOnly, schema, odd, page);
    expect(sample.columns.map(({ name }) => name)).toEqual(['a"b']);
    expect(sample.rows).toEqual([['x']]);
    await clerk.close();
    await expect(
      readSampleRows(database.runReadOnly, schema, { namespace: 'public', table: 'line' }, page),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
