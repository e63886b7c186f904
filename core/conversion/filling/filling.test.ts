import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatedRowsSchema } from '../../contract/dataset.ts';
import { openSqlite, readSqliteSchema } from '../../spider/index.ts';
import { loadDatabase, type LoadedDatabase } from '../load.ts';
import { answerOnSqlite, proveQuery } from '../prove.ts';
import { loadRewriter } from '../rewrite.ts';
import { fixtureDbId, makeFixtureSpider, readCases, startLoader } from '../testing/fixture-database.ts';
import { makeFillings, openFilledDatabase, type FilledDatabase } from './index.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';

const gold = await readCases('gold.sqlite.sql');
const converted = await readCases('gold.postgres.sql');

describe('generated rows, in both engines', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let database: LoadedDatabase;
  let filled: FilledDatabase;

  beforeAll(async () => {
    await loadRewriter();
    spider = await makeFixtureSpider();
    postgres = await startLoader();
    database = await loadDatabase(postgres.loader, spider.spiderDir, fixtureDbId);
    const sqlite = openSqlite(spider.spiderDir, fixtureDbId);
    filled = await openFilledDatabase(postgres.loader, database, readSqliteSchema(sqlite));
    sqlite.close();
  });

  afterAll(async () => {
    await filled.close();
    await postgres.stop();
    await spider.remove();
  });

  const fill = (sql: string) => makeFillings(sql, database.tables, { seed: 1 });
  const ask = (rows: GeneratedRows, sql: string) =>
    filled.withRows(rows, async ({ loader }) => JSON.stringify((await loader.read(sql)).rows));

  it('are the same for the same seed, and others for another', () => {
    const sql = "SELECT name FROM singer WHERE country = 'France'";
    expect(fill(sql)).toEqual(fill(sql));
    expect(makeFillings(sql, database.tables, { seed: 2 })).not.toEqual(fill(sql));
    for (const set of fill(sql)) expect(generatedRowsSchema.parse(set)).toEqual(set);
  });

  it('are none for an empty text', () => {
    expect(fill('')).toEqual([]);
  });

  it('give nearly every query of the fixtures an answer, and no engine refuses them', async () => {
    const silent: string[] = [];
    for (const [index, sql] of converted.entries()) {
      let rows = 0;
      for (const set of fill(sql)) {
        await filled.withRows(set, async ({ loader, gold: runner }) => {
          rows += (await loader.read(sql)).rows.length;
          expect(answerOnSqlite(runner, gold[index] ?? '')).not.toHaveProperty('error');
        });
      }
      if (rows === 0) silent.push(sql);
    }
    // Conditions that nothing meets, WITH and arithmetic in conditions, which are not read.
    expect(silent.length / converted.length).toBeLessThan(0.1);
  });

  it('let both engines agree on a proven pair', async () => {
    const sqliteSql =
      "SELECT Name FROM Singer WHERE Country = 'France' AND Age > 30 ORDER BY Age DESC LIMIT 2";
    const sql =
      "SELECT name FROM singer WHERE country = 'France' AND age > 30 ORDER BY age DESC NULLS LAST LIMIT 2";
    for (const set of fill(sql)) {
      const proof = await filled.withRows(set, (engines) =>
        proveQuery(engines, { sqliteSql, sql, expected: answerOnSqlite(engines.gold, sqliteSql) }),
      );
      expect(proof.outcome).toBe('verified');
    }
  });

  it.each([
    ['a dropped DISTINCT', 'SELECT DISTINCT country FROM singer', 'SELECT country FROM singer'],
    [
      'a dropped DISTINCT in an aggregate',
      'SELECT count(DISTINCT country) FROM singer',
      'SELECT count(country) FROM singer',
    ],
    [
      'a loosened comparison',
      'SELECT name FROM singer WHERE age > 30',
      'SELECT name FROM singer WHERE age >= 30',
    ],
    [
      'a loosened comparison behind a LIMIT',
      'SELECT name FROM singer WHERE age > 30 ORDER BY worth DESC NULLS LAST LIMIT 1',
      'SELECT name FROM singer WHERE age >= 30 ORDER BY worth DESC NULLS LAST LIMIT 1',
    ],
    [
      'a loosened comparison with an average',
      'SELECT name FROM singer WHERE age > (SELECT avg(age) FROM singer)',
      'SELECT name FROM singer WHERE age >= (SELECT avg(age) FROM singer)',
    ],
    [
      'another letter case',
      "SELECT name FROM singer WHERE country = 'France'",
      "SELECT name FROM singer WHERE country = 'france'",
    ],
    [
      'LIKE for ILIKE',
      "SELECT name FROM singer WHERE name ILIKE 'jo%'",
      "SELECT name FROM singer WHERE name LIKE 'jo%'",
    ],
    [
      'an outer join',
      'SELECT t1.name FROM stadium AS t1 JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id',
      'SELECT t1.name FROM stadium AS t1 LEFT JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id',
    ],
    [
      'an outer join of groups, the least first',
      'SELECT t1.name FROM stadium AS t1 JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id GROUP BY t1.stadium_id ORDER BY count(*) LIMIT 1',
      'SELECT t1.name FROM stadium AS t1 LEFT JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id GROUP BY t1.stadium_id ORDER BY count(*) LIMIT 1',
    ],
    [
      'an outer join of the optional side',
      'SELECT t2.theme FROM stadium AS t1 JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id',
      'SELECT t2.theme FROM stadium AS t1 RIGHT JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id',
    ],
    [
      'a lost join',
      'SELECT t1.name FROM stadium AS t1 JOIN concert AS t2 ON t1.stadium_id = t2.stadium_id',
      'SELECT t1.name FROM stadium AS t1',
    ],
    [
      'a lost condition',
      "SELECT max(age) FROM singer WHERE country = 'France' AND worth < 20",
      "SELECT max(age) FROM singer WHERE country = 'France'",
    ],
    [
      'another aggregate',
      'SELECT country, sum(age) FROM singer GROUP BY country',
      'SELECT country, avg(age) FROM singer GROUP BY country',
    ],
    ['count of rows', 'SELECT count(age) FROM singer', 'SELECT count(*) FROM singer'],
    [
      'another bound of HAVING',
      'SELECT country FROM singer GROUP BY country HAVING count(*) > 2',
      'SELECT country FROM singer GROUP BY country HAVING count(*) >= 2',
    ],
    [
      'one side of OR',
      "SELECT name FROM singer WHERE country = 'France' OR age < 30",
      "SELECT name FROM singer WHERE country = 'France'",
    ],
    [
      'UNION for INTERSECT',
      "SELECT name FROM singer WHERE country = 'France' INTERSECT SELECT name FROM singer WHERE age > 40",
      "SELECT name FROM singer WHERE country = 'France' UNION SELECT name FROM singer WHERE age > 40",
    ],
    [
      'a condition right of EXCEPT',
      "SELECT name FROM singer WHERE country = 'France' EXCEPT SELECT name FROM singer WHERE age > 40",
      "SELECT name FROM singer WHERE country = 'France' EXCEPT SELECT name FROM singer",
    ],
    [
      'IN for NOT IN',
      'SELECT name FROM stadium WHERE stadium_id NOT IN (SELECT stadium_id FROM concert)',
      'SELECT name FROM stadium WHERE stadium_id IN (SELECT stadium_id FROM concert)',
    ],
    [
      'a condition of a subquery with one row',
      'SELECT name FROM singer WHERE age = (SELECT max(age) FROM singer WHERE worth < 20)',
      'SELECT name FROM singer WHERE age = (SELECT max(age) FROM singer)',
    ],
  ])('tell %s apart', async (_what, sql, mutant) => {
    const caught: string[] = [];
    for (const set of fill(sql)) {
      if ((await ask(set, sql)) !== (await ask(set, mutant))) caught.push(set.kind);
    }
    expect(caught).not.toEqual([]);
  });

  it('leave NULLs out of a column whose order nothing says', () => {
    const sql = 'SELECT name FROM singer ORDER BY age';
    const ages = fill(sql).flatMap((set) =>
      set.tables.flatMap(({ columns, rows }) => rows.map((row) => row[columns.indexOf('age')])),
    );
    expect(ages.length).toBeGreaterThan(10);
    expect(ages).not.toContain(null);
  });

  it('keep one row for a subquery that may give one only', async () => {
    const sql = "SELECT name FROM singer WHERE age = (SELECT age FROM singer WHERE name = 'Joe Sharp')";
    for (const set of fill(sql)) await ask(set, sql);
  });

  it('go again when the asking is done, whatever came of it', async () => {
    const [set] = fill('SELECT name FROM singer');
    if (set === undefined) throw new Error('no set');
    await expect(ask(set, 'SELECT absent FROM singer')).rejects.toThrow(/absent/);
    const empty = { kind: 'empty', tables: [] };
    expect(await ask(empty, 'SELECT count(*) FROM singer')).toBe('[["0"]]');
    expect(
      await filled.withRows(empty, ({ gold: runner }) => Promise.resolve(runner.run('SELECT * FROM Singer'))),
    ).toEqual([]);
    const { rows } = await postgres.loader.read('SELECT count(*) FROM fixture_db.singer');
    expect(rows).toEqual([['5']]);
  });

  it('stay there after a query that an engine refuses', async () => {
    const [set] = fill('SELECT name FROM singer');
    if (set === undefined) throw new Error('no set');
    const count = await filled.withRows(set, async ({ loader }) => {
      await expect(loader.read('SELECT absent FROM singer')).rejects.toThrow();
      return (await loader.read('SELECT count(*) FROM singer')).rows;
    });
    expect(Number(count[0]?.[0])).toBeGreaterThan(2);
  });

  it('are refused with a reason where they break a key', async () => {
    const twice = { kind: 'bad', tables: [{ table: 'stadium', columns: ['stadium_id'], rows: [[1], [1]] }] };
    await expect(ask(twice, 'SELECT 1')).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringMatching(/^PostgreSQL refuses generated rows \(bad\)/) as string,
    });
    const orphan = { kind: 'bad', tables: [{ table: 'cast', columns: ['role'], rows: [[1]] }] };
    expect(await ask(orphan, 'SELECT role FROM "cast"')).toBe('[["1"]]');
  });
});
