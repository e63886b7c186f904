import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveTransport } from '../../app/index.ts';
import {
  createClient,
  createMemoryTransportPair,
  datasetContract,
  type ProvenPair,
} from '../../contract/index.ts';
import { ensureLoaded } from '../../conversion/load-once.ts';
import { openSpiderLoader } from '../../conversion/spider-database.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../postgres/embedded.ts';
import { createDatasetHandlers } from '../handlers.ts';
import { pairs, writeDataset } from '../reading/testing/write-dataset.ts';

let root: string;
let server: EmbeddedServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'live-proof-'));
  await writeDataset(root);
  const refused: ProvenPair = {
    ...(pairs[0] as ProvenPair),
    id: 'train_spider:9',
    index: 9,
    sqliteSql: 'SELECT legs FROM Animal',
  };
  appendFileSync(join(root, 'processed', 'pairs.jsonl'), `${JSON.stringify(refused)}\n`);
  server = await startEmbeddedServer({ dataDir: join(root, 'cache', 'spider-server') });
  const loader = await openSpiderLoader(server);
  await ensureLoaded(loader, join(root, 'raw', 'spider'), 'zoo');
  await loader.close();
});

afterAll(async () => {
  await server.stop();
  rmSync(root, { recursive: true, force: true });
});

function connect(datasetDir = root) {
  const [near, far] = createMemoryTransportPair();
  serveTransport(datasetContract, createDatasetHandlers({ datasetDir }), far);
  return createClient(datasetContract, near);
}

it('asks both engines, and they agree', async () => {
  expect(await connect()['dataset.run']({ id: 'train_spider:2' })).toEqual({
    sqlite: {
      answer: {
        columns: ['name', 'name'],
        rows: [
          ['Ann', 'Ada'],
          ['Ann', 'Big id'],
        ],
        rowCount: 2,
      },
      durationMs: expect.any(Number) as number,
    },
    postgres: {
      answer: {
        columns: ['name', 'name'],
        rows: [
          ['Ann', 'Ada'],
          ['Ann', 'Big id'],
        ],
        rowCount: 2,
      },
      durationMs: expect.any(Number) as number,
    },
    isEqual: true,
    equality: 'strict',
  });
});

it('tries another statement in the place of the own one', async () => {
  const proof = await connect()['dataset.run']({ id: 'train_spider:0', sql: 'SELECT 5 AS n' });
  expect(proof).toMatchObject({
    sqlite: { answer: { rows: [['4']] } },
    postgres: { answer: { columns: ['n'], rows: [['5']] } },
    isEqual: false,
    note: expect.stringContaining('other values') as string,
  });
});

it('gives what an engine refuses as its answer', async () => {
  const client = connect();
  expect(await client['dataset.run']({ id: 'train_spider:0', sql: 'SELECT legs FROM animal' })).toMatchObject(
    {
      sqlite: { answer: { rowCount: 1 } },
      postgres: { error: 'column "legs" does not exist' },
      isEqual: false,
    },
  );
  expect(await client['dataset.run']({ id: 'train_spider:9' })).toMatchObject({
    sqlite: { error: 'no such column: legs' },
    postgres: { answer: { rowCount: 1 } },
    isEqual: false,
  });
});

it('stops at an answer of more rows than any question asks for, soon', async () => {
  const startedAt = performance.now();
  const proof = await connect()['dataset.run']({
    id: 'train_spider:0',
    sql: 'SELECT generate_series(1, 10000000)',
  });
  expect(proof).toMatchObject({
    sqlite: { answer: { rows: [['4']] } },
    postgres: { error: expect.stringMatching(/^More than 50,000 rows/) as string },
    isEqual: false,
  });
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  const whole = await connect()['dataset.run']({
    id: 'train_spider:0',
    sql: 'SELECT generate_series(1, 50000)',
  });
  expect(whole.postgres.answer).toMatchObject({ rowCount: 50_000 });
});

it.each([
  ['SQL_NOT_READ_ONLY', 'DELETE FROM animal'],
  ['SQL_NOT_READ_ONLY', "SELECT pg_read_file('/etc/hostname')"],
  ['SQL_SYNTAX', 'SELECT FROM WHERE'],
])('runs nothing that may not run: %s', async (code, sql) => {
  await expect(connect()['dataset.run']({ id: 'train_spider:0', sql })).rejects.toMatchObject({ code });
});

it.each([
  ['was never loaded', () => root],
  ['has no server', () => join(root, 'elsewhere')],
])('says how to load a database that %s', async (_what, folderOf) => {
  const datasetDir = folderOf();
  if (datasetDir !== root) await writeDataset(datasetDir);
  await expect(connect(datasetDir)['dataset.run']({ id: 'train_others:0' })).rejects.toMatchObject({
    code: 'DATASET_MISSING',
    message: 'The database empty_town is not loaded into PostgreSQL.',
    hint: expect.stringContaining('sqlcodegen -- data convert') as string,
  });
});

it('is cancelled, on the server too', async () => {
  const watcher = await openSpiderLoader(server);
  const countRunning = async () =>
    (
      await watcher.read(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'FETCH%' AND state = 'active' AND pid <> pg_backend_pid()",
      )
    ).rows.length;
  const tables = Array.from({ length: 18 }, (_, index) => `animal AS a${index}`).join(', ');
  const controller = new AbortController();
  const running = connect()['dataset.run'](
    { id: 'train_spider:0', sql: `SELECT count(*) FROM ${tables}` },
    { signal: controller.signal },
  );
  await expect.poll(countRunning, { timeout: 10_000 }).toBe(1);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect.poll(countRunning, { timeout: 5_000 }).toBe(0);
  await watcher.close();
});
