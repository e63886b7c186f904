import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parsedSchemaSchema, type ParsedSchema } from '../../contract/dataset.ts';
import { parseSchemas, schemaIndexSchema } from '../index.ts';
import { importRelease, type TestRelease } from '../testing/make-release.ts';

let folder: string;
let spiderDir: string;
let outDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-parse-'));
  spiderDir = join(folder, 'spider');
  outDir = join(folder, 'processed');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function parse(release: TestRelease) {
  await importRelease(join(folder, 'release'), spiderDir, release);
  return parseSchemas({ spiderDir, outDir });
}

/** One database, parsed, as its file says. */
async function parseSql(sql: string): Promise<ParsedSchema> {
  await parse({ databases: { shop: sql }, dev: [['shop', 'SELECT 1']] });
  return parsedSchemaSchema.parse(JSON.parse(await readFile(join(outDir, 'schemas', 'shop.json'), 'utf8')));
}

describe('what a reader of the DDL would lose', () => {
  it('keeps columns whose names begin like constraints', async () => {
    const { tables } = await parseSql(
      'CREATE TABLE t (check_in DATE, unique_code INT UNIQUE, primary_key TEXT, "foreign" INT, constraint_ INT)',
    );
    expect(tables[0]?.columns.map(({ name }) => name)).toEqual([
      'check_in',
      'unique_code',
      'primary_key',
      'foreign',
      'constraint_',
    ]);
    expect(tables[0]?.uniqueKeys).toEqual([['unique_code']]);
  });

  it('gives every foreign key its owner: inline, at the end of the table, composite, without columns, to itself', async () => {
    const { tables } = await parseSql(`
      CREATE TABLE Maker (A INT, B INT, PRIMARY KEY (A, B));
      CREATE TABLE "order item" (id INTEGER PRIMARY KEY, maker_a INT REFERENCES maker (a), x INT, y INT,
        parent INT REFERENCES "ORDER ITEM", lost INT REFERENCES nowhere,
        FOREIGN KEY (x, y) REFERENCES MAKER);`);
    expect(tables.map(({ name, primaryKey }) => [name, primaryKey])).toEqual([
      ['Maker', ['A', 'B']],
      ['order item', ['id']],
    ]);
    expect(tables[0]?.uniqueKeys).toEqual([]);
    const owner = { table: 'order item' };
    expect(tables[1]?.foreignKeys).toEqual([
      { ...owner, columns: ['maker_a'], targetTable: 'Maker', targetColumns: ['A'] },
      { ...owner, columns: ['parent'], targetTable: 'order item', targetColumns: ['id'] },
      { ...owner, columns: ['lost'], targetTable: 'nowhere', targetColumns: [] },
      { ...owner, columns: ['x', 'y'], targetTable: 'Maker', targetColumns: ['A', 'B'] },
    ]);
  });

  it('keeps generated columns and tables without rowid, and leaves out views and the like', async () => {
    const { tables } = await parseSql(`
      CREATE TABLE "Größe (cm)" ("名前" TEXT PRIMARY KEY, n INT, twice INT AS (n * 2), half REAL AS (n / 2.0) STORED)
        WITHOUT ROWID;
      CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT);
      CREATE VIEW v AS SELECT 1 AS a;
      CREATE VIRTUAL TABLE f USING fts5(body);
      INSERT INTO "Größe (cm)" ("名前", n) VALUES ('b', 1), ('a', 3);
      INSERT INTO counted DEFAULT VALUES;`);
    expect(tables.map(({ name, rowCount }) => [name, rowCount])).toEqual([
      ['Größe (cm)', 2],
      ['counted', 1],
    ]);
    expect(
      tables[0]?.columns.map(({ name, declaredType, samples }) => [name, declaredType, samples]),
    ).toEqual([
      ['名前', 'TEXT', ['a', 'b']],
      ['n', 'INT', ['3', '1']],
      ['twice', 'INT', ['6', '2']],
      ['half', 'REAL', ['1.5', '0.5']],
    ]);
  });
});

describe('what the rows show', () => {
  it('counts the storage classes really found, whatever was declared', async () => {
    const { tables } = await parseSql(`CREATE TABLE t (n INT NOT NULL, untyped);
      INSERT INTO t VALUES (1, 1.5), ('inf', NULL), (9007199254740993, x'00ff'), ('', 'x')`);
    expect(tables[0]?.columns).toEqual([
      {
        name: 'n',
        declaredType: 'INT',
        notNull: true,
        observedTypes: { integer: 2, text: 2 },
        samples: ['1', 'inf', '9007199254740993'],
      },
      {
        name: 'untyped',
        declaredType: '',
        notNull: false,
        observedTypes: { null: 1, real: 1, text: 1, blob: 1 },
        samples: ['1.5', 'x'],
      },
    ]);
  });

  it('takes five distinct short values in the order stored, though an index has another', async () => {
    const { tables } = await parseSql(`CREATE TABLE t (v TEXT UNIQUE);
      INSERT INTO t VALUES ('z'), ('y'), ('${'long'.repeat(20)}'), ('x'), (CAST(x'436166e9' AS TEXT)), ('w'), ('a')`);
    expect(tables[0]?.columns[0]?.samples).toEqual(['z', 'y', 'x', 'Café', 'w']);
  });

  it('reads a database whose own encoding is UTF-16', async () => {
    const { tables } = await parseSql(
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('Zoë 東京')",
    );
    expect(tables[0]?.columns[0]?.samples).toEqual(['Zoë 東京']);
  });
});

describe('the index', () => {
  const release: TestRelease = {
    databases: {
      shop: `CREATE TABLE maker (a INT, b INT, PRIMARY KEY (a, b));
        CREATE TABLE item (id INTEGER PRIMARY KEY, a INT, b INT, FOREIGN KEY (a, b) REFERENCES maker);
        INSERT INTO maker VALUES (1, 2)`,
      alone: 'CREATE TABLE t (a INT)',
    },
    dev: [
      ['shop', 'SELECT 1'],
      ['shop', 'SELECT 2'],
      ['alone', 'SELECT 1'],
    ],
    published: [
      {
        db_id: 'shop',
        table_names_original: ['Maker', 'item', 'gone'],
        column_names_original: [
          [-1, '*'],
          [0, 'A'],
          [0, 'b'],
          [1, 'id'],
          [1, 'a'],
          [1, 'b'],
        ],
        primary_keys: [1, [3]],
        foreign_keys: [
          [4, 1],
          [3, 2],
        ],
      },
    ],
  };

  it('holds counts, hashes of the files, and where tables.json says otherwise', async () => {
    const index = await parse(release);
    expect(
      schemaIndexSchema.parse(JSON.parse(await readFile(join(outDir, 'schema_index.json'), 'utf8'))),
    ).toEqual(index);
    expect(index.totals).toEqual({
      databases: 2,
      tables: 3,
      columns: 6,
      rows: 1,
      emptyTables: 2,
      primaryKeys: 2,
      compositePrimaryKeys: 1,
      foreignKeys: 1,
      compositeForeignKeys: 1,
      examples: { train_spider: 0, train_others: 0, dev: 3 },
    });
    const text = await readFile(join(outDir, 'schemas', 'shop.json'));
    expect(index.databases[1]).toMatchObject({
      dbId: 'shop',
      sha256: createHash('sha256').update(text).digest('hex'),
      examples: { dev: 2 },
    });
    expect(index.differences.unpublished).toEqual(['alone']);
    expect(index.differences.databases).toEqual([
      {
        dbId: 'shop',
        tables: { onlyInTablesJson: ['gone'], onlyInSqlite: [] },
        columns: { onlyInTablesJson: [], onlyInSqlite: [] },
        primaryKeys: { onlyInTablesJson: [], onlyInSqlite: ['maker.b'] },
        foreignKeys: { onlyInTablesJson: ['item.id > Maker.b'], onlyInSqlite: ['item.b > maker.b'] },
      },
    ]);
    expect(index.differences.totals).toMatchObject({ databases: 1, tablesWithOtherPrimaryKey: 1 });
  });

  it('writes the same bytes again, and nothing beside', async () => {
    const read = async () => {
      const names = (await readdir(outDir, { recursive: true })).sort();
      const files = names.filter((name) => name.endsWith('.json'));
      return [names, await Promise.all(files.map((name) => readFile(join(outDir, name), 'utf8')))];
    };
    await parse(release);
    const first = await read();
    await parseSchemas({ spiderDir, outDir });
    expect(await read()).toEqual(first);
    expect(first[0]).toEqual(['schema_index.json', 'schemas', 'schemas/alone.json', 'schemas/shop.json']);
  });

  it('leaves what was there when it is cancelled', async () => {
    await parse(release);
    await rm(join(spiderDir, 'dev.json'));
    await expect(parseSchemas({ spiderDir, outDir })).rejects.toMatchObject({
      code: 'DATASET_MISSING',
      message: expect.stringMatching(/dev\.json is missing/) as string,
    });
    const cancelled = parseSchemas({ spiderDir, outDir, signal: AbortSignal.abort() });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readdir(outDir)).sort()).toEqual(['schema_index.json', 'schemas']);
  });
});
