import type { EvaluationReport, EvaluationRow, Hardness } from '../contract/index.ts';

export type RunFacts = Pick<EvaluationReport, 'split' | 'model' | 'mode' | 'candidates' | 'total'>;

/** Shares of right answers, overall and by hardness. */
export function summarise(run: RunFacts, rows: readonly EvaluationRow[]): EvaluationReport {
  const of = (hardness: Hardness) => shareOf(rows.filter((row) => row.hardness === hardness));
  return {
    ...run,
    engine: 'postgresql',
    n: rows.length,
    correct: rows.filter(({ correct }) => correct).length,
    executionAccuracy: {
      all: shareOf(rows) ?? 0,
      easy: of('easy'),
      medium: of('medium'),
      hard: of('hard'),
      extra: of('extra'),
    },
    rows: [...rows],
  };
}

function shareOf(rows: readonly EvaluationRow[]): number | null {
  return rows.length === 0 ? null : rows.filter(({ correct }) => correct).length / rows.length;
}
