import { formatCount, formatDuration, pluralize } from '../lib/format-values.ts';

/** A number as short as it can be told: 1,200,000 rows are 1.2 M. */
function shortCount(count: number): string {
  if (count < 10_000) return formatCount(Math.round(count * 100) / 100);
  return count < 1_000_000 ? `${(count / 1_000).toFixed(1)} k` : `${(count / 1_000_000).toFixed(1)} M`;
}

/** What the interface says: plan. */
export const planCopy = {
  label: 'Plan of the statement',
  emptyTitle: 'How would PostgreSQL run this?',
  emptyHint:
    'Measured (EXPLAIN ANALYZE) runs the statement, read-only, and throws its rows away: it takes as long as the statement. Estimated (EXPLAIN) only plans it.',
  noStatement: 'Ask a question or type a statement first.',
  measure: 'Run and measure',
  estimate: 'Estimate only',
  running: 'PostgreSQL runs the statement and measures it…',
  planning: 'PostgreSQL plans the statement…',
  failed: 'There is no plan',
  outdated: 'The statement has changed since.',
  copyRaw: 'Copy JSON',
  total: (planningMs: number | undefined, executionMs: number | undefined) =>
    [
      executionMs === undefined ? '' : `Executed in ${formatDuration(executionMs)}`,
      planningMs === undefined ? '' : `planned in ${formatDuration(planningMs)}`,
    ]
      .filter(Boolean)
      .join(', '),
  estimated: 'Estimated only: the statement did not run.',
  measured: 'Measured: the statement ran once more for it, read-only.',
  tree: 'Steps of the plan',
  on: (relation: string) => `on ${relation}`,
  by: (index: string) => `by ${index}`,
  rows: (planned: number, actual: number | undefined) =>
    actual === undefined
      ? `${shortCount(planned)} rows guessed`
      : `${shortCount(actual)} rows, ${shortCount(planned)} guessed`,
  tooFew: (factor: number) => `${shortCount(Math.round(factor))}× more than guessed`,
  tooMany: (factor: number) => `${shortCount(Math.round(factor))}× fewer than guessed`,
  loops: (count: number) => `${pluralize(count, 'loop')}`,
  never: 'never run',
  share: (part: number) => `${Math.round(part * 100)} % of the time`,
  own: (ms: number) => formatDuration(ms),
  removed: (rows: number) => `${pluralize(rows, 'row')} thrown away`,
  cost: (cost: number) => `cost ${shortCount(cost)}`,
  step: 'The chosen step',
  facts: {
    rows: 'Rows a loop',
    guessed: 'Guessed rows a loop',
    loops: 'Loops',
    own: 'Time of its own',
    total: 'Time with the steps below',
    cost: 'Cost',
    removed: 'Rows thrown away',
    buffers: 'Blocks (8 KiB)',
    temp: 'Temporary blocks',
  },
  costs: (startup: number, total: number) => `${startup.toFixed(2)} to ${total.toFixed(2)}`,
  blocks: (hit: number, read: number, written: number) =>
    [
      `${formatCount(hit)} from the cache`,
      `${formatCount(read)} read`,
      ...(written > 0 ? [`${formatCount(written)} written`] : []),
    ].join(', '),
  temp: (read: number, written: number) => `${formatCount(read)} read, ${formatCount(written)} written`,
} as const;
