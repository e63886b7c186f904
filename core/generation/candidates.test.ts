import { describe, expect, test } from 'vitest';
import type { QueryResult } from '../contract/index.ts';
import { voteByResult, type CheckedCandidate } from './candidates.ts';

function result(...values: (number | string | null)[]): QueryResult {
  const rows = values.map((value) => [value]);
  return {
    columns: [{ name: 'n', type: 'numeric' }],
    rows,
    rowCount: rows.length,
    truncated: false,
    durationMs: 1,
  };
}

const ran = (sql: string, logProb: number, found: QueryResult): CheckedCandidate => ({
  sql,
  outcome: 'succeeded',
  logProb,
  result: found,
});

const order = (candidates: CheckedCandidate[]) =>
  voteByResult(candidates).map(({ sql, votes }) => [sql, votes]);

describe('voteByResult', () => {
  test('the result that most agree on wins over the most probable one', () => {
    const candidates = [
      ran('a', -0.1, result(7)),
      ran('b', -2, result('1.0', 2)),
      ran('c', -3, result(2, 1)),
    ];
    expect(order(candidates)).toEqual([
      ['b', 2],
      ['c', 2],
      ['a', 1],
    ]);
  });

  test('equal votes go to the more probable one', () => {
    expect(order([ran('a', -2, result(1)), ran('b', -1, result(2))])).toEqual([
      ['b', 1],
      ['a', 1],
    ]);
  });

  test('duplicate rows and NULLs are not the same answer', () => {
    const candidates = [ran('a', -1, result(1)), ran('b', -2, result(1, 1)), ran('c', -3, result(null))];
    expect(order(candidates).map(([, votes]) => votes)).toEqual([1, 1, 1]);
  });

  test('what failed has no vote and comes last; what was only planned comes before', () => {
    const failed: CheckedCandidate = { sql: 'failed', outcome: 'failed', logProb: -0.1 };
    const planned: CheckedCandidate = { sql: 'planned', outcome: 'not-run', logProb: -5 };
    const refused: CheckedCandidate = { sql: 'refused', outcome: 'refused', logProb: 0 };
    expect(order([refused, failed, planned])).toEqual([
      ['planned', 1],
      ['failed', 0],
      ['refused', 0],
    ]);
  });
});
