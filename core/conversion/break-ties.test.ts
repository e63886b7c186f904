import { describe, expect, it } from 'vitest';
import { breakTies } from './break-ties.ts';

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
  ])('%s', (sql, expected) => {
    expect(breakTies(sql, 2, 'sqlite')).toBe(expected);
  });

  it("gives PostgreSQL SQLite's order of NULLs", () => {
    expect(breakTies('SELECT a FROM t ORDER BY b LIMIT 1', 1, 'postgres')).toBe(
      'SELECT a FROM t ORDER BY b, 1 NULLS FIRST LIMIT 1',
    );
  });

  it('leaves a query without a final order alone', () => {
    expect(
      breakTies('SELECT a FROM t WHERE b = (SELECT c FROM u ORDER BY d LIMIT 1)', 1, 'sqlite'),
    ).toBeUndefined();
  });
});
