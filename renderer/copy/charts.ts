import { formatCount, pluralize } from '../lib/format-values.ts';

/** What the interface says: charts. */
export const chartsCopy = {
  view: 'How the result is shown',
  asGrid: 'Grid',
  asChart: 'Chart',
  kind: 'Chart',
  kinds: { line: 'Lines', bar: 'Bars', scatter: 'Points', pie: 'Pie' },
  x: 'Along',
  y: 'Values',
  series: 'Split by',
  noSeries: 'nothing',
  savePng: 'Save as PNG',
  saveSvg: 'Save as SVG',
  saveFailed: 'The picture could not be drawn.',
  emptyTitle: 'Nothing to draw',
  noNumbers: 'A chart needs a column of numbers; this result has none.',
  oneColumn: 'A chart needs two columns, such as a name and a number.',
  noPoints: 'All values of the chosen columns are NULL. Choose others.',
  firstRows: (count: number) => `Drawn from the first ${pluralize(count, 'row')}; more exist.`,
  capped: (drawn: number, all: number, unit: string) =>
    `The first ${formatCount(drawn)} of ${formatCount(all)} ${unit} are drawn.`,
  categories: 'categories',
  points: 'points',
  seriesUnit: 'series',
  summed: (count: number) =>
    `Several rows have the same place; their values are summed (${pluralize(count, 'row')}).`,
  describe: (kind: string, y: string, x: string, count: number) =>
    `${kind} of ${y} along ${x}, ${pluralize(count, 'point')}.`,
  range: (lowest: string, highest: string) => `From ${lowest} to ${highest}.`,
} as const;
