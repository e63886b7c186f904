import type {
  ComparedQuestion,
  EvaluationComparison,
  EvaluationReport,
  EvaluationRow,
  QuestionChange,
} from '../../contract/index.ts';
import { compareRuns } from '../compare-runs.ts';
import { shareWhere } from '../intervals.ts';

const hardnesses = ['easy', 'medium', 'hard', 'extra'] as const;

/** Two runs with every question that both asked. @throws AppError INVALID_INPUT as `compareRuns` */
export function compareQuestions(before: EvaluationReport, after: EvaluationReport): EvaluationComparison {
  const { changes: _, ...comparison } = compareRuns(before, after);
  const later = new Map(after.rows.map((row) => [row.id, row]));
  const questions = before.rows.flatMap((row) => {
    const other = later.get(row.id);
    return other === undefined ? [] : [describeQuestion(row, other)];
  });
  const byDatabase = Map.groupBy(questions, ({ db }) => db);
  return {
    ...comparison,
    byHardness: hardnesses.map((hardness) => ({
      hardness,
      ...countChanges(questions.filter((question) => question.hardness === hardness)),
    })),
    byDatabase: [...byDatabase].map(([db, own]) => ({ db, ...countChanges(own) })),
    questions,
  };
}

function describeQuestion(before: EvaluationRow, after: EvaluationRow): ComparedQuestion {
  const { id, db, question, hardness, goldSql } = before;
  return {
    ...{ id, db, question, hardness, goldSql, change: changeOf(before.correct, after.correct) },
    ...{ sqlBefore: before.predictedSql, sqlAfter: after.predictedSql },
    ...{ causesBefore: before.causes, causesAfter: after.causes },
  };
}

function changeOf(was: boolean, is: boolean): QuestionChange {
  if (was) return is ? 'both-right' : 'broken';
  return is ? 'fixed' : 'both-wrong';
}

function countChanges(questions: readonly ComparedQuestion[]) {
  const count = (change: QuestionChange) => questions.filter((each) => each.change === change).length;
  return {
    n: questions.length,
    ...{ fixed: count('fixed'), broken: count('broken') },
    ...{ bothWrong: count('both-wrong'), bothRight: count('both-right') },
    executionBefore: shareWhere(questions, ({ change }) => change === 'broken' || change === 'both-right'),
    executionAfter: shareWhere(questions, ({ change }) => change === 'fixed' || change === 'both-right'),
  };
}
