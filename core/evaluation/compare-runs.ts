import {
  AppError,
  type EvaluationReport,
  type EvaluationRow,
  type RunComparison,
} from '../contract/index.ts';
import { mcNemarExact, shareWhere } from './intervals.ts';

/**
 * Two runs, question by question. @throws AppError INVALID_INPUT where they have no question in common, or where a
 * question of one id is not the same in both
 */
export function compareRuns(before: EvaluationReport, after: EvaluationReport): RunComparison {
  const later = new Map(after.rows.map((row) => [row.id, row]));
  const pairs = before.rows.flatMap((row): Pair[] => {
    const other = later.get(row.id);
    return other === undefined ? [] : [{ before: row, after: other }];
  });
  if (before.split !== after.split || pairs.length === 0) throw noCommonQuestion(before, after);
  for (const pair of pairs) if (pair.before.question !== pair.after.question) throw otherQuestion(pair);
  const count = (was: boolean, is: boolean) =>
    pairs.filter((pair) => pair.before.correct === was && pair.after.correct === is).length;
  const [fixed, broken] = [count(false, true), count(true, false)];
  return {
    split: before.split,
    before: describeRun(before),
    after: describeRun(after),
    n: pairs.length,
    onlyBefore: before.rows.length - pairs.length,
    onlyAfter: after.rows.length - pairs.length,
    executionBefore: shareWhere(pairs, (pair) => pair.before.correct),
    executionAfter: shareWhere(pairs, (pair) => pair.after.correct),
    ...{ bothRight: count(true, true), bothWrong: count(false, false), fixed, broken },
    p: mcNemarExact(fixed, broken),
    changes: pairs.filter((pair) => pair.before.correct !== pair.after.correct).map(describeChange),
  };
}

interface Pair {
  before: EvaluationRow;
  after: EvaluationRow;
}

function describeRun({ model, mode, measuredAt }: EvaluationReport): RunComparison['before'] {
  return { model, mode, measuredAt };
}

function describeChange({ before, after }: Pair): RunComparison['changes'][number] {
  const { id, db, question, hardness, goldSql } = before;
  return {
    ...{ id, db, question, hardness, goldSql },
    change: after.correct ? 'fixed' : 'broken',
    sqlBefore: before.predictedSql,
    sqlAfter: after.predictedSql,
    causes: after.correct ? before.causes : after.causes,
  };
}

function noCommonQuestion(before: EvaluationReport, after: EvaluationReport): AppError {
  return new AppError(
    'INVALID_INPUT',
    `The runs have no question in common: ${before.n} of the split ${before.split}, ${after.n} of ${after.split}.`,
    { hint: 'Give two reports of `eval --split` on the same split, with their rows.' },
  );
}

function otherQuestion({ before, after }: Pair): AppError {
  const message = `${before.id} is "${before.question}" in one run, "${after.question}" in the other.`;
  return new AppError('INVALID_INPUT', message, { hint: 'Measure both runs on the same questions.' });
}
