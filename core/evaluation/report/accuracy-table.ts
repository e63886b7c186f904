import type { EvaluationReport, EvaluationSplit, Share } from '../../contract/index.ts';

const splitNames: Record<EvaluationSplit, string> = {
  dev: 'Spider dev, all questions',
  test: 'Spider dev, the half that no choice was made on',
  val: 'Spider dev, the half for choosing',
  train: 'Spider train',
  demo: 'the demo databases',
  own: 'own databases that nobody trained on',
};
const splitOrder = Object.keys(splitNames) as EvaluationSplit[];
const modeOrder = ['greedy', 'constrained', 'voted'];

/**
 * Markdown: execution accuracy on PostgreSQL, a line for each report; splits in a fixed order, then modes. Test-suite
 * accuracy has a column where a report measured it.
 */
export function renderAccuracyTable(reports: readonly EvaluationReport[]): string {
  const place = ({ split, mode, model }: EvaluationReport) =>
    `${splitOrder.indexOf(split)} ${model} ${modeOrder.indexOf(mode)}`;
  const head = [
    'questions',
    'n',
    'model',
    'decoding',
    'execution accuracy',
    'easy',
    'medium',
    'hard',
    'extra',
    'exact match',
  ];
  const sorted = reports.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  if (reports.every(({ testSuite }) => testSuite === undefined))
    return alignTable([head, ...sorted.map(lineOf)]);
  const rows = sorted.map((report) => [...lineOf(report), suiteOf(report)]);
  return alignTable([[...head, 'test suite'], ...rows]);
}

function suiteOf({ testSuite }: EvaluationReport): string {
  if (testSuite === undefined) return '';
  const { testSuiteAccuracy: share, low, high, n, passed } = testSuite;
  return `${percent({ n, count: passed, share, low, high })} (${interval({ n, count: passed, share, low, high })})`;
}

function lineOf({ split, n, total, model, mode, execution, exactMatch }: EvaluationReport): string[] {
  const { all, easy, medium, hard, extra } = execution;
  return [
    splitNames[split],
    n === total ? String(n) : `${n} of ${total}`,
    model,
    mode,
    `**${percent(all)}** (${interval(all)})`,
    ...[easy, medium, hard, extra, exactMatch.all].map(percent),
  ];
}

function percent({ share }: Share): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

function interval({ low, high }: Share): string {
  return low === null || high === null ? '–' : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;
}

/** As the formatter of this repository lays tables out. */
function alignTable(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
