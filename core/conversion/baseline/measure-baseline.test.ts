import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDatabase } from '../load.ts';
import { loadRewriter, rewriteQuery } from '../rewrite.ts';
import { fixtureDbId, makeFixtureSpider, startLoader } from '../testing/fixture-database.ts';
import { formatBaseline } from './format-baseline.ts';
import { measureBaseline, type BaselineReport } from './measure-baseline.ts';

/** The published query, and how it fares: as published, with literals, through node-sql-parser. */
const cases = [
  ['SELECT name FROM singer WHERE age > 30', 'equal', 'equal', 'equal'],
  ['SELECT name FROM singer WHERE country = "France"', 'unknown column', 'equal', 'unknown column'],
  ['SELECT "Name" FROM Singer', 'unknown column', 'unknown column', 'equal'],
  [
    'SELECT name, count(*) FROM singer GROUP BY country',
    'GROUP BY strictness',
    'GROUP BY strictness',
    'GROUP BY strictness',
  ],
  ['SELECT name FROM singer WHERE code = 101', 'type against type', 'type against type', 'type against type'],
  ["SELECT name FROM singer WHERE age = 'null'", 'bad literal', 'bad literal', 'bad literal'],
  [
    'SELECT DISTINCT city FROM stadium ORDER BY capacity',
    'DISTINCT with ORDER BY',
    'DISTINCT with ORDER BY',
    'DISTINCT with ORDER BY',
  ],
  ['SELECT `name` FROM singer', 'syntax', 'syntax', 'equal'],
  ['SELECT name FROM singer WHERE age IS 52', 'syntax', 'syntax', 'syntax'],
  ["SELECT name FROM singer WHERE name LIKE 'jo%'", 'other rows', 'other rows', 'other rows'],
  ['SELECT role FROM "Cast" WHERE role = "cast"', 'other', 'other', 'type against type'],
  ['SELECT name FROM', 'syntax', 'syntax', 'not parsed by the tool'],
] as const;

const forms = ['published', 'literals', 'node-sql-parser'] as const;

describe('the baseline', () => {
  let spider: Awaited<ReturnType<typeof makeFixtureSpider>>;
  let postgres: Awaited<ReturnType<typeof startLoader>>;
  const ask = async (sqliteSqls: string[]): Promise<BaselineReport> => {
    const { tables } = await loadDatabase(postgres.loader, spider.spiderDir, fixtureDbId);
    const pairs = sqliteSqls.map((sqliteSql) => ({
      split: 'dev' as const,
      dbId: fixtureDbId,
      sqliteSql,
      sql: sqliteSql.endsWith('FROM') ? '' : rewriteQuery(sqliteSql, tables).sql,
    }));
    return measureBaseline({ spiderDir: spider.spiderDir, pairs, loader: postgres.loader });
  };

  beforeAll(async () => {
    await loadRewriter();
    [spider, postgres] = await Promise.all([makeFixtureSpider(), startLoader()]);
  });

  afterAll(async () => {
    await postgres.stop();
    await spider.remove();
  });

  it.each(cases)('%s', async (sql, ...wanted) => {
    const report = await ask([sql]);
    const found = forms.map((form) => {
      const { equal, classes } = report.forms[form].dev;
      return equal === 1 ? 'equal' : (Object.keys(classes)[0] ?? 'other rows');
    });
    expect(found).toEqual(wanted);
  });

  it('counts every pair once in every form, and prints it', async () => {
    const report = await ask(cases.map(([sql]) => sql));
    expect(report.pairs).toEqual({ train_spider: 0, train_others: 0, dev: cases.length });
    expect(report.forms.published.dev).toMatchObject({ fails: 10, equal: 1 });
    expect(report.forms.converted.dev).toMatchObject({ fails: 1, equal: 10 });
    const text = formatBaseline(report);
    expect(text).toContain('| as published');
    expect(text).toMatch(/`data convert` +\| – +\| – +\| 8\.3 %/);
  });
});
