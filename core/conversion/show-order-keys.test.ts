import { describe, expect, it } from 'vitest';
import { showOrderKeys } from './show-order-keys.ts';

describe('showOrderKeys', () => {
  it.each([
    ['SELECT a FROM t ORDER BY b', 'SELECT a, b FROM t ORDER BY b', [-1]],
    [
      'SELECT a , max(b) FROM t GROUP BY a ORDER BY count(*) DESC, max(b, c) ASC LIMIT 3;',
      'SELECT a , max(b), count(*), max(b, c) FROM t GROUP BY a ORDER BY count(*) DESC, max(b, c) ASC LIMIT 3',
      [-2, -1],
    ],
    [
      'SELECT * FROM (SELECT a FROM u ORDER BY a) AS t ORDER BY a DESC NULLS LAST',
      'SELECT *, a FROM (SELECT a FROM u ORDER BY a) AS t ORDER BY a DESC NULLS LAST',
      [-1],
    ],
    [
      'SELECT a FROM t WHERE b IN (SELECT c FROM u) ORDER BY a - 1',
      'SELECT a, a - 1 FROM t WHERE b IN (SELECT c FROM u) ORDER BY a - 1',
      [-1],
    ],
    ['SELECT a, b FROM t ORDER BY 2 DESC, c', 'SELECT a, b, c FROM t ORDER BY 2 DESC, c', [1, -1]],
    ['SELECT * FROM t ORDER BY 1 NULLS FIRST LIMIT 2', 'SELECT * FROM t ORDER BY 1 NULLS FIRST LIMIT 2', [0]],
    [
      'SELECT a, max(b, c) AS n FROM t GROUP BY a ORDER BY N, "a"',
      'SELECT a, max(b, c) AS n, "a" FROM t GROUP BY a ORDER BY N, "a"',
      [1, -1],
    ],
    ['SELECT a, -b b FROM t ORDER BY b', 'SELECT a, -b b FROM t ORDER BY b', [1]],
    ['SELECT a, t.b FROM t ORDER BY b, 1 + 1', 'SELECT a, t.b, b, 1 + 1 FROM t ORDER BY b, 1 + 1', [-2, -1]],
  ])('%s', (sql, shown, keys) => {
    expect(showOrderKeys(sql)).toEqual({ sql: shown, keys });
  });

  it.each([
    'SELECT a FROM t',
    'SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY c LIMIT 1)',
    'SELECT DISTINCT a FROM t ORDER BY b',
    'SELECT t.*, a AS n FROM t ORDER BY n',
    'SELECT a FROM t UNION SELECT b FROM u ORDER BY a',
  ])('leaves %s alone', (sql) => {
    expect(showOrderKeys(sql)).toBeUndefined();
  });
});
