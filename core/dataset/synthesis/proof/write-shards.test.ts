import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStatementBatch, type StatementBatch } from '../../../postgres/statement-batch.ts';
import { startTestServer, type TestServer } from '../../../postgres/testing/start-test-server.ts';
import { readShard, writeSynthetic, type WriteOptions } from './write-shards.ts';

let server: TestServer;
let batch: StatementBatch;
const folders: string[] = [];

beforeAll(async () => {
  server = await startTestServer();
  batch = await openStatementBatch(server.target());
});

afterAll(async () => {
  await batch.close();
  await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'synthetic-'));
  folders.push(folder);
  return folder;
}

const optionsFor = (folder: string, more: Partial<WriteOptions> = {}): WriteOptions => ({
  folder,
  count: 2_000,
  seed: 5,
  sources: {},
  run: (setup, statements) => batch.run(setup, statements),
  isForbidden: (question) => question.startsWith('Count '),
  ...more,
});

test(
  'two thousand pairs, each of which has run, with few that return nothing',
  { timeout: 60_000 },
  async () => {
    const folder = newFolder();
    const report = await writeSynthetic(optionsFor(folder));
    expect(report.pairs).toBeGreaterThanOrEqual(2_000);
    expect(report.executed).toBe(report.pairs + report.emptyDropped);
    expect(report.failed / report.executed).toBeLessThan(0.01);
    expect(report.emptyShare).toBeLessThanOrEqual(0.1);
    expect(report.forbidden).toBeGreaterThan(0);
    const lines = Array.from({ length: report.shards }, (_, shard) => readShard(folder, shard)).flat();
    expect(lines).toHaveLength(report.pairs);
    expect(lines.filter((line) => line.question.startsWith('Count '))).toEqual([]);
    expect(new Set(lines.map((line) => line.schema)).size).toBe(report.schemas);
  },
);

test(
  'a run that was cut short goes on behind its whole shards and ends as one that was not',
  { timeout: 60_000 },
  async () => {
    const [whole, cut] = [newFolder(), newFolder()];
    await writeSynthetic(optionsFor(whole, { count: 500, schemasPerShard: 4 }));
    const stop = new AbortController();
    const halted = writeSynthetic(
      optionsFor(cut, { count: 500, schemasPerShard: 4, signal: stop.signal, report: () => stop.abort() }),
    );
    await expect(halted).rejects.toThrow('abort');
    await writeSynthetic(optionsFor(cut, { count: 500, schemasPerShard: 4 }));
    const read = (folder: string, file: string) => readFileSync(path.join(folder, file));
    for (const file of ['pairs-00000.jsonl.gz', 'pairs-00001.jsonl.gz', 'counts-00001.json'])
      expect(read(cut, file).equals(read(whole, file))).toBe(true);
  },
);

test('a folder of another seed is not continued', async () => {
  const folder = newFolder();
  await writeSynthetic(optionsFor(folder, { count: 1, schemasPerShard: 1 }));
  await expect(writeSynthetic(optionsFor(folder, { count: 1, schemasPerShard: 1, seed: 6 }))).rejects.toThrow(
    'another seed',
  );
});

test('a statement that fails is told from those that run', async () => {
  const outcomes = await batch.run('CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (2)', [
    'SELECT a FROM t',
    'SELECT b FROM t',
    'SELECT a FROM t WHERE a > 1',
  ]);
  expect(outcomes).toEqual([{ rows: 2 }, { error: 'column "b" does not exist' }, { rows: 1 }]);
  expect(await batch.run('SELECT 1', ['SELECT a FROM t'])).toEqual([
    { error: 'relation "t" does not exist' },
  ]);
});
