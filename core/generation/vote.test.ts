import { describe, expect, test } from 'vitest';
import type { QueryResult } from '../contract/index.ts';
import type { CheckedCandidate } from './candidates.ts';
import {
  defaultVoteWeights,
  findAlternatives,
  groupByResult,
  readQuestionFacts,
  toBallot,
  toContractCandidates,
} from './vote.ts';

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

function vote(candidates: CheckedCandidate[], question = 'Which figures are there?') {
  return groupByResult(readQuestionFacts(question, []), candidates.map(toBallot), defaultVoteWeights);
}

const order = (candidates: CheckedCandidate[], question?: string) =>
  vote(candidates, question).map(({ members }) => members.map(({ sql }) => sql));

describe('groupByResult', () => {
  test('a result has the probability of all that agree on it', () => {
    const together = [
      ran('a', -1, result(7)),
      ran('b', -1.2, result('1.0', 2)),
      ran('c', -1.3, result(2, 1)),
    ];
    expect(order(together)).toEqual([['b', 'c'], ['a']]);
  });

  test('many unlikely ones do not outvote a likely one', () => {
    const candidates = [ran('a', -0.1, result(7)), ran('b', -5, result(1, 2)), ran('c', -6, result(2, 1))];
    expect(order(candidates)[0]).toEqual(['a']);
  });

  test('shares are the softmax of the groups and sum to 1', () => {
    const ballots = [ran('a', Math.log(0.6), result(7)), ran('b', Math.log(0.2), result(8))].map(toBallot);
    const weights = { ...defaultVoteWeights, logProb: 1 };
    const [first, second] = groupByResult(readQuestionFacts('Which?', []), ballots, weights);
    expect(first?.share).toBeCloseTo(0.75);
    expect(second?.share).toBeCloseTo(0.25);
    expect(first?.logMass).toBeCloseTo(Math.log(0.6));
  });

  test('duplicate rows and NULLs are not the same answer', () => {
    const candidates = [ran('a', -1, result(1)), ran('b', -2, result(1, 1)), ran('c', -3, result(null))];
    expect(order(candidates)).toHaveLength(3);
  });

  test('an empty result, a lone NULL and more rows than asked for are weak evidence against', () => {
    const full = ran('full', -1.5, result(1));
    expect(order([ran('empty', -1, result()), full])[0]).toEqual(['full']);
    expect(order([ran('null', -1, result(null)), full])[0]).toEqual(['full']);
    expect(order([ran('many', -1, result(1, 2, 3)), full], 'How many are there?')[0]).toEqual(['full']);
    expect(order([ran('many', -1, result(1, 2, 3)), full])[0]).toEqual(['many']);
    expect(order([ran('empty', -1, result()), ran('full', -9, result(1))])[0]).toEqual(['empty']);
  });

  test('a number of the question that the statement leaves out speaks against it', () => {
    const candidates = [ran('SELECT a', -1, result(1)), ran('SELECT a WHERE b > 12', -1.5, result(2))];
    expect(order(candidates, 'Which a have a b above 12?')[0]).toEqual(['SELECT a WHERE b > 12']);
  });

  test('what failed never wins over what ran, however likely, and has no votes', () => {
    const failed: CheckedCandidate = { sql: 'failed', outcome: 'failed', logProb: -0.1, message: 'no' };
    const refused: CheckedCandidate = { sql: 'refused', outcome: 'refused', logProb: 0 };
    const candidates = [refused, failed, ran('ran', -20, result())];
    expect(order(candidates)).toEqual([['ran'], ['failed'], ['refused']]);
    expect(toContractCandidates(vote(candidates))).toEqual([
      {
        ...{ sql: 'ran', outcome: 'succeeded', votes: 1, share: 1 },
        preview: expect.objectContaining({ rows: [], rowCount: 0 }),
      },
      { sql: 'failed', outcome: 'failed', votes: 0, share: 0, message: 'no' },
      { sql: 'refused', outcome: 'refused', votes: 0, share: 0 },
    ]);
  });

  test('without any run, what was planned comes before what was not, and nothing at all has no share', () => {
    const failed: CheckedCandidate = { sql: 'failed', outcome: 'invalid', logProb: -0.1 };
    const planned: CheckedCandidate = { sql: 'planned', outcome: 'not-run', logProb: -5 };
    expect(vote([failed, planned]).map(({ share }) => share)).toEqual([1, 0]);
    expect(vote([failed]).map(({ share }) => share)).toEqual([0]);
    expect(vote([])).toEqual([]);
  });
});

describe('findAlternatives', () => {
  test('offers the best statement of the second result, with its rows and its share', () => {
    const groups = vote([ran('a', -1, result(1)), ran('b', -1.5, result(2)), ran('c', -3, result(2))]);
    expect(findAlternatives(groups)).toEqual([{ sql: 'b', result: result(2), share: groups[1]?.share }]);
  });

  test('offers nothing where all agree, or the second is hardly likely', () => {
    expect(findAlternatives(vote([ran('a', -1, result(1)), ran('b', -1.5, result(1))]))).toEqual([]);
    expect(findAlternatives(vote([ran('a', -1, result(1)), ran('b', -9, result(2))]))).toEqual([]);
  });
});
