import { parseSync } from 'libpg-query';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadMutator, mutateQuery } from './mutate.ts';
import { mutantKinds, type MutantKind } from './mutant.ts';

beforeAll(() => loadMutator());

/** An original, a kind, and every mutant of that kind. */
const cases: [sql: string, kind: MutantKind, mutants: string[]][] = [
  ['SELECT DISTINCT a FROM t', 'distinct-dropped', ['SELECT a FROM t']],
  [
    'SELECT count(DISTINCT a), sum(DISTINCT b) FROM t',
    'distinct-dropped',
    ['SELECT count(a), sum(DISTINCT b) FROM t', 'SELECT count(DISTINCT a), sum(b) FROM t'],
  ],
  [
    'SELECT a FROM t WHERE a IN (SELECT DISTINCT b FROM u)',
    'distinct-dropped',
    ['SELECT a FROM t WHERE a IN (SELECT b FROM u)'],
  ],
  [
    "SELECT a FROM t WHERE a = 1 OR b <> 'x'",
    'comparison-flipped',
    ["SELECT a FROM t WHERE a <> 1 OR b <> 'x'", "SELECT a FROM t WHERE a = 1 OR b = 'x'"],
  ],
  ['SELECT a FROM t WHERE a < 1', 'comparison-flipped', ['SELECT a FROM t WHERE a > 1']],
  ['SELECT a FROM t WHERE a >= b', 'comparison-flipped', ['SELECT a FROM t WHERE a <= b']],
  ['SELECT a FROM t WHERE a IN (1, 2)', 'comparison-flipped', ['SELECT a FROM t WHERE a NOT IN (1, 2)']],
  ["SELECT a FROM t WHERE a LIKE 'x'", 'comparison-flipped', ["SELECT a FROM t WHERE a NOT LIKE 'x'"]],
  ["SELECT a FROM t WHERE a NOT ILIKE 'x'", 'comparison-flipped', ["SELECT a FROM t WHERE a ILIKE 'x'"]],
  [
    'SELECT a FROM t WHERE a BETWEEN 1 AND 2',
    'comparison-flipped',
    ['SELECT a FROM t WHERE a NOT BETWEEN 1 AND 2'],
  ],
  ['SELECT a FROM t WHERE a IS NULL', 'comparison-flipped', ['SELECT a FROM t WHERE a IS NOT NULL']],
  [
    'SELECT a FROM t WHERE a NOT IN (SELECT b FROM u)',
    'comparison-flipped',
    ['SELECT a FROM t WHERE a IN (SELECT b FROM u)'],
  ],
  [
    'SELECT a FROM t WHERE a IN (SELECT b FROM u)',
    'comparison-flipped',
    ['SELECT a FROM t WHERE a NOT IN (SELECT b FROM u)'],
  ],
  [
    'SELECT count(*) FROM t JOIN u ON t.a = u.a AND u.b > 1',
    'comparison-flipped',
    ['SELECT count(*) FROM t JOIN u ON t.a = u.a AND u.b < 1'],
  ],
  [
    'SELECT a FROM t GROUP BY a HAVING count(*) >= 2',
    'comparison-loosened',
    ['SELECT a FROM t GROUP BY a HAVING count(*) > 2'],
  ],
  [
    'SELECT a FROM t WHERE a < (SELECT avg(a) FROM t)',
    'comparison-loosened',
    ['SELECT a FROM t WHERE a <= (SELECT avg(a) FROM t)'],
  ],
  [
    'SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND b = 3',
    'comparison-loosened',
    [
      'SELECT a FROM t WHERE (a > 1 AND a <= 2) AND b = 3',
      'SELECT a FROM t WHERE (a >= 1 AND a < 2) AND b = 3',
    ],
  ],
  [
    'SELECT t1.a, t2.b FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a',
    'join-outer',
    [
      'SELECT t1.a, t2.b FROM t AS t1 LEFT JOIN u AS t2 ON t1.a = t2.a',
      'SELECT t1.a, t2.b FROM t AS t1 RIGHT JOIN u AS t2 ON t1.a = t2.a',
    ],
  ],
  ['SELECT t.a FROM t LEFT JOIN u ON t.a = u.a', 'join-outer', []],
  ['SELECT t.a FROM t CROSS JOIN u', 'join-outer', []],
  [
    'SELECT t1.a, t2.b FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a',
    'join-lost',
    ['SELECT t1.a, t2.b FROM t AS t1 CROSS JOIN u AS t2'],
  ],
  ['SELECT t1.a FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a', 'join-lost', ['SELECT t1.a FROM t AS t1']],
  [
    'SELECT count(*) FROM t JOIN u ON t.a = u.a WHERE u.b = 1',
    'join-lost',
    ['SELECT count(*) FROM u WHERE u.b = 1'],
  ],
  [
    'SELECT t1.a FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a JOIN v AS t3 ON t2.b = t3.b',
    'join-lost',
    [
      'SELECT t1.a FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a',
      'SELECT t1.a FROM t AS t1 CROSS JOIN u AS t2 JOIN v AS t3 ON t2.b = t3.b',
    ],
  ],
  [
    // `b` may belong to either table, so that neither can go.
    'SELECT b FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a',
    'join-lost',
    ['SELECT b FROM t AS t1 CROSS JOIN u AS t2'],
  ],
  [
    // The subquery's t2 is its own.
    'SELECT t1.a FROM t AS t1 JOIN u AS t2 ON t1.a = t2.a WHERE t1.a IN (SELECT t2.a FROM v AS t2)',
    'join-lost',
    ['SELECT t1.a FROM t AS t1 WHERE t1.a IN (SELECT t2.a FROM v AS t2)'],
  ],
  ['SELECT t.a FROM t CROSS JOIN u', 'join-lost', ['SELECT t.a FROM t']],
  [
    'SELECT max(a), avg(b), count(*) FROM t',
    'aggregate-changed',
    ['SELECT min(a), avg(b), count(*) FROM t', 'SELECT max(a), sum(b), count(*) FROM t'],
  ],
  [
    'SELECT a FROM t GROUP BY a ORDER BY sum(b)',
    'aggregate-changed',
    ['SELECT a FROM t GROUP BY a ORDER BY avg(b)'],
  ],
  [
    'SELECT count(a), count(DISTINCT b) FROM t',
    'aggregate-changed',
    ['SELECT count(*), count(DISTINCT b) FROM t', 'SELECT count(DISTINCT a), count(DISTINCT b) FROM t'],
  ],
  [
    'SELECT a FROM t WHERE a > 9',
    'literal-changed',
    ['SELECT a FROM t WHERE a > 10', 'SELECT a FROM t WHERE a > 8'],
  ],
  [
    'SELECT a FROM t WHERE a > 2.5 ORDER BY 1 LIMIT 3',
    'literal-changed',
    ['SELECT a FROM t WHERE a > 3.5 ORDER BY 1 LIMIT 3', 'SELECT a FROM t WHERE a > 1.5 ORDER BY 1 LIMIT 3'],
  ],
  [
    "SELECT a FROM t WHERE a = 'Gelderland' OR b LIKE '%Ez%' OR c < '2018-03-31'",
    'literal-changed',
    [
      "SELECT a FROM t WHERE a = 'Gelderlane' OR b LIKE '%Ez%' OR c < '2018-03-31'",
      "SELECT a FROM t WHERE a = 'Gelderland' OR b LIKE '%Ey%' OR c < '2018-03-31'",
      "SELECT a FROM t WHERE a = 'Gelderland' OR b LIKE '%Ez%' OR c < '2018-03-30'",
    ],
  ],
  ["SELECT a FROM t WHERE a = ''", 'literal-changed', ["SELECT a FROM t WHERE a = 'x'"]],
  ['SELECT (array_agg(a ORDER BY b))[1] FROM t', 'literal-changed', []],
  [
    "SELECT a FROM t WHERE a = 'France' AND b IN ('usa', '7') AND c > 'X'",
    'literal-case',
    [
      "SELECT a FROM t WHERE a = 'france' AND b IN ('usa', '7') AND c > 'X'",
      "SELECT a FROM t WHERE a = 'France' AND b IN ('USA', '7') AND c > 'X'",
    ],
  ],
  [
    "SELECT a FROM t WHERE a ILIKE '%x%'",
    'literal-case',
    ["SELECT a FROM t WHERE a ILIKE '%X%'", "SELECT a FROM t WHERE a LIKE '%x%'"],
  ],
  ['SELECT a FROM t WHERE a = 1', 'condition-dropped', ['SELECT a FROM t']],
  [
    'SELECT a FROM t WHERE a = 1 AND (b = 2 OR c = 3)',
    'condition-dropped',
    [
      'SELECT a FROM t WHERE b = 2 OR c = 3',
      'SELECT a FROM t WHERE a = 1',
      'SELECT a FROM t WHERE a = 1 AND c = 3',
      'SELECT a FROM t WHERE a = 1 AND b = 2',
    ],
  ],
  ['SELECT a FROM t GROUP BY a HAVING count(*) > 1', 'condition-dropped', ['SELECT a FROM t GROUP BY a']],
  [
    'SELECT t.a FROM t JOIN u ON t.a = u.a AND t.b = u.b',
    'condition-dropped',
    ['SELECT t.a FROM t JOIN u ON t.b = u.b', 'SELECT t.a FROM t JOIN u ON t.a = u.a'],
  ],
  [
    'SELECT a FROM t UNION SELECT b FROM u',
    'set-operation-changed',
    [
      'SELECT a FROM t INTERSECT SELECT b FROM u',
      'SELECT a FROM t EXCEPT SELECT b FROM u',
      'SELECT a FROM t UNION ALL SELECT b FROM u',
    ],
  ],
  [
    'SELECT a FROM t EXCEPT SELECT b FROM u WHERE b > 1',
    'set-operation-changed',
    [
      'SELECT a FROM t UNION SELECT b FROM u WHERE b > 1',
      'SELECT a FROM t INTERSECT SELECT b FROM u WHERE b > 1',
    ],
  ],
  [
    'SELECT a FROM t EXCEPT SELECT b FROM u WHERE b > 1',
    'comparison-loosened',
    ['SELECT a FROM t EXCEPT SELECT b FROM u WHERE b >= 1'],
  ],
  [
    'SELECT a FROM t ORDER BY a DESC NULLS LAST, b LIMIT 2',
    'order-flipped',
    [
      'SELECT a FROM t ORDER BY a NULLS LAST, b LIMIT 2',
      'SELECT a FROM t ORDER BY a DESC NULLS LAST, b DESC LIMIT 2',
    ],
  ],
  ['SELECT a FROM t LIMIT 1', 'limit-changed', ['SELECT a FROM t LIMIT 2']],
  ['SELECT a FROM t LIMIT 3', 'limit-changed', ['SELECT a FROM t LIMIT 4', 'SELECT a FROM t LIMIT 2']],
];

describe('mutateQuery', () => {
  it.each(cases)('%s: %s', (sql, kind, expected) => {
    const mutants = mutateQuery(sql).filter((mutant) => mutant.kind === kind);
    expect(mutants.map((mutant) => mutant.sql)).toEqual(expected);
  });

  it('has a case for every kind', () => {
    expect(new Set(cases.map(([, kind]) => kind))).toEqual(new Set(mutantKinds));
  });

  it('gives texts that PostgreSQL reads, each once and none of them the original', () => {
    for (const [sql] of cases) {
      const texts = mutateQuery(sql).map((mutant) => mutant.sql);
      expect(new Set(texts).size).toBe(texts.length);
      expect(texts).not.toContain(sql);
      for (const text of texts) expect(parseSync(text).stmts).toHaveLength(1);
    }
  });

  it('takes every change back: asked twice it gives the same', () => {
    for (const [sql] of cases) expect(mutateQuery(sql)).toEqual(mutateQuery(sql));
  });

  it('says what was changed', () => {
    expect(mutateQuery('SELECT a FROM t WHERE a > 1').map(({ kind, what }) => `${kind}: ${what}`)).toEqual([
      'comparison-flipped: > → <',
      'comparison-loosened: > → >=',
      'literal-changed: 1 → 2',
      'literal-changed: 1 → 0',
      'condition-dropped: WHERE dropped',
    ]);
  });

  it.each(['SELECT FROM WHERE', 'DELETE FROM t', ''])('refuses %j', (sql) => {
    expect(() => mutateQuery(sql)).toThrow(expect.objectContaining({ code: 'SQL_SYNTAX' }));
  });
});
