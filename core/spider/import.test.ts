import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zipSync, type Zippable } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  importSpider,
  openGoldRunner,
  openSqlite,
  readExamples,
  readManifest,
  readSqliteRows,
  readSqliteSchema,
} from './index.ts';

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-spider-import-'));
  target = join(folder, 'raw', 'spider');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const example = { db_id: 'shop', question: 'How many? ', query: 'SELECT count(*) FROM item' };
const encode = (text: string) => new TextEncoder().encode(text);

/** A real SQLite file; one name is Latin-1 in a UTF-8 database, as some of Spider's are. */
async function makeSqlite(): Promise<Uint8Array> {
  const file = join(folder, 'shop.sqlite');
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec(`CREATE TABLE maker (a INT, b INT, name TEXT UNIQUE, PRIMARY KEY (a, b));
    CREATE TABLE item (id INTEGER PRIMARY KEY, "check in" TEXT NOT NULL, unique_code INT REFERENCES maker (a),
      x INT, y INT, FOREIGN KEY (x, y) REFERENCES maker);
    INSERT INTO item (id, "check in") VALUES (1, 'plain'), (2, CAST(x'436166e9' AS TEXT)), (3, 'Zoë');
    INSERT INTO maker VALUES (9007199254740993, 1, NULL);`);
  database.close();
  return readFile(file);
}

async function makeFiles(): Promise<Zippable> {
  const examples = encode(JSON.stringify([example]));
  return {
    'spider/train_spider.json': examples,
    'spider/train_others.json': examples,
    'spider/dev.json': examples,
    'spider/tables.json': encode('[]'),
    'spider/database/shop/shop.sqlite': await makeSqlite(),
    'spider/database/shop/schema.sql': encode('CREATE TABLE item (id);'),
    '__MACOSX/spider/._dev.json': encode('junk'),
    'spider/.DS_Store': encode('junk'),
  };
}

async function makeZip(files: Zippable): Promise<string> {
  const path = join(folder, 'spider.zip');
  await writeFile(path, zipSync(files));
  return path;
}

/** The import fails as said, and leaves neither a result nor a half of one. */
async function expectFailure(source: string, code: string, message: RegExp): Promise<void> {
  await expect(importSpider(source, target)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
    hint: expect.stringMatching(/\S/) as string,
  });
  expect(existsSync(target)).toBe(false);
  expect(existsSync(`${target}.importing`)).toBe(false);
}

describe('importing a zip', () => {
  it('unpacks the layout, and nothing but the layout', async () => {
    const manifest = await importSpider(await makeZip(await makeFiles()), target);
    expect(manifest).toMatchObject({ databases: 1, examples: { train_spider: 1, train_others: 1, dev: 1 } });
    expect(manifest.files.map((file) => file.path)).toEqual([
      'database/shop/schema.sql',
      'database/shop/shop.sqlite',
      'dev.json',
      'tables.json',
      'train_others.json',
      'train_spider.json',
    ]);
    expect(manifest.files.every((file) => /^[0-9a-f]{64}$/.test(file.sha256))).toBe(true);
    expect(await readManifest(target)).toEqual(manifest);
    expect(await readExamples(target, 'dev')).toEqual([
      { split: 'dev', index: 0, dbId: 'shop', question: 'How many?', sql: 'SELECT count(*) FROM item' },
    ]);
  });

  it('takes a zip whose files lie at its top, and keeps it where the user put it', async () => {
    const files = Object.entries(await makeFiles()).map(([path, data]) => [
      path.replace('spider/', ''),
      data,
    ]);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'spider.zip'), zipSync(Object.fromEntries(files) as Zippable));
    await importSpider(join(target, 'spider.zip'), target);
    expect(existsSync(join(target, 'dev.json'))).toBe(true);
    expect(existsSync(join(target, 'spider.zip'))).toBe(true);
  });

  it('refuses a file that is no zip', async () => {
    const path = join(folder, 'spider.zip');
    await writeFile(path, 'not a zip');
    await expectFailure(path, 'DATASET_CORRUPT', /spider\.zip is not a readable zip file/);
  });

  it('refuses a zip that was cut short', async () => {
    const path = await makeZip(await makeFiles());
    await truncate(path, 2000);
    await expectFailure(path, 'DATASET_CORRUPT', /spider\.zip is not a readable zip file/);
  });

  it('refuses a zip with a damaged file', async () => {
    const path = await makeZip(await makeFiles());
    const bytes = await readFile(path);
    // Inside the first file's data, behind its local header.
    bytes.fill(0xff, 60, 90);
    await writeFile(path, bytes);
    await expectFailure(path, 'DATASET_CORRUPT', /spider\.zip/);
  });

  it.each(['../evil.json', 'spider/../../evil.json', '/etc/evil.json', 'C:/evil.json', '..\\evil.json'])(
    'refuses the path %s',
    async (path) => {
      const zip = await makeZip({ ...(await makeFiles()), [path]: encode('[]') });
      await expectFailure(zip, 'DATASET_CORRUPT', /path that leaves its folder/);
      expect(existsSync(join(folder, 'evil.json'))).toBe(false);
    },
  );

  it('refuses a zip bomb', async () => {
    const zip = await makeZip({
      ...(await makeFiles()),
      'spider/README.txt': new Uint8Array(32 * 1024 ** 2),
    });
    await expectFailure(zip, 'DATASET_CORRUPT', /packed \d+ : 1/);
  });

  it('says where there is no file', async () => {
    await expectFailure(join(folder, 'absent.zip'), 'DATASET_MISSING', /absent\.zip/);
  });
});

describe('what a release must hold', () => {
  it.each([
    [
      'a truncated JSON',
      { 'spider/dev.json': encode('[{"db_id": "shop", "ques') },
      'DATASET_CORRUPT',
      /dev\.json is not valid JSON/,
    ],
    [
      'another JSON',
      { 'spider/dev.json': encode('[{"db_id": 1}]') },
      'DATASET_CORRUPT',
      /dev\.json is not a list of examples/,
    ],
    [
      'no database',
      { 'spider/database/shop/shop.sqlite': undefined },
      'DATASET_MISSING',
      /database shop is missing/,
    ],
    [
      'a broken database',
      { 'spider/database/shop/shop.sqlite': encode('x'.repeat(4096)) },
      'DATASET_CORRUPT',
      /shop\.sqlite cannot be read/,
    ],
    [
      'no split',
      { 'spider/train_others.json': undefined },
      'DATASET_MISSING',
      /train_others\.json is missing/,
    ],
  ])('refuses %s', async (_what, change, code, message) => {
    const files: Record<string, unknown> = { ...(await makeFiles()), ...change };
    for (const [path, data] of Object.entries(change)) if (data === undefined) delete files[path];
    await expectFailure(await makeZip(files as Zippable), code, message);
  });

  it('leaves the earlier import in place when a later one fails or is cancelled', async () => {
    await importSpider(await makeZip(await makeFiles()), target);
    const before = await readManifest(target);
    await writeFile(join(folder, 'bad.zip'), 'no zip');
    await expect(importSpider(join(folder, 'bad.zip'), target)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
    });
    const cancelled = importSpider(join(folder, 'spider.zip'), target, { signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readManifest(target)).toEqual(before);
    expect(existsSync(`${target}.importing`)).toBe(false);
  });
});

describe('a folder, and what it holds', () => {
  beforeEach(async () => {
    const release = join(folder, 'release');
    for (const [path, data] of Object.entries(await makeFiles())) {
      await mkdir(join(release, path, '..'), { recursive: true });
      await writeFile(join(release, path), data as Uint8Array);
    }
    await importSpider(release, target);
  });

  it("asks SQLite for keys that a reader of the DDL's text would lose", () => {
    const database = openSqlite(target, 'shop');
    const [maker, item] = readSqliteSchema(database);
    database.close();
    expect(maker).toMatchObject({
      primaryKey: ['a', 'b'],
      uniqueKeys: expect.arrayContaining([['name']]) as string[][],
    });
    expect(item?.columns[1]).toEqual({ name: 'check in', declaredType: 'TEXT', notNull: true });
    expect(item?.foreignKeys).toEqual([
      { columns: ['unique_code'], targetTable: 'maker', targetColumns: ['a'] },
      { columns: ['x', 'y'], targetTable: 'maker', targetColumns: [] },
    ]);
  });

  it('reads text that is not UTF-8 as Latin-1, and integers beyond 2^53 whole', () => {
    const database = openSqlite(target, 'shop');
    expect(readSqliteRows(database, 'item', ['check in'])).toEqual([['plain'], ['Café'], ['Zoë']]);
    expect(readSqliteRows(database, 'maker', ['a'])).toEqual([[9007199254740993n]]);
    database.close();
  });

  it('runs gold queries that write text in double quotes, and cannot write', () => {
    const gold = openGoldRunner(target, 'shop');
    expect(gold.run('SELECT id FROM item WHERE "check in" = "plain"')).toEqual([[1]]);
    expect(() => gold.run('CREATE TABLE other (a INT)')).toThrow(/readonly/);
    gold.close();
  });
});
