import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectionSchema } from '../contract/index.ts';
import type { Connection, ConnectionDraft, HandlerContext } from '../contract/index.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/index.ts';
import { createConnections, redactConnectionId } from './connections.ts';
import type { Connections, DemoResolver } from './connections.ts';
import { createConnectionsHandlers, createPostgresHandlers } from './handlers.ts';
import { createFileSecretStore } from './secrets-file.ts';
import type { SecretStore } from './secret-store.ts';
import { startTestServer } from './testing/start-test-server.ts';
import type { TestServer } from './testing/start-test-server.ts';

let server: TestServer;
let folder: string;
let store: Store;
let secrets: SecretStore;
let connections: Connections;

beforeAll(async () => {
  server = await startTestServer();
  await server.createDatabase('shop');
});
afterAll(() => server?.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-connections-'));
  store = openStore({ file: join(folder, 'app.sqlite') });
  secrets = createFileSecretStore({ dataDir: folder });
  connections = createConnections({ store: store.connections, secrets, demo: createDemo() });
  return async () => {
    await connections.close();
    store.close();
    await rm(folder, { recursive: true, force: true });
  };
});

/** The test server's database `shop` stands for a demo database. */
function createDemo(): DemoResolver {
  const { password: _, ...params } = server.target('shop');
  const shown: Connection = {
    ...params,
    id: 'demo:ecommerce',
    name: 'E-commerce',
    kind: 'demo',
    hasPassword: true,
  };
  return { listConnections: () => [shown], targetOf: async () => server.target('shop') };
}

function draftOf(changes: Partial<ConnectionDraft> = {}): ConnectionDraft {
  return { name: 'Mine', ...server.target(), ...changes };
}

const askDatabase = 'SELECT current_database()';

describe('saved connections', () => {
  it('keep their password apart from their row, and open with it', async () => {
    const saved = await connections.save(draftOf());
    expect(connectionSchema.parse(saved)).toMatchObject({ kind: 'user', hasPassword: true, name: 'Mine' });
    expect(JSON.stringify(store.connections.list())).not.toContain('password');
    const database = await connections.open(saved.id);
    expect((await database.runReadOnly(askDatabase)).rows).toEqual([['postgres']]);
    expect(await connections.open(saved.id)).toBe(database);
  });

  it('keep the password when it is left out, and drop it when it is empty', async () => {
    const { id } = await connections.save(draftOf());
    const renamed = await connections.save(
      draftOf({ id, name: 'Ours', database: 'shop', password: undefined }),
    );
    expect(renamed).toMatchObject({ id, name: 'Ours', hasPassword: true });
    expect((await (await connections.open(id)).runReadOnly(askDatabase)).rows).toEqual([['shop']]);
    expect(await connections.save(draftOf({ id, password: '' }))).toMatchObject({ hasPassword: false });
    expect(await secrets.get(id)).toBeUndefined();
  });

  it('leave no row, and change none, when their password cannot be kept', async () => {
    const { id } = await connections.save(draftOf());
    await writeFile(join(folder, 'passwords.json'), 'damaged');
    const before = store.connections.list();
    await expect(connections.save(draftOf({ name: 'New' }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    await expect(connections.save(draftOf({ id, host: 'elsewhere' }))).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(store.connections.list()).toEqual(before);
  });

  it('are listed after the demo databases, until they are removed', async () => {
    const { id } = await connections.save(draftOf());
    expect((await connections.list()).map((entry) => entry.id)).toEqual(['demo:ecommerce', id]);
    await connections.remove(id);
    expect((await connections.list()).map((entry) => entry.id)).toEqual(['demo:ecommerce']);
    expect(await secrets.get(id)).toBeUndefined();
    await expect(connections.open(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(connections.remove(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(connections.save(draftOf({ id }))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are listed even where the passwords cannot be read', async () => {
    const { id } = await connections.save(draftOf());
    await writeFile(join(folder, 'passwords.json'), 'damaged');
    expect((await connections.list()).at(-1)).toMatchObject({ id, hasPassword: false });
    await expect(connections.open(id)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('of the app itself stay as they are', async () => {
    await expect(connections.remove('demo:ecommerce')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(connections.save(draftOf({ id: 'demo:ecommerce' }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });
});

describe('open', () => {
  it.each([
    ['demo:ecommerce', () => 'demo:ecommerce', 'shop'],
    ['url:…', () => `url:${server.urlOf('shop')}`, 'shop'],
  ])('%s', async (_title, idOf, name) => {
    const database = await connections.open(idOf());
    expect((await database.runReadOnly(askDatabase)).rows).toEqual([[name]]);
    expect(store.connections.list()).toEqual([]);
  });

  it('never shows the password of a URL', () => {
    const shown = redactConnectionId('url:postgres://u:secret@h/d');
    expect(shown).toBe('url:postgresql://u@h/d?sslmode=prefer');
    expect(redactConnectionId('url:nonsense://u:secret@h')).toBe('url:…');
    expect(redactConnectionId('demo:saas')).toBe('demo:saas');
  });
});

describe('test', () => {
  it('says version, encryption and latency', async () => {
    const result = await connections.test(draftOf());
    expect(result).toMatchObject({ ok: true, serverVersion: expect.stringMatching(/^18/), encrypted: false });
  });

  it('takes the stored password for one that is left out', async () => {
    const { id } = await connections.save(draftOf());
    expect(await connections.test(draftOf({ id, password: undefined }))).toMatchObject({ ok: true });
    expect(await connections.test(draftOf({ id, password: 'wrong' }))).toMatchObject({
      ok: false,
      code: 'AUTH_FAILED',
    });
  });

  it('answers with what is wrong', async () => {
    expect(await connections.test(draftOf({ port: 1 }))).toEqual({
      ok: false,
      code: 'CONNECTION_REFUSED',
      message: 'No PostgreSQL server at 127.0.0.1:1.',
      hint: 'Start it, or edit the connection.',
    });
    expect(await connections.test(draftOf({ database: 'none' }))).toMatchObject({
      ok: false,
      code: 'NOT_FOUND',
    });
  });
});

describe('handlers', () => {
  const context: HandlerContext = { signal: new AbortController().signal };
  const limits = { timeoutMs: 10_000, maxRows: 10 };
  const createQuery = () => {
    const server = {
      status: () => ({ state: 'stopped' as const }),
      stopKept: async () => ({ state: 'stopped' as const }),
      reset: async () => ({ state: 'running' as const }),
    };
    return createPostgresHandlers({ connections, history: store.history, server });
  };

  it('parse a URL for the form', async () => {
    const handlers = createConnectionsHandlers({ connections });
    const parsed = await handlers['connections.parseUrl']({ url: 'postgres://u:p@h/d' }, context);
    expect(parsed).toMatchObject({ params: { host: 'h', user: 'u' }, password: 'p' });
  });

  it('keep what was asked, how it ended and the question it came from', async () => {
    const query = createQuery()['postgres.query'];
    const first = store.history.add({
      ...{
        connectionId: 'demo:ecommerce',
        question: 'Which one?',
        sql: 'SELECT 0',
        outcome: 'succeeded',
        timingsMs: {},
      },
    });
    const input = { connectionId: 'demo:ecommerce', historyId: first, ...limits };
    expect((await query({ ...input, sql: askDatabase }, context)).rows).toEqual([['shop']]);
    await expect(query({ ...input, sql: 'DROP TABLE x' }, context)).rejects.toMatchObject({
      code: 'SQL_NOT_READ_ONLY',
    });
    await expect(query({ ...input, sql: 'SELEC' }, context)).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
    await expect(query({ ...input, sql: 'SELECT * FROM x' }, context)).rejects.toMatchObject({
      code: 'SQL_EXECUTION',
    });
    const slow = { ...input, sql: 'SELECT pg_sleep(9)', timeoutMs: 50 };
    await expect(query(slow, context)).rejects.toMatchObject({ code: 'SQL_TIMEOUT' });
    const entries = store.history.list();
    expect(entries.map((entry) => entry.outcome)).toEqual([
      'timed-out',
      'failed',
      'invalid',
      'refused',
      'succeeded',
      'succeeded',
    ]);
    expect(entries.every((entry) => entry.question === 'Which one?')).toBe(true);
    expect(entries.at(-2)).toMatchObject({ rowCount: 1, sql: askDatabase });
  });

  it('never write the password of a URL into the history', async () => {
    await createQuery()['postgres.query'](
      { connectionId: `url:${server.urlOf()}`, sql: 'SELECT 1', ...limits },
      context,
    );
    const text = JSON.stringify(store.history.list());
    expect(text).toContain('url:postgresql://postgres@127.0.0.1');
    expect(text).not.toContain('test%20password');
  });

  it('pass the embedded server’s state on', async () => {
    const handlers = createQuery();
    expect(await handlers['postgres.serverStatus']({}, context)).toEqual({ state: 'stopped' });
    expect(await handlers['postgres.resetServer']({}, context)).toEqual({ state: 'running' });
  });
});
