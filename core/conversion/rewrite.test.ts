import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGoldRunner, type GoldRunner } from '../spider/index.ts';
import { loadDatabase, type LoadedDatabase } from './load.ts';
import { answerOnSqlite, proveQuery, tieReason } from './prove.ts';
import { listStrays, convertQuery } from './convert.ts';
import { loadRewriter, rewriteQuery } from './rewrite.ts';
import { fixtureDbId, makeFixtureSpider, readCases, startLoader } from './testing/fixture-database.ts';
import type { RowLoader } from '../postgres/load-rows.ts';

const gold = await readCases('gold.sqlite.sql');
const wanted = await readCases('gold.postgres.sql');

describe('rewriting, on both engines', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let database: LoadedDatabase;
  let engines: { loader: RowLoader; gold: GoldRunner };

  beforeAll(async () => {
    await loadRewriter();
    spider = await makeFixtureSpider();
    postgres = await startLoader();
    database = await loadDatabase(postgres.loader, spider.spiderDir, fixtureDbId);
    await postgres.loader.run('SET search_path TO fixture_db');
    const runner = openGoldRunner(spider.spiderDir, fixtureDbId, listStrays(database));
    engines = { loader: postgres.loader, gold: runner };
  });

  afterAll(async () => {
    engines.gold.close();
    await postgres.stop();
    await spider.remove();
  });

  it('has a line for a line', () => {
    expect(wanted).toHaveLength(gold.length);
    expect(new Set(gold).size).toBe(gold.length);
    expect(gold.length).toBeGreaterThanOrEqual(250);
  });

  it.each(gold.map((sql, index) => [sql, wanted[index]] as const))('%s', async (sqliteSql, postgresSql) => {
    const { sql, proof } = await convertQuery(engines, sqliteSql, database.tables);
    expect(sql).toBe(postgresSql);
    expect(proof).toMatchObject({ outcome: 'verified' });
    expect(proof.reason).toBeUndefined();
  });

  it.each([
    ['SELECT julianday(hired) FROM singer', /^julianday has no plain form/],
    ['SELECT typeof(age) FROM singer', /^SQLite's function typeof has no plain form/],
    ["SELECT strftime('%w', hired) FROM singer", /^strftime's format %w/],
    ["SELECT date(hired, 'weekday 0') FROM singer", /^The date modifier weekday 0/],
    ["SELECT name FROM singer WHERE name GLOB '[A-J]*'", /^GLOB with a computed pattern/],
  ])('says why it does not rewrite %s', (sql, message) => {
    expect(() => rewriteQuery(sql, database.tables)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(message) as string }),
    );
  });

  const prove = (sqliteSql: string, sql: string) =>
    proveQuery(engines, { sqliteSql, sql, expected: answerOnSqlite(engines.gold, sqliteSql) });

  it.each([
    ['another literal', 'SELECT name FROM singer WHERE age > 30', 'SELECT name FROM singer WHERE age > 40'],
    ['a lost DISTINCT', 'SELECT DISTINCT country FROM singer', 'SELECT country FROM singer'],
    [
      'the case of LIKE',
      "SELECT name FROM singer WHERE name LIKE 'jo%'",
      "SELECT name FROM singer WHERE name LIKE 'jo%'",
    ],
    ['the order', 'SELECT name FROM singer ORDER BY name', 'SELECT name FROM singer ORDER BY name DESC'],
    ['where NULLs come', 'SELECT age FROM singer ORDER BY age', 'SELECT age FROM singer ORDER BY age'],
    [
      'a NULL for a zero',
      'SELECT count(*) FROM singer WHERE age > 99',
      'SELECT sum(age) FROM singer WHERE age > 99',
    ],
  ])('the proof sees %s', async (_what, sqliteSql, sql) => {
    expect(await prove(sqliteSql, sql)).toMatchObject({ outcome: 'different' });
  });

  it('labels an answer that is equal only once ties are broken', async () => {
    const tied = 'SELECT name FROM stadium ORDER BY stadium_id > 0 LIMIT 1';
    const otherWayRound =
      'SELECT name FROM (SELECT * FROM stadium ORDER BY stadium_id DESC) AS t ORDER BY stadium_id > 0 LIMIT 1';
    expect(await prove(tied, otherWayRound)).toMatchObject({ outcome: 'verified', reason: tieReason });
  });

  it('says which engine refused', async () => {
    expect(await prove('SELECT absent FROM singer', 'SELECT name FROM singer')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^SQLite: no such column/) as string,
    });
    expect(await prove('SELECT name FROM singer', 'SELECT absent FROM singer')).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(/^PostgreSQL: column "absent" does not exist/) as string,
    });
  });

  it('says that a column of an arbitrary row has no answer to be held to', async () => {
    const { proof } = await convertQuery(engines, 'SELECT count(*), name FROM singer', database.tables);
    expect(proof.outcome === 'verified' || proof.reason?.startsWith('a column of an arbitrary row')).toBe(
      true,
    );
    expect(rewriteQuery('SELECT count(*), name FROM singer', database.tables).hasChoice).toBe(true);
    expect(rewriteQuery('SELECT name FROM singer', database.tables).hasChoice).toBe(false);
  });

  it.each(['SELECT FROM WHERE', 'DELETE FROM singer', ''])('refuses %j', (sql) => {
    expect(() => rewriteQuery(sql, database.tables)).toThrow(expect.objectContaining({ code: 'SQL_SYNTAX' }));
  });
});
