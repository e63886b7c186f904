import type { EvaluationReport, Share } from '../../contract/index.ts';
import { formatSuite } from './eval-suite.ts';

/** `71.2 % [68.4, 73.9]` */
export function formatShare({ share, low, high }: Share): string {
  if (share === null || low === null || high === null) return 'no questions';
  const percent = (value: number) => (value * 100).toFixed(1);
  return `${percent(share)} % [${percent(low)}, ${percent(high)}]`;
}

/** The report as text: shares by hardness with their 95 % intervals, causes, then what is wrong. */
export function formatReport(report: EvaluationReport): string {
  const { split, engine, model, mode, n, correct, execution, exactMatch, wellFormed, causes, rows } = report;
  const wrong = rows.filter((row) => !row.correct);
  const lines = Object.entries(execution).map(
    ([hardness, share]) => `  ${hardness.padEnd(8)}${formatShare(share)}`,
  );
  return [
    `Execution accuracy on the ${split} split, ${engine}, ${model}, ${mode}: ${correct} of ${n} right.`,
    ...lines,
    `  exact set match ${formatShare(exactMatch.all)}`,
    `  statements that name only what exists and pass the guard ${formatShare(wellFormed)}`,
    ...formatSuite(report.testSuite),
    ...notes(report),
    ...(causes.length > 0 ? ['Causes (primary, all):'] : []),
    ...causes.map(({ cause, primary, applies }) => `  ${cause.padEnd(18)}${primary}, ${applies}`),
    ...(wrong.length > 0 ? ['Wrong:'] : []),
    ...wrong.map((row) => `  ${row.id} ${row.db} (${row.causes.join(', ')}) ${row.question}`),
  ].join('\n');
}

function notes({ tied, goldUnproven, calibration, medianMs }: EvaluationReport): string[] {
  const { expectedError } = calibration;
  return [
    ...(tied > 0 ? [`  right as other rows of those that tie in the gold order: ${tied}`] : []),
    ...(goldUnproven > 0 ? [`  judged by an unproven rewriting of the gold SQL: ${goldUnproven}`] : []),
    ...(expectedError === null ? [] : [`  expected calibration error ${expectedError.toFixed(3)}`]),
    ...(medianMs === null ? [] : [`  median time to the answer ${Math.round(medianMs)} ms`]),
  ];
}
