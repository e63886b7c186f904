import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withEmbeddedClient } from '../../postgres/embedded-client.ts';
import { openDatabase, type Database } from '../../postgres/index.ts';
import { startTestServer, type TestServer } from '../../postgres/testing/start-test-server.ts';
import { createSchemaReader, fingerprintSchema } from '../../schema/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import { createVerifiedHandlers } from './verified-handlers.ts';

const context = { signal: new AbortController().signal };
const example = {
  connectionId: 'shop',
  question: 'How many customers are there?',
  sql: 'SELECT count(*) FROM customers',
  origin: 'model' as const,
};

describe('verified examples', () => {
  let server: TestServer;
  let database: Database;
  let store: Store;
  const dir = mkdtempSync(join(tmpdir(), 'verified-'));
  const schemas = createSchemaReader({ connections: { open: async () => database } });
  let handlers: ReturnType<typeof createVerifiedHandlers>;
  const list = (connectionId = 'shop') => handlers['verified.list']({ connectionId }, context);

  beforeAll(async () => {
    server = await startTestServer();
    await server.createDatabase('shop');
    const target = { ...server.target('shop'), password: server.target().password ?? '' };
    await withEmbeddedClient(target, (client) =>
      client.script(`CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
        INSERT INTO customers VALUES (1, 'Ada'), (2, 'Bo')`),
    );
    database = openDatabase(server.target('shop'));
    store = openStore({ file: join(dir, 'studio.sqlite') });
    handlers = createVerifiedHandlers({
      examples: store.verified,
      openDatabase: async () => database,
      readSchema: (id, { signal }) => schemas.schemaOf(id, { signal }),
    });
  });
  afterAll(async () => {
    store?.close();
    await database?.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are kept with the schema that they ran on, and the same question once', async () => {
    const saved = await handlers['verified.save'](example, context);
    const schema = await schemas.schemaOf('shop');
    expect(saved).toMatchObject({ ...example, rowCount: 1, schemaFingerprint: fingerprintSchema(schema) });
    const sql = 'SELECT count(id) FROM customers';
    const question = example.question.toUpperCase();
    const again = await handlers['verified.save'](
      { ...example, question, sql, origin: 'corrected' },
      context,
    );
    expect(again.id).toBe(saved.id);
    expect(await list()).toMatchObject([{ sql, origin: 'corrected', createdAt: saved.createdAt }]);
    expect(await list('other')).toEqual([]);
  });

  it('are never kept where the statement fails, writes, or is no query', async () => {
    const before = await list();
    for (const sql of ['SELECT nmae FROM customers', 'DELETE FROM customers', 'SELEC 1', 'SELECT 1/0']) {
      await expect(
        handlers['verified.save']({ ...example, question: sql, sql }, context),
      ).rejects.toMatchObject({ code: expect.stringMatching(/^SQL_/) });
    }
    expect(await list()).toEqual(before);
  });

  it('are worded anew, but not as another one is, and removed', async () => {
    const names = await handlers['verified.save'](
      { ...example, question: 'Who is there?', sql: 'SELECT name FROM customers' },
      context,
    );
    const edited = await handlers['verified.edit']({ id: names.id, question: 'List all names.' }, context);
    expect(edited).toMatchObject({ id: names.id, question: 'List all names.', sql: names.sql });
    const taken = example.question.toUpperCase();
    await expect(handlers['verified.edit']({ id: names.id, question: taken }, context)).rejects.toMatchObject(
      { code: 'CONFLICT' },
    );
    await expect(handlers['verified.edit']({ id: 'none', question: 'x' }, context)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await list()).toHaveLength(2);
    await handlers['verified.remove']({ id: names.id }, context);
    expect(await list()).toHaveLength(1);
  });

  it('are exported as the trainer reads them', async () => {
    const { jsonl, count, leftOut } = await handlers['verified.export']({ connectionId: 'shop' }, context);
    expect({ count, leftOut }).toEqual({ count: 1, leftOut: [] });
    const line = JSON.parse(jsonl) as Record<string, unknown>;
    expect(line).toMatchObject({
      dbId: 'shop',
      prompt: expect.stringMatching(/^\[INST\] Write one PostgreSQL query[\s\S]*CREATE TABLE customers/),
      completion: ' SELECT count(id) FROM customers</s>',
      schemaFingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe('a schema’s fingerprint', () => {
  const column = { name: 'id', type: 'integer', nullable: false };
  const table = {
    ...{ namespace: 'public', name: 't', kind: 'table' as const, columns: [column] },
    ...{ primaryKey: ['id'], foreignKeys: [] },
  };
  const schema = { database: 'd', serverVersion: '18', searchPath: ['public'], tables: [table] };

  it('follows names, types and keys, and nothing else', () => {
    const own = fingerprintSchema(schema);
    const withComment = {
      ...schema,
      serverVersion: '17',
      tables: [{ ...table, comment: 'x', rowEstimate: 9 }],
    };
    expect(fingerprintSchema(withComment)).toBe(own);
    const other = { ...table, columns: [{ ...column, type: 'bigint' }] };
    expect(fingerprintSchema({ ...schema, tables: [other] })).not.toBe(own);
    expect(fingerprintSchema({ ...schema, tables: [{ ...table, primaryKey: [] }] })).not.toBe(own);
  });
});
