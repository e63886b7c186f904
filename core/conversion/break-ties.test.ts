import { describe, expect, it } from 'vitest';
import { breakTies, isOrdered } from './break-ties.ts';

describe('breakTies', () => {
  it.each([
    ['SELECT a, b FROM t ORDER BY a', 'SELECT a, b FROM t ORDER BY a, 1, 2'],
    ['SELECT a, b FROM t ORDER BY a LIMIT 3;', 'SELECT a, b FROM t ORDER BY a, 1, 2 LIMIT 3'],
    [
      'SELECT a, b FROM (SELECT * FROM u LIMIT 2) ORDER BY a',
      'SELECT a, b FROM (SELECT * FROM u LIMIT 2) ORDER BY a, 1, 2',
    ],
    [
      "SELECT a, b FROM t WHERE c = 'limit' ORDER BY a",
      "SELECT a, b FROM t WHERE c = 'limit' ORDER BY a, 1, 2",
    ],
    [
      'SELECT a, b FROM t WHERE c = (SELECT d FROM u GROUP BY d ORDER BY count(*) DESC LIMIT 1)',
      'SELECT a, b FROM t WHERE c = (SELECT d FROM u GROUP BY d ORDER BY count(*) DESC, 1 LIMIT 1)',
    ],
    [
      'SELECT a, b FROM (SELECT a, max(b, 0), c FROM u ORDER BY c) ORDER BY a',
      'SELECT a, b FROM (SELECT a, max(b, 0), c FROM u ORDER BY c, 1, 2, 3) ORDER BY a, 1, 2',
    ],
    [
      'SELECT a, (array_agg(b ORDER BY c))[1] FROM t GROUP BY a',
      'SELECT a, (array_agg(b ORDER BY c))[1] FROM t GROUP BY a',
    ],
    [
      'SELECT a, b FROM t UNION SELECT c, d FROM u ORDER BY a LIMIT 1',
      'SELECT a, b FROM t UNION SELECT c, d FROM u ORDER BY a, 1, 2 LIMIT 1',
    ],
  ])('%s', (sql, expected) => {
    expect(breakTies(sql, 2, 'sqlite').sql).toBe(expected);
  });

  it("gives PostgreSQL SQLite's order of NULLs", () => {
    expect(breakTies('SELECT a FROM t ORDER BY b LIMIT 1', 1, 'postgres').sql).toBe(
      'SELECT a FROM t ORDER BY b, 1 NULLS FIRST LIMIT 1',
    );
  });

  it('counts the places, and may leave subqueries alone', () => {
    const sql = 'SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY d LIMIT 1) ORDER BY a';
    expect(breakTies(sql, 1, 'sqlite').places).toBe(2);
    expect(breakTies(sql, 1, 'sqlite', 'final').sql).toBe(`${sql}, 1`);
  });

  it('cannot break what hides behind a star in a subquery', () => {
    const sql = 'SELECT a FROM (SELECT * FROM u ORDER BY d LIMIT 1)';
    expect(breakTies(sql, 1, 'sqlite')).toEqual({ sql, places: 0, hasFinalOrder: false });
  });
});

describe('isOrdered', () => {
  it.each([
    ['SELECT a FROM t ORDER BY a', true],
    ['SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY d LIMIT 1)', false],
    ['SELECT a FROM t LIMIT 1', false],
  ])('%s: %s', (sql, expected) => {
    expect(isOrdered(sql)).toBe(expected);
  });
});
