import type { EvaluationReport } from '../../contract/index.ts';

/** The report as text: shares by hardness, then what is wrong. */
export function formatReport(report: EvaluationReport): string {
  const { split, engine, model, mode, n, correct, executionAccuracy, rows } = report;
  const wrong = rows.filter((row) => !row.correct);
  const shares = Object.entries(executionAccuracy).map(
    ([hardness, share]) =>
      `  ${hardness.padEnd(8)}${share === null ? 'no questions' : `${(share * 100).toFixed(1)} %`}`,
  );
  return [
    `Execution accuracy on the ${split} split, ${engine}, ${model}, ${mode}: ${correct} of ${n} right.`,
    ...shares,
    ...(wrong.length > 0 ? ['Wrong:'] : []),
    ...wrong.map((row) => `  ${row.id} ${row.question} (${row.outcome})`),
  ].join('\n');
}
