import { expect, it } from 'vitest';
import type { EvaluationRow } from '../contract/index.ts';
import { compareRuns } from './compare-runs.ts';
import { summarise } from './summarise.ts';

const facts = { split: 'dev', model: 'm', mode: 'voted', measuredAt: '2026-01-01', total: 9 } as const;

function row(id: string, correct: boolean, rest: Partial<EvaluationRow> = {}): EvaluationRow {
  const texts = { db: 'd', question: id, goldSql: 'gold', predictedSql: `${id} ${correct}` };
  const verdict = { correct, exactMatch: false, causes: correct ? [] : ['wrong-value' as const] };
  return { id, ...texts, ...verdict, hardness: 'easy', outcome: 'succeeded', confidence: 1, ms: 1, ...rest };
}

const before = summarise(facts, [
  row('a', true),
  row('b', false),
  row('c', true),
  row('d', false),
  row('e', true),
]);
const after = summarise({ ...facts, model: 'n' }, [
  row('d', false),
  row('c', false),
  row('b', true),
  row('a', true),
  row('f', true),
]);

it('counts question by question, whatever their order, what both asked', () => {
  const found = compareRuns(before, after);
  expect(found).toMatchObject({
    n: 4,
    onlyBefore: 1,
    onlyAfter: 1,
    fixed: 1,
    broken: 1,
    bothRight: 1,
    bothWrong: 1,
    p: 1,
  });
  expect([found.executionBefore.count, found.executionAfter.count, found.after.model]).toEqual([2, 2, 'n']);
});

it('shows what changed, with both statements and why the wrong one is', () => {
  expect(compareRuns(before, after).changes).toEqual([
    expect.objectContaining({
      id: 'b',
      change: 'fixed',
      sqlBefore: 'b false',
      sqlAfter: 'b true',
      causes: ['wrong-value'],
    }),
    expect.objectContaining({
      id: 'c',
      change: 'broken',
      sqlBefore: 'c true',
      sqlAfter: 'c false',
      causes: ['wrong-value'],
    }),
  ]);
});

it('refuses runs on other questions', () => {
  const demo = summarise({ ...facts, split: 'demo' }, [row('a', true)]);
  expect(() => compareRuns(before, demo)).toThrow(/no question in common/);
  expect(() => compareRuns(before, summarise(facts, []))).toThrow(/no question in common/);
  const reworded = summarise(facts, [row('a', true, { question: 'other' })]);
  expect(() => compareRuns(before, reworded)).toThrow(/a is "a" in one run, "other" in the other/);
});
