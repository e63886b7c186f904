import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseSchemaSchema } from '../contract/schema.ts';
import { startTestServer, type TestServer } from '../postgres/testing/start-test-server.ts';
import { importSpider } from '../spider/index.ts';
import { convertSpider } from './convert.ts';
import { readEvidence, readPairs } from './read-pairs.ts';
import { openSpiderLoader } from './spider-database.ts';
import type { ConversionReport } from './report.ts';

const spiderZip = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'datasets', 'spider.zip');
const missing = existsSync(spiderZip) ? '' : ' (skipped: ../shared/datasets/spider.zip is not there)';

/** Every file below a folder with its bytes. */
async function readTree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const pairs = files.sort().map(async (file) => [file.slice(folder.length), await readFile(file, 'latin1')]);
  return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
}

describe.skipIf(missing !== '')(`four of Spider's databases, one of them empty${missing}`, () => {
  const dbIds = ['concert_singer', 'pets_1', 'restaurants', 'movie_1'];
  let folder: string;
  let server: TestServer;
  let outDir: string;
  let report: ConversionReport;
  const convert = (options: {
    outDir?: string;
    cache?: string;
    signal?: AbortSignal;
    report?: (message: string) => void;
  }) =>
    convertSpider({
      spiderDir: join(folder, 'spider'),
      outDir,
      cacheDir: join(folder, options.cache ?? 'cache'),
      server: { adminTargetOf: server.target },
      serverVersion: '18',
      workers: 2,
      dbIds,
      ...options,
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-convert-'));
    outDir = join(folder, 'processed');
    await mkdir(outDir);
    await writeFile(join(outDir, 'notes.txt'), 'of the user');
    await importSpider(spiderZip, join(folder, 'spider'));
    server = await startTestServer();
    report = await convert({});
  });

  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('writes a line for every pair, in Spider’s order', async () => {
    const pairs = await readPairs(outDir);
    expect(pairs).toHaveLength(45 + 42 + 125 + 98);
    expect(new Set(pairs.map((pair) => pair.dbId))).toEqual(new Set(dbIds));
    const dev = pairs.filter((pair) => pair.split === 'dev').map((pair) => pair.index);
    expect(dev).toEqual(dev.toSorted((a, b) => a - b));
    expect(
      pairs.find((pair) => pair.question === 'What is the average weight for each type of pet?'),
    ).toMatchObject({
      sql: 'SELECT avg(weight), pettype FROM pets GROUP BY pettype',
      outcome: 'verified',
      equality: 'strict',
      rows: 2,
      informative: { shipped: true },
    });
  });

  it('holds no pair back: what is not verified is listed with its reason', async () => {
    const pairs = await readPairs(outDir);
    const rest = pairs.filter((pair) => !pair.outcome.startsWith('verified'));
    expect(report.notVerified.map((pair) => pair.id)).toEqual(rest.map((pair) => pair.id));
    expect(rest.length).toBeGreaterThan(0);
    for (const pair of rest) {
      expect(pair).toMatchObject({
        dbId: 'movie_1',
        outcome: 'nondeterministic',
        reasonClass: 'arbitrary-row',
      });
      expect(pair.reason).toMatch(/^SQLite itself answers otherwise when /);
    }
  });

  it('proves on generated rows where the shipped tables are empty', async () => {
    const restaurants = (await readPairs(outDir)).filter((pair) => pair.dbId === 'restaurants');
    expect(restaurants.every((pair) => !pair.informative.shipped)).toBe(true);
    const proven = restaurants.filter((pair) => pair.outcome === 'verified-on-generated-rows');
    expect(proven.length).toBeGreaterThan(restaurants.length / 10);
    const [first] = proven;
    const evidence = (await readEvidence(outDir, 'restaurants')).find(
      (each) => each.sqliteSql === first?.sqliteSql,
    );
    const answer = evidence?.answers.find((each) => each.on !== 'shipped' && each.postgres?.rowCount);
    expect(answer?.postgres?.rowCount).toBeGreaterThan(0);
    expect(answer?.postgres?.rowCount).toBe(answer?.sqlite?.rowCount);
    expect(evidence?.generated.length).toBe(first?.generated?.sets);
  });

  it("describes each database in the contract's shape, with samples", async () => {
    for (const dbId of dbIds.filter((each) => each !== 'restaurants')) {
      const schema = JSON.parse(
        await readFile(join(outDir, 'postgres_schemas', `${dbId}.json`), 'utf8'),
      ) as unknown;
      expect(databaseSchemaSchema.parse(schema)).toMatchObject({ database: dbId });
      const samples = JSON.parse(
        await readFile(join(outDir, 'samples', `${dbId}.json`), 'utf8'),
      ) as unknown[];
      expect(samples.length).toBeGreaterThan(0);
    }
  });

  it('leaves what was there when it is cancelled before it begins', async () => {
    const before = await readTree(outDir);
    await expect(convert({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readTree(outDir)).toEqual(before);
    expect(before['/notes.txt']).toBe('of the user');
    expect(existsSync(`${outDir}.converting`)).toBe(false);
  });

  it('goes on where it was cancelled, and ends with the same bytes', async () => {
    const controller = new AbortController();
    const other = join(folder, 'resumed');
    const cut = convert({
      outDir: other,
      cache: 'cache-2',
      signal: controller.signal,
      report: () => controller.abort(),
    });
    await expect(cut).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(other)).toBe(false);
    const messages: string[] = [];
    await convert({ outDir: other, cache: 'cache-2', report: (message) => void messages.push(message) });
    expect(messages.filter((message) => message.includes('(kept)')).length).toBeGreaterThanOrEqual(1);
    expect(messages.filter((message) => !message.includes('(kept)')).length).toBeGreaterThanOrEqual(1);
    const expected = await readTree(outDir);
    delete expected['/notes.txt'];
    expect(await readTree(other)).toEqual(expected);
  });

  it('converts again what was damaged in its cache, and publishes the same bytes', async () => {
    const units = join(folder, 'cache', 'conversion');
    await truncate(join(units, 'pets_1.json'), 1000);
    await appendFile(join(units, 'concert_singer.answers.jsonl'), 'garbage\n');
    const other = join(folder, 'mended');
    const messages: string[] = [];
    await convert({ outDir: other, report: (message) => void messages.push(message) });
    const again = messages
      .filter((message) => !message.includes('(kept)'))
      .map((text) => text.split(/[ :]/)[1]);
    expect(again.toSorted()).toEqual(['concert_singer', 'pets_1']);
    const expected = await readTree(outDir);
    delete expected['/notes.txt'];
    expect(await readTree(other)).toEqual(expected);
  });

  it('refuses to run beside another conversion', async () => {
    const loader = await openSpiderLoader({ adminTargetOf: server.target });
    await loader.run('SELECT pg_advisory_lock(7265011)');
    await expect(convert({})).rejects.toMatchObject({ code: 'CONFLICT' });
    await loader.close();
  });

  it('names the database that cannot be read', async () => {
    const file = join(folder, 'spider', 'database', 'pets_1', 'pets_1.sqlite');
    const bytes = await readFile(file);
    await writeFile(file, 'not a database');
    const failing = convert({ outDir: join(folder, 'broken') });
    await expect(failing).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringContaining('pets_1') as string,
    });
    await writeFile(file, bytes);
    expect(existsSync(join(folder, 'broken'))).toBe(false);
  });
});
