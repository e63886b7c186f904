import { spiderSplits, type SpiderSplit } from '../../spider/index.ts';
import { failureClasses } from './failure-classes.ts';
import { baselineForms, type BaselineForm } from './forms.ts';
import type { BaselineReport } from './measure-baseline.ts';

const titles: Record<BaselineForm, string> = {
  published: 'as published',
  literals: '`"x"` → `\'x\'` where no such column is in scope',
  'node-sql-parser': 'node-sql-parser 5.4, SQLite in, PostgreSQL out',
  converted: '`data convert`',
};

/**
 * Figures that this project began with: EXPLAIN on typed empty tables of another load. Only these totals are known; the
 * first row says how far that load is from this one.
 */
const firstFigures: [title: string, fails: Record<SpiderSplit, number>][] = [
  ['first figures, as published', { train_spider: 40.8, train_others: 38.3, dev: 32.2 }],
  ['first figures, through sqlglot', { train_spider: 40.6, train_others: 38, dev: 32 }],
];

/** The report as Markdown: shares that fail and that are equal, then the failures by class. */
export function formatBaseline(report: BaselineReport): string {
  const head = ['', ...spiderSplits.map((split) => `${split} (${report.pairs[split]})`)];
  const fails = baselineForms.map((form) => [
    titles[form],
    ...spiderSplits.map((split) => percent(report, split, report.forms[form][split].fails)),
  ]);
  const equal = baselineForms.map((form) => [
    titles[form],
    ...spiderSplits.map((split) => percent(report, split, report.forms[form][split].equal)),
  ]);
  const first = firstFigures.map(([title, shares]) => [
    title,
    ...spiderSplits.map((split) => `${shares[split].toFixed(1)} %`),
  ]);
  return [
    'Refused by PostgreSQL (EXPLAIN), of all pairs:',
    table([head, ...fails, ...first]),
    "SQLite's rows, on Spider's own rows (ties broken alike in both engines), of all pairs:",
    table([head, ...equal]),
    'Refusals by class, pairs:',
    table(classRows(report)),
  ].join('\n\n');
}

function percent(report: BaselineReport, split: SpiderSplit, count: number): string {
  const pairs = report.pairs[split];
  return pairs === 0 ? '–' : `${((100 * count) / pairs).toFixed(1)} %`;
}

function classRows(report: BaselineReport): string[][] {
  const rows = spiderSplits.flatMap((split) =>
    baselineForms.map((form) => {
      const { classes } = report.forms[form][split];
      return [split, titles[form], ...failureClasses.map((name) => String(classes[name] ?? 0))];
    }),
  );
  return [['split', 'form', ...failureClasses], ...rows];
}

/** Columns padded as a formatter of Markdown would, so that a written file is already in shape. */
function table([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
