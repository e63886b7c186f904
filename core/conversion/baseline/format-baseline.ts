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
 * sqlglot's transpiler, from the figures that this project began with (EXPLAIN on typed empty tables); only these
 * totals are known.
 */
const sqlglotFails: Record<SpiderSplit, number> = { train_spider: 40.6, train_others: 38, dev: 32 };

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
  const sqlglot = [
    'sqlglot (known totals, not measured here)',
    ...spiderSplits.map((split) => `${sqlglotFails[split].toFixed(1)} %`),
  ];
  return [
    'Refused by PostgreSQL (EXPLAIN), of all pairs:',
    table([head, ...fails.slice(0, 1), sqlglot, ...fails.slice(1)]),
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
