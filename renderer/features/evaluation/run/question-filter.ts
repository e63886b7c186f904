import type {
  EvaluationReport,
  EvaluationRow,
  FailureCause,
  Hardness,
} from '../../../../core/contract/index.ts';

export interface QuestionFilter {
  text: string;
  verdict: 'all' | 'wrong' | 'right';
  /** Empty for any. */
  cause: FailureCause | '';
  hardness: Hardness | '';
  db: string;
}

/** What one comes to see first: what is wrong. */
export function firstFilter(report: Pick<EvaluationReport, 'n' | 'correct'>): QuestionFilter {
  const verdict = report.correct < report.n ? 'wrong' : 'all';
  return { text: '', verdict, cause: '', hardness: '', db: '' };
}

export const noFilter: QuestionFilter = { text: '', verdict: 'all', cause: '', hardness: '', db: '' };

/** Every word must occur in the question, its id or one of its statements. */
export function filterQuestions(rows: readonly EvaluationRow[], filter: QuestionFilter): EvaluationRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (filter.verdict === 'all' || row.correct === (filter.verdict === 'right')) &&
      (filter.cause === '' || row.causes.includes(filter.cause)) &&
      (filter.hardness === '' || row.hardness === filter.hardness) &&
      (filter.db === '' || row.db === filter.db) &&
      holdsWords(row, words),
  );
}

function holdsWords(
  { id, question, goldSql, predictedSql }: EvaluationRow,
  words: readonly string[],
): boolean {
  if (words.length === 0) return true;
  const all = `${id}\n${question}\n${goldSql}\n${predictedSql}`.toLowerCase();
  return words.every((word) => all.includes(word));
}
