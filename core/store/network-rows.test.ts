import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { networkFilterSchema, type NetworkFilter } from '../contract/index.ts';
import { openStore, type Store } from './open-store.ts';

let dir: string;
let store: Store;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ledger-'));
  store = openStore({ file: join(dir, 'studio.sqlite') });
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const draft = {
  host: 'db.example.com',
  port: 5432,
  local: false,
  purpose: 'database' as const,
  method: 'CONNECT',
  initiator: 'Shop (ann@shop)',
};
const list = (filter: Partial<NetworkFilter> = {}) => store.network.list(networkFilterSchema.parse(filter));

it('is written before a request is made, and completed when it ends', () => {
  const id = store.network.begin(draft);
  expect(list().entries).toMatchObject([{ ...draft, outcome: 'open' }]);
  store.network.end(id, { outcome: 'succeeded', sentBytes: 8, receivedBytes: 90, durationMs: 1.5 });
  expect(list().entries).toMatchObject([
    { id, outcome: 'succeeded', sentBytes: 8, receivedBytes: 90, durationMs: 1.5 },
  ]);
  expect(Math.abs(Date.now() - Date.parse(list().entries[0]?.startedAt ?? ''))).toBeLessThan(60_000);
});

it('outlives a restart', () => {
  store.network.begin(draft);
  store.close();
  store = openStore({ file: join(dir, 'studio.sqlite') });
  expect(list().entries).toHaveLength(1);
});

it('is filtered, newest first, and says how many there are', () => {
  store.network.begin(draft);
  store.network.begin({ ...draft, host: '127.0.0.1', local: true });
  const refused = store.network.begin({ ...draft, host: '100%.example.com', purpose: 'model' });
  store.network.end(refused, { outcome: 'refused', message: 'Offline mode is on.' });
  expect(list()).toMatchObject({ matching: 2, remote: 2, local: 1 });
  expect(list({ local: true }).entries.map(({ host }) => host)).toEqual([
    '100%.example.com',
    '127.0.0.1',
    'db.example.com',
  ]);
  expect(list({ outcome: 'refused' }).entries).toMatchObject([{ message: 'Offline mode is on.' }]);
  expect(list({ purpose: 'database' }).matching).toBe(1);
  expect(list({ text: '0%' }).matching).toBe(1);
  expect(list({ text: 'ANN@' }).matching).toBe(2);
  expect(list({ limit: 1 })).toMatchObject({ matching: 2, entries: [{ id: refused }] });
});

it('is cleared', () => {
  store.network.begin(draft);
  store.network.begin({ ...draft, local: true });
  expect(store.network.clear()).toBe(2);
  expect(list({ local: true })).toMatchObject({ matching: 0, remote: 0, local: 0 });
});

it('keeps the newest, of each kind its own number', () => {
  store.network.begin(draft);
  for (let count = 0; count < 2_300; count++) store.network.begin({ ...draft, local: true });
  const { remote, local } = list();
  expect(remote).toBe(1);
  expect(local).toBeGreaterThanOrEqual(2_000);
  expect(local).toBeLessThanOrEqual(2_100);
});
