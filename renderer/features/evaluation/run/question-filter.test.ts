import { describe, expect, it } from 'vitest';
import type { EvaluationRow } from '../../../../core/contract/index.ts';
import { makeRow } from '../../../testing/fake-evaluation.ts';
import { filterQuestions, firstFilter, noFilter } from './question-filter.ts';

const rows: EvaluationRow[] = [
  makeRow({ id: 'a', db: 'retail', question: 'How many shops?', hardness: 'easy' }),
  makeRow({ id: 'b', correct: false, causes: ['wrong-column', 'wrong-order'], hardness: 'hard' }),
  makeRow({ id: 'c', correct: false, causes: ['syntax'], predictedSql: 'SELECT nonsense' }),
];
const idsOf = (changed: Partial<typeof noFilter>) =>
  filterQuestions(rows, { ...noFilter, ...changed }).map(({ id }) => id);

describe('the filter of questions', () => {
  it('begins with what is wrong, where something is', () => {
    expect(firstFilter({ n: 3, correct: 1 }).verdict).toBe('wrong');
    expect(firstFilter({ n: 3, correct: 3 }).verdict).toBe('all');
  });

  it('takes a cause wherever it applies', () => {
    expect(idsOf({ cause: 'wrong-order' })).toEqual(['b']);
    expect(idsOf({ verdict: 'right', cause: 'wrong-order' })).toEqual([]);
  });

  it('takes words from the question and both statements', () => {
    expect(idsOf({ text: 'shops MANY' })).toEqual(['a']);
    expect(idsOf({ text: 'nonsense' })).toEqual(['c']);
    expect(idsOf({ db: 'retail', hardness: 'easy', verdict: 'right' })).toEqual(['a']);
  });
});
