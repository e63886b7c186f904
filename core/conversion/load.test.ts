import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databaseSchemaSchema } from '../contract/schema.ts';
import { describeSchema, listSamples } from './describe.ts';
import { loadDatabase, type LoadedDatabase } from './load.ts';
import { choosePostgresType, observeColumn } from './types.ts';
import { fixtureDbId, makeFixtureSpider, startLoader } from './testing/fixture-database.ts';
import type { SqliteValue } from '../spider/index.ts';

const typeOf = (declared: string, ...values: SqliteValue[]) =>
  choosePostgresType(
    declared,
    observeColumn(
      values.map((value) => [value]),
      0,
    ),
  );

describe('types', () => {
  it.each<[string, string, SqliteValue[]]>([
    ['integer', 'INT', [1, 2, null]],
    ['bigint', 'INT', [1, 3_000_000_000]],
    ['bigint', 'BIGINT', []],
    ['double precision', 'INTEGER', [1, 1.5]],
    ['double precision', 'REAL', [1]],
    ['numeric', 'DECIMAL(10,2)', [1.25]],
    ['integer', 'DECIMAL(10,0)', [7]],
    ['integer', 'BOOLEAN', [0, 1]],
    ['text', 'BOOLEAN', ['T', 'F']],
    ['text', 'VARCHAR(20)', ['1', '2']],
    ['text', '', ['a']],
    ['integer', '', [4]],
    ['integer', 'INT', [1, 2, 3, '', 'nil']],
    ['text', 'INT', ['a', 'b', 3]],
    ['date', 'DATE', ['2020-02-29', null]],
    ['text', 'DATE', ['2021-02-29']],
    ['text', 'DATE', ['12/31/2020']],
    ['integer', 'DATE', [2020]],
    ['timestamp without time zone', 'DATETIME', ['2020-01-01 10:00:00']],
    ['text', 'DATETIME', ['2020-01-01 10:00:00', '2020-01-01']],
    ['date', 'DATE', []],
    ['timestamp without time zone', 'TIMESTAMP', []],
  ])('%s for %s %j', (type, declared, values) => {
    expect(typeOf(declared, ...values)).toBe(type);
  });
});

describe('loading', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let database: LoadedDatabase;

  beforeAll(async () => {
    spider = await makeFixtureSpider();
    postgres = await startLoader();
    database = await loadDatabase(postgres.loader, spider.spiderDir, fixtureDbId);
  });

  afterAll(async () => {
    await postgres.stop();
    await spider.remove();
  });

  it('puts the rows into PostgreSQL', async () => {
    const singers = await postgres.loader.read(
      'SELECT name, age, worth, hired FROM fixture_db.singer ORDER BY singer_id',
    );
    expect(singers.rows).toHaveLength(5);
    expect(singers.rows[0]).toEqual(['Joe Sharp', '52', '30.5', '2001-04-01 09:30:00']);
    expect(singers.rows[2]).toEqual(['Justin Brown', '29', null, null]);
  });

  it('replaces an earlier load', async () => {
    await loadDatabase(postgres.loader, spider.spiderDir, fixtureDbId);
    const { rows } = await postgres.loader.read('SELECT count(*) FROM fixture_db.stadium');
    expect(rows).toEqual([['4']]);
  });

  it('gives both sides of a key one type, and declares it', async () => {
    const concert = database.tables.find((table) => table.name === 'concert');
    expect(concert?.columns.find((column) => column.name === 'stadium_id')?.type).toBe('integer');
    expect(concert?.foreignKeys).toMatchObject([{ targetTable: 'stadium', declared: true }]);
    const { rows } = await postgres.loader.read(
      "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'fixture_db'::regnamespace",
    );
    expect(rows).toEqual([['4']]);
  });

  it('declares NOT NULL and unique keys where the rows allow', async () => {
    const venue = database.tables.find((table) => table.name === 'venue');
    expect(venue?.uniqueKeys).toEqual([['name']]);
    expect(venue?.columns.filter((column) => column.notNull).map((column) => column.name)).toEqual(['name']);
    const { rows } = await postgres.loader.read(
      `SELECT contype, pg_get_constraintdef(oid) FROM pg_constraint
       WHERE conrelid = 'fixture_db.venue'::regclass AND contype IN ('u', 'n') ORDER BY 1, 2`,
    );
    expect(rows).toEqual([
      ['n', 'NOT NULL name'],
      ['n', 'NOT NULL venue_id'],
      ['u', 'UNIQUE (name)'],
    ]);
  });

  it('records the declarations that its own strays would break', () => {
    const order = database.tables.find((table) => table.name === 'order');
    expect(order?.columns.find((column) => column.name === 'rainfall')?.notNull).toBe(false);
    expect(order?.refused).toEqual([
      { declaration: 'NOT NULL (rainfall)', reason: 'the column holds NULLs' },
    ]);
  });

  it('turns stray texts of a number column into NULL, and counts them', async () => {
    const { rows } = await postgres.loader.read('SELECT "user", rainfall FROM fixture_db."order" ORDER BY 1');
    expect(rows).toEqual([
      ['ann', '10'],
      ['bob', null],
      ['cid', '30'],
    ]);
    expect(database.tables.find((table) => table.name === 'order')?.cellsNulled).toBe(1);
  });

  it("describes itself in the contract's shape, with SQLite's keys", () => {
    const schema = databaseSchemaSchema.parse(describeSchema(database, '18'));
    expect(schema).toMatchObject({ database: fixtureDbId, searchPath: ['fixture_db'] });
    const table = schema.tables.find((each) => each.name === 'singer_in_concert');
    expect(table?.primaryKey).toEqual(['concert_id', 'singer_id']);
    expect(table?.foreignKeys).toHaveLength(2);
    expect(table?.columns.map((column) => column.nullable)).toEqual([false, false, true]);
  });

  it('keeps samples of text columns only', () => {
    const samples = listSamples(database).filter((each) => each.table === 'singer');
    expect(samples.map((each) => each.column)).toEqual(['name', 'country', 'song name', 'code']);
    expect(samples[1]?.values).toEqual(['Netherlands', 'United States', 'France']);
  });
});
