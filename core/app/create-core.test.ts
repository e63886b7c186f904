import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contract } from '../contract/index.ts';
import { connectInMemory } from './connect-in-memory.ts';
import { createCore, type Core } from './create-core.ts';

let dataDir: string;
let core: Core | undefined;

beforeEach(() => void (dataDir = join(mkdtempSync(join(tmpdir(), 'core-')), 'data')));
afterEach(async () => {
  await core?.close();
  core = undefined;
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
});

async function start() {
  core = await createCore({ dataDir, version: '1.2.3' });
  return connectInMemory(core.handlers).client;
}

const draft = {
  name: 'Nowhere',
  host: '127.0.0.1',
  port: 1,
  database: 'x',
  user: 'ann',
  password: 'hunter2',
  sslMode: 'disable' as const,
};

describe('the core', () => {
  it('has a handler for every entry of the contract', async () => {
    await start();
    expect(Object.keys(core?.handlers ?? {}).toSorted()).toEqual(Object.keys(contract).toSorted());
  });

  it('says what it is and where passwords are', async () => {
    const info = await (await start())['app.info']({});
    expect(info).toMatchObject({ version: '1.2.3', dataDir, platform: process.platform });
    expect(info.secretStoreNote).toMatch(/^Passwords are kept in /);
  });

  it.skipIf(process.platform === 'win32')('keeps its folder to its owner', async () => {
    await start();
    expect(statSync(dataDir).mode & 0o077).toBe(0);
  });

  it('starts no server before one is needed', async () => {
    const client = await start();
    expect(await client['postgres.serverStatus']({})).toMatchObject({ state: 'stopped' });
    expect((await client['connections.list']({})).map(({ id }) => id)).toContain('demo:retail');
    expect(await client['postgres.serverStatus']({})).toMatchObject({ state: 'stopped' });
  });

  it('saves, uses and removes a connection', async () => {
    const client = await start();
    const saved = await client['connections.save'](draft);
    expect(saved).toMatchObject({ name: 'Nowhere', kind: 'user', hasPassword: true });
    expect(JSON.stringify(await client['connections.list']({}))).not.toContain('hunter2');
    await expect(client['schema.introspect']({ connectionId: saved.id })).rejects.toMatchObject({
      code: 'CONNECTION_REFUSED',
    });
    await client['connections.remove']({ id: saved.id });
    await expect(client['schema.introspect']({ connectionId: saved.id })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('keeps settings from start to start, one by one', async () => {
    const client = await start();
    expect(await client['settings.get']({})).toEqual({});
    await client['settings.set']({ theme: 'dark', runAutomatically: false });
    await client['settings.set']({ connectionId: 'demo:retail' });
    await expect(client['settings.set']({ theme: 'pink' as 'dark' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await core?.close();
    expect(await (await start())['settings.get']({})).toEqual({
      theme: 'dark',
      runAutomatically: false,
      connectionId: 'demo:retail',
    });
  });

  it('knows its demo databases only', async () => {
    const client = await start();
    const query = client['postgres.query']({ connectionId: 'demo:nowhere', sql: 'SELECT 1' });
    await expect(query).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('ecommerce'),
    });
  });

  it('does not start over a damaged store', async () => {
    await start();
    await core?.close();
    core = undefined;
    writeFileSync(join(dataDir, 'studio.sqlite'), 'no database, '.repeat(500));
    await expect(createCore({ dataDir, version: 'x' })).rejects.toMatchObject({
      details: { reason: 'store-damaged' },
    });
  });
});
