import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGoldRunner, type GoldRunner } from '../spider/index.ts';
import { answerOnSqlite } from './answers.ts';
import { listStrays } from './engines.ts';
import { judgePair } from './judge-pair.ts';
import { ensureLoaded } from './load-once.ts';
import { proveQuery } from './prove.ts';
import { reviewProof } from './review-proof.ts';
import { fixtureDbId, makeFixtureSpider, startLoader } from './testing/fixture-database.ts';

describe('looking again at equal answers', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  let gold: GoldRunner;
  let published: GoldRunner;

  beforeAll(async () => {
    spider = await makeFixtureSpider();
    postgres = await startLoader();
    const database = await ensureLoaded(postgres.loader, spider.spiderDir, fixtureDbId);
    await postgres.loader.run('SET search_path TO fixture_db');
    gold = openGoldRunner(spider.spiderDir, fixtureDbId, listStrays(database));
    published = openGoldRunner(spider.spiderDir, fixtureDbId);
  });

  afterAll(async () => {
    gold.close();
    published.close();
    await postgres.stop();
    await spider.remove();
  });

  async function review(sqliteSql: string, sql: string, hasChoice = false) {
    const { loader } = postgres;
    const expected = answerOnSqlite(gold, sqliteSql);
    const proof = await proveQuery({ loader, gold }, { sqliteSql, sql, expected });
    const converted = { sql, hasChoice, expected, proof, generated: undefined };
    const judged = judgePair(gold, sqliteSql, converted);
    return { judged, reviewed: await reviewProof({ loader, gold, published }, sqliteSql, converted, judged) };
  }

  it('takes a value that only the order of storing makes right for no proof', async () => {
    const sqliteSql = 'SELECT singer_id FROM singer GROUP BY country HAVING count(*) > 2';
    const sql = 'SELECT min(singer_id) AS singer_id FROM singer GROUP BY country HAVING count(*) > 2';
    const { judged, reviewed } = await review(sqliteSql, sql, true);
    expect(judged).toMatchObject({ outcome: 'verified' });
    expect(reviewed).toMatchObject({ outcome: 'nondeterministic', reasonClass: 'arbitrary-row' });
    expect(reviewed.equality).toBeUndefined();
  });

  it('leaves a bare column that its group decides', async () => {
    const sqliteSql = 'SELECT name, count(*) FROM singer GROUP BY singer_id';
    const { judged, reviewed } = await review(sqliteSql, sqliteSql, true);
    expect(reviewed).toEqual(judged);
  });

  it('says where the texts in a column of numbers decide', async () => {
    const { judged, reviewed } = await review(
      'SELECT user FROM "order" WHERE rainfall > 20',
      'SELECT "user" FROM "order" WHERE rainfall > 20',
    );
    expect(judged).toMatchObject({ outcome: 'verified' });
    expect(reviewed).toMatchObject({
      outcome: 'verified-on-generated-rows',
      textsAsNull: true,
      informative: { shipped: false, generated: true },
    });
  });

  it('leaves queries on which such texts have no say', async () => {
    const { judged, reviewed } = await review(
      'SELECT user FROM "order" WHERE rainfall < 20',
      'SELECT "user" FROM "order" WHERE rainfall < 20',
    );
    expect(judged).toMatchObject({ outcome: 'verified' });
    expect(reviewed).toEqual(judged);
  });
});
