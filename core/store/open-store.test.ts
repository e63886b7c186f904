import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import Database from 'better-sqlite3';
import { AppError } from '../contract/index.ts';
import { moveStoreAside, openStore, resolveDataDir, type HistoryDraft, type Store } from './index.ts';

let dir: string;
let file: string;
const stores: Store[] = [];

const open = () => {
  const store = openStore({ file });
  stores.push(store);
  return store;
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'store-'));
  file = join(dir, 'inner', 'studio.sqlite');
});

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  rmSync(dir, { recursive: true, force: true });
});

const connection = {
  id: 'c1',
  name: 'Shop',
  host: 'localhost',
  port: 5432,
  database: 'shop',
  user: 'ann',
  sslMode: 'prefer' as const,
};
const entry: HistoryDraft = {
  connectionId: 'c1',
  sql: 'SELECT 1',
  outcome: 'succeeded',
  timingsMs: { totalMs: 3 },
};

function thrownBy(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('connections', () => {
  it('come back after a restart, without any password', () => {
    open().connections.put({ ...connection, password: 'hunter2' } as typeof connection);
    expect(open().connections.list()).toEqual([connection]);
    expect(readFileSync(file).includes('hunter2')).toBe(false);
  });

  it('are replaced by id and removed', () => {
    const { connections } = open();
    connections.put(connection);
    connections.put({ ...connection, name: 'Store', port: 5433 });
    expect(connections.get('c1')).toMatchObject({ name: 'Store', port: 5433 });
    expect(connections.remove('c1')).toBe(true);
    expect(connections.remove('c1')).toBe(false);
    expect(connections.get('c1')).toBeUndefined();
  });
});

describe('history', () => {
  it('lists newest first, by connection and up to a limit', () => {
    const { history } = open();
    const ids = ['a', 'b', 'a'].map((connectionId, i) =>
      history.add({ ...entry, connectionId, sql: `SELECT ${i}` }),
    );
    expect(history.list().map((e) => e.id)).toEqual(ids.toReversed());
    expect(history.list({ connectionId: 'a' }).map((e) => e.sql)).toEqual(['SELECT 2', 'SELECT 0']);
    expect(history.list({ limit: 1 })).toHaveLength(1);
    expect(history.get(ids[1] ?? '')).toMatchObject({ id: ids[1], sql: 'SELECT 1' });
    expect(history.get('nowhere')).toBeUndefined();
  });

  it('keeps what the user says of an entry, the last word only', () => {
    const { history } = open();
    const id = history.add(entry);
    history.giveFeedback(id, { rating: 'up' });
    expect(history.giveFeedback(id, { rating: 'down' })).toMatchObject({ feedback: { rating: 'down' } });
    expect(history.get(id)?.feedback).toEqual({ rating: 'down' });
    expect(history.giveFeedback('nowhere', {})).toBeUndefined();
  });

  it('clears one connection or all', () => {
    const { history } = open();
    for (const connectionId of ['a', 'b', 'a']) history.add({ ...entry, connectionId });
    expect(history.clear({ connectionId: 'a' })).toBe(2);
    expect(history.clear()).toBe(1);
  });
});

describe('settings', () => {
  it('keep JSON, and forget what no longer fits', () => {
    const { settings } = open();
    settings.set('theme', 'dark');
    expect(settings.get('theme', z.enum(['dark', 'light']))).toBe('dark');
    expect(settings.get('theme', z.number())).toBeUndefined();
    expect(settings.get('nothing', z.string())).toBeUndefined();
  });
});

describe('the file', () => {
  it.skipIf(process.platform === 'win32')('is readable by its owner only, whatever the umask', () => {
    const umask = process.umask(0o000);
    open().connections.put(connection);
    process.umask(umask);
    const modes = ['', '-wal', '-shm'].map((suffix) => statSync(file + suffix).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(join(dir, 'inner')).mode & 0o777).toBe(0o700);
  });

  it('can be opened twice at once', () => {
    const [one, two] = [open(), open()];
    one.connections.put(connection);
    expect(two.connections.get('c1')).toEqual(connection);
  });

  it('stays where it is when damaged, until it is moved aside', () => {
    open().close();
    writeFileSync(file, 'this is no database, '.repeat(500));
    const error = thrownBy(open);
    expect(error.message).toContain('is damaged');
    expect(error.hint).toContain('store reset');
    expect(readFileSync(file, 'utf8')).toContain('no database');
    const aside = moveStoreAside(file);
    expect(readFileSync(aside, 'utf8')).toContain('no database');
    expect(open().history.list()).toEqual([]);
  });

  it('of a newer version is left alone', () => {
    open();
    const raw = new Database(file);
    raw.pragma('user_version = 99');
    raw.close();
    expect(thrownBy(open)).toMatchObject({ code: 'CONFLICT' });
  });
});

describe('resolveDataDir', () => {
  it('prefers the override, then the convention', () => {
    expect(resolveDataDir({ SQLCODEGEN_DATA_DIR: '/x/y' }, 'linux')).toBe('/x/y');
    expect(resolveDataDir({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/sql-codegen-studio');
    expect(resolveDataDir({}, 'darwin')).toMatch(/Library\/Application Support\/SQL Codegen Studio$/);
    expect(resolveDataDir({ APPDATA: '/roaming' }, 'win32')).toBe('/roaming/SQL Codegen Studio');
  });
});
