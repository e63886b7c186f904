import { describe, expect, it } from 'vitest';
import { buildReport } from './report.ts';
import { renderReport } from './report-page.ts';
import type { Evidence, ProvenPair } from '../contract/dataset.ts';
import type { DatabaseLoad } from './report-load.ts';

function pair(index: number, facts: Partial<ProvenPair>): ProvenPair {
  return {
    id: `dev:${index}`,
    split: 'dev',
    index,
    dbId: 'shop',
    question: `Question ${index}?`,
    sqliteSql: `SELECT ${index}`,
    sql: `SELECT ${index}`,
    outcome: 'verified',
    equality: 'strict',
    equalityOnShippedRows: 'strict',
    informative: { shipped: true, generated: true },
    generated: { sets: 3, agreeing: 3 },
    ...facts,
  };
}

const nothing = { shipped: false, generated: false };
const pairs = [
  pair(0, { otherTypes: true }),
  pair(1, {
    equality: 'ties-broken',
    equalityOnShippedRows: 'ties-in-order',
    generated: { sets: 3, agreeing: 1, unused: { 'several-rows': 2 } },
  }),
  pair(2, {
    outcome: 'verified-on-generated-rows',
    textsAsNull: true,
    informative: { shipped: false, generated: true },
  }),
  pair(3, { equality: 'ties-in-order', informative: nothing }),
  pair(4, { outcome: 'nondeterministic', reasonClass: 'tie', reason: 'rows tie', informative: nothing }),
  pair(5, {
    outcome: 'failed',
    reasonClass: 'postgres-error',
    reason: 'PostgreSQL: <b>no</b>',
    sql: "SELECT '</pre><script>'",
    informative: nothing,
  }),
  pair(6, { outcome: 'failed', reasonClass: 'gold-fails', reason: 'SQLite: no', informative: nothing }),
];
const load: DatabaseLoad = {
  dbId: 'shop',
  tables: 2,
  rows: 1234,
  primaryKeysNotDeclared: ['sale (id)'],
  foreignKeysNotDeclared: [{ key: 'sale (item) → item (id)', reason: 'rows break it' }],
  othersNotDeclared: [{ key: 'not null item.name', reason: 'rows lack it' }],
  cellsNulled: [{ column: 'item.price', cells: 1666 }],
};

describe('the report', () => {
  it('counts how the pairs of a split ended, in shares of the queries that run', () => {
    expect(buildReport(pairs, [load]).splits.dev).toEqual({
      pairs: 7,
      outcomes: { verified: 3, 'verified-on-generated-rows': 1, nondeterministic: 1, failed: 2 },
      goldRuns: 6,
      verified: 4,
      equality: { strict: 2, 'ties-in-order': 1, 'ties-broken': 1 },
      strictOnShippedRows: 2,
      otherTypes: 1,
      textsAsNull: 1,
      postgresErrors: 1,
      informative: { shipped: 2, generatedOnly: 1, nowhere: 1 },
      generated: {
        sets: 21,
        agreeing: 19,
        unused: {
          'postgres-refuses-rows': 0,
          'sqlite-refuses-rows': 0,
          'gold-fails': 0,
          'several-rows': 2,
        },
      },
      undefinedOnGenerated: 1,
      shares: {
        verified: 66.67,
        verifiedWithAllTexts: 50,
        equality: { strict: 33.33, 'ties-in-order': 16.67, 'ties-broken': 16.67 },
        strictOnShippedRows: 33.33,
        notVacuous: 50,
        nondeterministic: 16.67,
      },
      reasonClasses: { 'gold-fails': 1, 'postgres-error': 1, tie: 1 },
    });
  });

  it('lists every pair that is not verified, and every verified one that tells nothing', () => {
    const report = buildReport(pairs, [load]);
    expect(report.notVerified.map((each) => each.id)).toEqual(['dev:4', 'dev:5', 'dev:6']);
    expect(report.vacuous.map((each) => each.id)).toEqual(['dev:3']);
    expect(report.otherTypes.map((each) => each.id)).toEqual(['dev:0']);
    expect(report.textsAsNull).toEqual(['dev:2']);
    expect(report.databases).toEqual({ databases: 1, tables: 2, rows: 1234, loads: [load] });
  });

  it('counts no strict answer where texts in columns of numbers were left out', () => {
    const withTexts = pair(0, { outcome: 'verified-on-generated-rows', textsAsNull: true });
    expect(buildReport([withTexts], []).splits.dev).toMatchObject({
      verified: 1,
      equality: { strict: 1 },
      strictOnShippedRows: 0,
    });
  });

  it('has no shares of nothing', () => {
    expect(buildReport([], []).splits.dev?.shares.verified).toBe(0);
  });
});

describe('the page', () => {
  const evidence: Evidence = {
    sqliteSql: 'SELECT 5',
    sql: "SELECT '</pre><script>'",
    answers: [
      {
        on: 'shipped',
        sqlite: { columns: ['<i>'], rows: [['a & b'], [null]], rowCount: 1002 },
        postgres: { columns: ['n'], rows: [['c']], rowCount: 1 },
      },
    ],
    generated: [],
  };
  const page = renderReport(buildReport(pairs, [load]), [evidence]);

  it('shows each pair that is not verified with its reason, its SQL and both answers', () => {
    for (const { id, question } of buildReport(pairs, [load]).notVerified) {
      expect(page).toContain(id);
      expect(page).toContain(question);
    }
    expect(page).toContain('SQLite: 1,002 rows, the first 5');
    expect(page).toContain('<td>a &amp; b</td>');
    expect(page).toContain('<td><em>NULL</em></td>');
    expect(page).toContain('PostgreSQL: 1 row');
  });

  it('shows what the load could not declare', () => {
    expect(page).toContain('primary key sale (id)');
    expect(page).toContain('<td>rows break it</td>');
    expect(page).toContain('<td>not null item.name</td>');
    expect(page).toContain('1,666 cells of item.price');
  });

  it('runs nothing and fetches nothing, whatever stands in the data', () => {
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<b>no</b>');
    expect(page).not.toMatch(/(src|href)=/);
    expect(page).toContain('&lt;/pre&gt;&lt;script&gt;');
  });
});
