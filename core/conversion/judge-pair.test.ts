import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGoldRunner, openSqlite, readSqliteSchema, type GoldRunner } from '../spider/index.ts';
import { answerOnSqlite } from './answers.ts';
import { openFilledDatabase, type FilledDatabase } from './filling/index.ts';
import { judgePair } from './judge-pair.ts';
import { ensureLoaded } from './load-once.ts';
import { expectAnswerInTime, orderReason, proveQuery, tieReason } from './prove.ts';
import { proveOnGeneratedRows } from './prove-generated.ts';
import { openSpiderLoader } from './spider-database.ts';
import { fixtureDbId, makeFixtureSpider, startLoader } from './testing/fixture-database.ts';
import type { GeneratedRows } from '../contract/dataset.ts';
import type { RowLoader } from '../postgres/load-rows.ts';

/** A set of singers: id, name and age each. */
function singers(kind: string, ...rows: [number, string, number | null][]): GeneratedRows {
  return { kind, tables: [{ table: 'singer', columns: ['singer_id', 'name', 'age'], rows }] };
}

describe('how a pair ends', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let loader: RowLoader;
  let gold: GoldRunner;
  let filled: FilledDatabase;

  beforeAll(async () => {
    spider = await makeFixtureSpider();
    postgres = await startLoader();
    loader = postgres.loader;
    const database = await ensureLoaded(loader, spider.spiderDir, fixtureDbId);
    const sqlite = openSqlite(spider.spiderDir, fixtureDbId);
    filled = await openFilledDatabase(loader, database, readSqliteSchema(sqlite));
    sqlite.close();
    await loader.run('SET search_path TO fixture_db');
    gold = openGoldRunner(spider.spiderDir, fixtureDbId);
  });

  afterAll(async () => {
    gold.close();
    await filled.close();
    await postgres.stop();
    await spider.remove();
  });

  async function judge(sqliteSql: string, sql: string, sets: GeneratedRows[] = [], hasChoice = false) {
    const expected = answerOnSqlite(gold, sqliteSql);
    const proof = await proveQuery({ loader, gold }, { sqliteSql, sql, expected });
    const query = { sqliteSql, sql, hasChoice, columns: gold.columnsOf(sqliteSql) };
    const generated =
      proof.outcome === 'verified' ? await proveOnGeneratedRows(filled, query, sets) : undefined;
    return judgePair(gold, sqliteSql, { sql, hasChoice, expected, proof, generated });
  }

  const nobody = 'SELECT name FROM singer WHERE age > 1000';

  it('is verified where the shipped rows answer alike, and tell something', async () => {
    const sql = 'SELECT name FROM singer WHERE age > 30';
    expect(await judge(sql, sql, [singers('witness', [7, 'Ann', 31])])).toEqual({
      outcome: 'verified',
      equality: 'strict',
      equalityOnShippedRows: 'strict',
      rows: 3,
      informative: { shipped: true, generated: true },
      generated: { sets: 1, agreeing: 1 },
    });
  });

  it('is verified on generated rows where only they tell something', async () => {
    expect(await judge(nobody, nobody, [singers('witness', [7, 'Ann', 1001])])).toMatchObject({
      outcome: 'verified-on-generated-rows',
      informative: { shipped: false, generated: true },
    });
  });

  it('is verified but vacuous where no rows tell anything', async () => {
    const none = 'SELECT count(*) FROM singer WHERE age > 1000';
    expect(await judge(none, none, [singers('witness', [7, 'Ann', 12])])).toMatchObject({
      outcome: 'verified',
      rows: 1,
      informative: { shipped: false, generated: false },
      generated: { sets: 1, agreeing: 1 },
    });
  });

  it.each([
    ['another literal', nobody, 'SELECT name FROM singer WHERE age > 2000'],
    ['a lost condition', `${nobody} AND name = 'Ann'`, nobody],
    ['a lost DISTINCT', nobody.replace('name', 'DISTINCT age'), nobody.replace('name', 'age')],
    [
      'another aggregate',
      'SELECT max(age) FROM singer WHERE age > 1000',
      'SELECT min(age) FROM singer WHERE age > 1000',
    ],
  ])('fails with %s that the shipped rows hide', async (_what, sqliteSql, sql) => {
    const rows = singers('witness', [7, 'Ann', 1500], [8, 'Bea', 1500], [9, 'Cid', 3000]);
    const judged = await judge(sqliteSql, sql, [rows]);
    expect(judged).toMatchObject({ outcome: 'failed', reasonClass: 'other-rows' });
    expect(judged.reason).toMatch(/^On generated rows \(witness\): /);
  });

  it('fails with other columns, though neither engine has a row', async () => {
    const sqliteSql = 'SELECT name, age FROM singer WHERE age > 1000';
    expect(await judge(sqliteSql, 'SELECT 1 WHERE false')).toMatchObject({
      outcome: 'failed',
      reasonClass: 'other-rows',
      reason: 'PostgreSQL gives 1 column, SQLite 2 columns',
    });
    expect(await judge(sqliteSql, sqliteSql)).toMatchObject({ outcome: 'verified', rows: 0 });
  });

  it('fails where PostgreSQL refuses on generated rows only', async () => {
    const sql = 'SELECT 1 / (age - 2000) FROM singer WHERE age > 1000';
    expect(await judge(sql, sql, [singers('witness', [7, 'Ann', 2000])])).toMatchObject({
      outcome: 'failed',
      reasonClass: 'postgres-error',
      errors: { postgres: 'division by zero' },
    });
  });

  it('does not use rows that break a key, or on which a scalar subquery gives several', async () => {
    const scalar = 'SELECT name FROM singer WHERE age = (SELECT age FROM singer WHERE age > 1000)';
    const sets = [
      singers('broken', [7, 'Ann', 1500], [7, 'Bea', 1500]),
      singers('several', [7, 'Ann', 1500], [8, 'Bea', 1600]),
      singers('witness', [7, 'Ann', 1500]),
      { kind: 'lacking', tables: [{ table: 'stadium', columns: ['stadium_id'], rows: [[1]] }] },
    ];
    expect(await judge(scalar, scalar, sets)).toMatchObject({
      outcome: 'verified-on-generated-rows',
      generated: { sets: 1, agreeing: 1, unused: { 'postgres-refuses-rows': 2, 'several-rows': 1 } },
    });
  });

  it('counts the rows on which SQLite refuses the published query', async () => {
    const sqliteSql = 'SELECT abs(-9223372036854775807 - age) FROM singer WHERE age = 1';
    const sql = 'SELECT age FROM singer WHERE age = 1';
    expect(await judge(sqliteSql, sql, [singers('witness', [7, 'Ann', 1])])).toMatchObject({
      generated: { sets: 0, agreeing: 0, unused: { 'gold-fails': 1 } },
    });
  });

  it.each([
    ['SELECT count(*) FROM singer', 'SELECT count(*)::text FROM singer', true],
    ['SELECT code, 7 FROM singer', 'SELECT code::int, 7 FROM singer', true],
    ['SELECT code, age, worth FROM singer', 'SELECT code, age, worth FROM singer', undefined],
    ['SELECT hired, NULL FROM singer', 'SELECT hired, NULL FROM singer', undefined],
  ])('says of %s whether equal values have another type', async (sqliteSql, sql, otherTypes) => {
    const judged = await judge(sqliteSql, sql);
    expect(judged.outcome).toBe('verified');
    expect(judged.otherTypes).toBe(otherTypes);
  });

  it('lets rows that tie come either way, and only those', async () => {
    const sqliteSql = 'SELECT name FROM singer ORDER BY country';
    const sql = 'SELECT name FROM (SELECT * FROM singer ORDER BY name DESC) AS t ORDER BY country';
    expect(await judge(sqliteSql, sql)).toMatchObject({
      outcome: 'verified',
      equality: 'ties-in-order',
      reason: orderReason,
    });
    expect(await judge(sqliteSql, `${sql} DESC`)).toMatchObject({ outcome: 'failed' });
    expect(await judge(sqliteSql, sql.replace('BY country', 'BY age'))).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    ['an output by its position', 'SELECT name FROM singer ORDER BY 1', 'DESC'],
    ['a second output by its position', 'SELECT country, name FROM singer ORDER BY 1, 2', 'DESC'],
    ['an alias that is a column elsewhere', 'SELECT name AS country FROM singer ORDER BY country', 'DESC'],
  ])('sees another order by %s', async (_what, sqliteSql, direction) => {
    expect(await judge(sqliteSql, sqliteSql)).toMatchObject({ outcome: 'verified', equality: 'strict' });
    expect(await judge(sqliteSql, `${sqliteSql} ${direction}`)).toMatchObject({ outcome: 'failed' });
  });

  it('carries the weakest label of all rows that it was asked on', async () => {
    const sqliteSql = 'SELECT name FROM singer WHERE country IS NULL ORDER BY age';
    const sql =
      'SELECT name FROM (SELECT * FROM singer ORDER BY name DESC) AS t WHERE country IS NULL ORDER BY age';
    const apart = singers('apart', [7, 'Ann', 20], [8, 'Bea', 21]);
    const tied = singers('tied', [7, 'Ann', 20], [8, 'Bea', 20]);
    const shipped = { outcome: 'verified-on-generated-rows', equalityOnShippedRows: 'strict' };
    expect(await judge(sqliteSql, sql, [apart])).toMatchObject({ ...shipped, equality: 'strict' });
    expect(await judge(sqliteSql, sql, [tied, apart])).toMatchObject({
      ...shipped,
      equality: 'ties-in-order',
      reason: `On generated rows: ${orderReason}`,
    });
    const limited = [`${sqliteSql} LIMIT 1`, `${sql} LIMIT 1`] as const;
    expect(await judge(...limited, [apart, tied])).toMatchObject({
      ...shipped,
      equality: 'ties-broken',
      reason: `On generated rows: ${tieReason}`,
    });
  });

  it('breaks ties alike and says so', async () => {
    const sqliteSql = 'SELECT name FROM singer ORDER BY age > 0 DESC LIMIT 1';
    const sql = `SELECT name FROM (SELECT * FROM singer ORDER BY singer_id DESC) AS t ORDER BY coalesce((age > 0)::int, 0) DESC LIMIT 1`;
    expect(await judge(sqliteSql, sql)).toMatchObject({ outcome: 'verified', equality: 'ties-broken' });
  });

  it('proves that a query has no defined answer: SQLite changes its own', async () => {
    const arbitrary = await judge(
      'SELECT country, name FROM singer GROUP BY country',
      "SELECT country, min(name) || '?' AS name FROM singer GROUP BY country",
    );
    expect(arbitrary).toMatchObject({ outcome: 'nondeterministic', reasonClass: 'arbitrary-row' });
    expect(arbitrary.reason).toMatch(/^SQLite itself answers otherwise when .*\(1 of 3 rows change\)/);
    const sqliteSql = 'SELECT name FROM singer ORDER BY age > 30 LIMIT 3';
    const otherThird = 'SELECT name FROM singer WHERE age IS NULL OR age IN (29, 41)';
    const tie = await judge(sqliteSql, otherThird);
    expect(tie).toMatchObject({ outcome: 'nondeterministic', reasonClass: 'tie' });
  });

  const chosen = 'SELECT country, count(*) AS n, name FROM singer GROUP BY country';
  it.each([
    [
      'other rows',
      chosen,
      "SELECT country, count(*), 'x' FROM singer WHERE country <> 'France' GROUP BY country",
    ],
    ['other aggregates', chosen, 'SELECT country, count(*) + 1, min(name) FROM singer GROUP BY country'],
    ['other keys', chosen, "SELECT country || '?', count(*), min(name) FROM singer GROUP BY country"],
    [
      'other rows than HAVING takes by an aggregate',
      'SELECT name FROM singer GROUP BY country HAVING count(*) < 2',
      'SELECT min(name) FROM singer GROUP BY country HAVING count(*) < 9',
    ],
    [
      'other rows of a DISTINCT in an arbitrary order',
      'SELECT DISTINCT country FROM singer ORDER BY age',
      "SELECT country FROM singer GROUP BY country HAVING country <> 'France'",
    ],
  ])('excuses no %s by an arbitrary row', async (_what, sqliteSql, sql) => {
    expect(await judge(sqliteSql, sql, [], true)).toMatchObject({
      outcome: 'failed',
      reasonClass: 'other-rows',
    });
  });

  it.each([
    [
      'HAVING',
      'SELECT country FROM singer GROUP BY country HAVING name > 2',
      'SELECT country FROM singer GROUP BY 1 LIMIT 1',
    ],
    [
      'a subquery',
      'SELECT name FROM stadium WHERE name NOT IN (SELECT name FROM singer GROUP BY country)',
      'SELECT name FROM stadium LIMIT 1',
    ],
    ['DISTINCT', 'SELECT DISTINCT age > 40 FROM singer GROUP BY country', 'SELECT 1'],
  ])('lets an arbitrary row decide which rows there are through %s', async (_what, sqliteSql, sql) => {
    expect(await judge(sqliteSql, sql, [], true)).toMatchObject({
      outcome: 'nondeterministic',
      reasonClass: 'arbitrary-row',
    });
  });

  it('excuses nothing by a tie that differs once ties are broken alike', async () => {
    const sqliteSql = 'SELECT name FROM singer ORDER BY age > 30 LIMIT 3';
    expect(await judge(sqliteSql, sqliteSql.replace('name', "name || '?'"))).toMatchObject({
      outcome: 'failed',
      reasonClass: 'other-rows',
    });
  });

  it('holds a query with a defined answer to it', async () => {
    const sqliteSql = 'SELECT country, count(*) FROM singer GROUP BY country';
    expect(await judge(sqliteSql, `${sqliteSql} HAVING count(*) > 1`)).toMatchObject({
      outcome: 'failed',
      reasonClass: 'other-rows',
      reason: 'PostgreSQL gives 1 row, SQLite 3 rows',
    });
  });

  it('does not let an arbitrary row on generated rows spoil what the shipped rows show', async () => {
    const sqliteSql =
      "SELECT name, age FROM singer WHERE country = 'Netherlands' OR country IS NULL GROUP BY age > 0";
    const sql = "SELECT min(name), min(age) FROM singer WHERE country = 'Netherlands' OR country IS NULL";
    const rows = singers('random', [7, 'Ann', 60], [8, 'Bea', 20]);
    expect(await judge(sqliteSql, sql, [rows], true)).toMatchObject({
      outcome: 'verified',
      generated: { sets: 1, agreeing: 0 },
    });
  });

  it('says which engine refused', async () => {
    expect(await judge('SELECT absent FROM singer', 'SELECT name FROM singer')).toMatchObject({
      outcome: 'failed',
      reasonClass: 'gold-fails',
      errors: { sqlite: 'no such column: absent' },
    });
    expect(await judge('SELECT name FROM singer', 'SELECT absent FROM singer')).toMatchObject({
      outcome: 'failed',
      reasonClass: 'postgres-error',
      errors: { postgres: 'column "absent" does not exist' },
    });
  });

  it('blames no pair for a server that is gone, or for time that ran out', async () => {
    const other = await openSpiderLoader({ adminTargetOf: postgres.target });
    const sqliteSql = 'SELECT name FROM singer';
    const expected = answerOnSqlite(gold, sqliteSql);
    const prove = (sql: string) => proveQuery({ loader: other, gold }, { sqliteSql, sql, expected });
    await other.run('SET statement_timeout TO 50');
    const slow = await prove('SELECT pg_sleep(5)');
    expect(() => expectAnswerInTime(slow, 'SELECT pg_sleep(5)')).toThrow(
      expect.objectContaining({ code: 'SQL_TIMEOUT' }),
    );
    const { rows } = await other.read('SELECT pg_backend_pid()');
    await loader.run(`SELECT pg_terminate_backend(${rows[0]?.[0] ?? ''})`);
    await expect(prove(sqliteSql)).rejects.toThrow();
    await other.close();
  });

  it('leaves no trace in either engine', async () => {
    expect(answerOnSqlite(gold, 'SELECT count(*) FROM singer')).toMatchObject({ rows: ['["5"]'] });
    expect((await loader.read('SELECT count(*) FROM fixture_db__rows.singer')).rows).toEqual([['0']]);
    expect(answerOnSqlite(gold, 'SELECT count(*) FROM temp.sqlite_schema')).toMatchObject({
      rows: ['["0"]'],
    });
  });

  it('is judged on rows that are loaded once, and again when the file changes', async () => {
    const oidOf = async () =>
      (await loader.read("SELECT 'fixture_db.singer'::regclass::oid::text")).rows[0]?.[0];
    const load = () => ensureLoaded(loader, spider.spiderDir, fixtureDbId);
    const [first, oid] = [await load(), await oidOf()];
    expect(await load()).toEqual(first);
    expect(await oidOf()).toBe(oid);
    await spider.change("INSERT INTO singer (singer_id, name) VALUES (6, 'Ann')");
    const second = await load();
    expect(await oidOf()).not.toBe(oid);
    expect(second.tables.find((table) => table.name === 'singer')?.rows).toBe(6);
  });
});
