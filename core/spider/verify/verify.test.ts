import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyReportSchema, verifySpider } from '../index.ts';
import { sqliteFileOf } from '../layout.ts';
import { importRelease, type TestRelease } from '../testing/make-release.ts';

let folder: string;
let spiderDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-verify-'));
  spiderDir = join(folder, 'spider');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const shop = `CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT);
  CREATE TABLE item (id INTEGER PRIMARY KEY, maker INT REFERENCES maker, label TEXT);
  CREATE TABLE later (a INT);
  INSERT INTO maker VALUES (1, 'A'), (2, CAST(x'436166e9' AS TEXT)), (3, 'Zoë');
  INSERT INTO item VALUES (1, 1, 'x'), (2, 7, 'y'), (3, 8, NULL);`;

/** tables.json with no more than the tables. */
function publish(dbId: string, tables: string[]) {
  return {
    db_id: dbId,
    table_names_original: tables,
    column_names_original: [[-1, '*']],
    primary_keys: [],
    foreign_keys: [],
  };
}

const release: TestRelease = {
  databases: { shop, bare: 'CREATE TABLE t (a INT)' },
  dev: [
    ['shop', 'SELECT count(*) FROM item WHERE label = "x"'],
    ['shop', 'SELECT lost FROM item'],
    ['bare', 'SELECT * FROM t'],
    ['shop', 'SELECT lost FROM item'],
  ],
  published: [publish('shop', ['Maker', 'item', 'gone']), publish('bare', ['t'])],
};

async function verify(options = {}) {
  const report = await verifySpider({ spiderDir, ...options });
  expect(verifyReportSchema.parse(report)).toEqual(report);
  return report;
}

describe('a sound import', () => {
  beforeEach(() => importRelease(join(folder, 'release'), spiderDir, release));

  it('is described: counts, empty tables, keys, encodings, queries that fail', async () => {
    const report = await verify();
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ files: 6, source: { name: 'release' } });
    expect(report.databases).toEqual({
      count: 2,
      tables: 4,
      rows: 6,
      empty: ['bare'],
      partlyEmpty: [{ dbId: 'shop', tables: ['later'] }],
      missingTables: [{ dbId: 'shop', tables: ['gone'] }],
      brokenForeignKeys: [
        { dbId: 'shop', key: 'item(maker) > maker', rows: 2, reason: 'rows without a partner' },
      ],
      otherEncodings: [{ dbId: 'shop', column: 'maker.name', values: 1 }],
    });
    expect(report.gold.dev).toEqual({
      examples: 4,
      run: 2,
      failed: 2,
      failures: [1, 3].map((index) => ({ index, dbId: 'shop', error: 'no such column: lost' })),
    });
    expect(report.differences).toContain('dev has 4 examples; the official release has 1034.');
    expect(report.differences).toContain('bare has no rows; in the official release it does.');
  });

  it('writes a summary without dates and places, the same each time', async () => {
    await verify();
    const file = join(spiderDir, 'download_summary.txt');
    const text = await readFile(file, 'utf8');
    await verify();
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(text).not.toContain(folder);
    expect(text).not.toMatch(/\d{4}-\d\d-\d\d/);
    expect(text).toMatch(/dev: 4 examples, 2 run, 2 fail\n {2}1 \(shop\): no such column: lost/);
    expect(text).toContain('CC BY-SA 4.0');
    expect(text).toContain('arXiv:1809.08887');
  });

  it('finds what has changed on disk since, and says how to mend it', async () => {
    await writeFile(join(spiderDir, 'dev.json'), '[{"db_id": "shop", "que');
    await rm(join(spiderDir, 'tables.json'));
    await writeFile(sqliteFileOf(spiderDir, 'bare'), 'x'.repeat(4096));
    await rm(sqliteFileOf(spiderDir, 'shop'));
    const { problems, gold } = await verify();
    const found = problems.map(({ file, what }) => `${file}: ${what}`);
    expect(found).toEqual([
      expect.stringMatching(/^database\/bare\/bare\.sqlite: It is 4096 bytes long instead of 8192\./),
      expect.stringMatching(/^database\/shop\/shop\.sqlite: There is nothing at/),
      expect.stringMatching(/^dev\.json: It is 23 bytes long instead of/),
      expect.stringMatching(/^tables\.json: There is nothing at/),
      expect.stringMatching(/^dev\.json: dev\.json is not valid JSON, perhaps cut short/),
      expect.stringMatching(/^tables\.json: Spider's file tables\.json is missing/),
      expect.stringMatching(/^database\/bare\/bare\.sqlite: .*cannot be read as a SQLite database/),
      expect.stringMatching(/^database\/shop\/shop\.sqlite: The database shop is missing/),
    ]);
    expect(problems.every(({ cure }) => cure.includes('data import FILE'))).toBe(true);
    expect(JSON.stringify(problems)).not.toContain(folder);
    expect(gold.dev.examples).toBe(0);
  });

  it('finds damage inside a database that still opens', async () => {
    const file = sqliteFileOf(spiderDir, 'shop');
    const bytes = await readFile(file);
    // The header of the second page: the root of the first table.
    bytes.fill(0xff, 4096, 4104);
    await writeFile(file, bytes);
    const { problems, gold } = await verify();
    expect(problems.map(({ file: name }) => name)).toEqual(
      Array(problems.length).fill('database/shop/shop.sqlite'),
    );
    expect(problems[0]?.what).toMatch(/has changed since the import/);
    expect(problems.length).toBeGreaterThan(1);
    expect(gold.dev.failed).toBeGreaterThan(1);
  });

  it('says which database another program holds locked', async () => {
    const other = new Sqlite(sqliteFileOf(spiderDir, 'shop'));
    other.exec('BEGIN EXCLUSIVE');
    const { problems, gold } = await verify();
    other.close();
    expect(problems).toEqual([
      {
        file: 'database/shop/shop.sqlite',
        what: 'database/shop/shop.sqlite is locked by another program.',
        cure: expect.stringMatching(/Close the program/) as string,
      },
    ]);
    expect(gold.dev).toMatchObject({ examples: 4, run: 1, failed: 3 });
    expect(gold.dev.failures[0]?.error).toMatch(/not run/);
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    const cancelled = verifySpider({
      spiderDir,
      signal: controller.signal,
      report: (message) => {
        if (message.startsWith('checked')) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('goes on after a query that takes too long, and never holds up the thread that asked', async () => {
  const endless = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 15000000) SELECT max(i) FROM n`;
  await importRelease(join(folder, 'release'), spiderDir, {
    ...release,
    dev: [
      ['shop', 'SELECT 1'],
      ['shop', endless],
      ['shop', 'SELECT 2'],
    ],
  });
  const delays: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    delays.push(performance.now() - last);
    last = performance.now();
  }, 10);
  const { gold } = await verify({ queryTimeoutMs: 1_000 });
  clearInterval(timer);
  expect(gold.dev).toMatchObject({
    run: 2,
    failures: [{ index: 1, dbId: 'shop', error: 'runs longer than 1 s' }],
  });
  // The query itself blocks its thread for seconds.
  expect(Math.max(...delays)).toBeLessThan(500);
});

it('says so where examples name a database that tables.json does not know', async () => {
  await importRelease(join(folder, 'release'), spiderDir, { ...release, published: [publish('shop', [])] });
  expect((await verify()).problems).toEqual([
    expect.objectContaining({ file: 'tables.json', what: 'It does not describe bare, which examples name.' }),
  ]);
});

it('asks for an import where there is none', async () => {
  await expect(verifySpider({ spiderDir })).rejects.toMatchObject({
    code: 'DATASET_MISSING',
    hint: expect.stringMatching(/data import/) as string,
  });
});
