import type { Cell, ResultColumn } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { roleOf, toNumber, type ChartPlan } from './chart-plan.ts';

export interface ChartSeries {
  name: string;
  /** Along the category axis a value for each category; else pairs. */
  points: ([number, number] | number | null)[];
}

export interface ChartData {
  axis: 'time' | 'value' | 'category';
  /** Of the category axis, in the order of the rows. */
  categories: string[];
  series: ChartSeries[];
  /** What is left out or added up, as sentences. */
  notes: string[];
  pointCount: number;
  lowest: number;
  highest: number;
}

const mostCategories = 200;
const mostPoints = 20_000;
const mostSeries = 12;

/** The points of a chart from the rows, with what was left out said. */
export function readChart(columns: ResultColumn[], rows: Cell[][], plan: ChartPlan): ChartData {
  const notes: string[] = [];
  const groups = groupSeries(columns, rows, plan);
  if (groups.length > mostSeries)
    notes.push(copy.charts.capped(mostSeries, groups.length, copy.charts.seriesUnit));
  const kept = groups.slice(0, mostSeries);
  const column = columns[plan.x];
  const role = column ? roleOf(column) : 'category';
  const axis =
    plan.kind === 'scatter' ? 'value' : plan.kind === 'line' && role === 'time' ? 'time' : 'category';
  const data =
    axis === 'category' ? readCategories(rows, plan, kept, notes) : readPairs(rows, plan, kept, axis, notes);
  const values = data.series
    .flatMap(({ points }) => points)
    .flatMap((point) => (point === null ? [] : [valueOf(point)]));
  return {
    ...{ axis, notes, ...data, pointCount: values.length },
    lowest: values.reduce((least, value) => Math.min(least, value), Infinity),
    highest: values.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

function valueOf(point: [number, number] | number): number {
  return typeof point === 'number' ? point : point[1];
}

interface Group {
  name: string;
  y: number;
  /** Rows of this value only. */
  value?: string;
}

function groupSeries(columns: ResultColumn[], rows: Cell[][], { y, series }: ChartPlan): Group[] {
  if (series === undefined) return y.map((index) => ({ name: columns[index]?.name ?? '', y: index }));
  const values = [...new Set(rows.map((row) => labelOf(row[series])))];
  return values.map((value) => ({ name: value, y: y[0] ?? 0, value }));
}

export function labelOf(cell: Cell | undefined): string {
  return cell === null || cell === undefined ? copy.result.nullCell : String(cell);
}

function belongs(row: Cell[], { series }: ChartPlan, group: Group): boolean {
  return group.value === undefined || labelOf(row[series ?? 0]) === group.value;
}

/** One value for each category; several rows of one are summed. */
function readCategories(rows: Cell[][], plan: ChartPlan, groups: Group[], notes: string[]) {
  const all = [...new Set(rows.map((row) => labelOf(row[plan.x])))];
  if (all.length > mostCategories)
    notes.push(copy.charts.capped(mostCategories, all.length, copy.charts.categories));
  const categories = all.slice(0, mostCategories);
  const places = new Map(categories.map((category, index) => [category, index]));
  let summed = 0;
  const series = groups.map((group): ChartSeries => {
    const points: (number | null)[] = categories.map(() => null);
    for (const row of rows) {
      const place = places.get(labelOf(row[plan.x]));
      const value = toNumber(row[group.y]);
      if (place === undefined || value === undefined || !belongs(row, plan, group)) continue;
      const before = points[place] ?? null;
      if (before !== null) summed += 1;
      points[place] = (before ?? 0) + value;
    }
    return { name: group.name, points };
  });
  if (summed > 0) notes.push(copy.charts.summed(summed + 1));
  return { categories, series };
}

function readPairs(
  rows: Cell[][],
  plan: ChartPlan,
  groups: Group[],
  axis: 'time' | 'value',
  notes: string[],
) {
  const capped = rows.slice(0, mostPoints);
  if (rows.length > mostPoints) notes.push(copy.charts.capped(mostPoints, rows.length, copy.charts.points));
  const series = groups.map((group): ChartSeries => {
    const points = capped.flatMap((row): [number, number][] => {
      const x = axis === 'time' ? toTime(row[plan.x]) : toNumber(row[plan.x]);
      const y = toNumber(row[group.y]);
      return x === undefined || y === undefined || !belongs(row, plan, group) ? [] : [[x, y]];
    });
    if (axis === 'time') points.sort(([one], [other]) => one - other);
    return { name: group.name, points };
  });
  return { categories: [], series };
}

/** PostgreSQL prints `2024-02-29 10:00:00+00`; the chart shows all times as UTC. */
export function toTime(cell: Cell | undefined): number | undefined {
  const match =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*)?(?:([+-]\d\d)(?::?(\d\d))?)?/.exec(
      String(cell ?? ''),
    );
  if (!match) return undefined;
  const [, day, time = '00:00:00', hours = '+00', minutes = '00'] = match;
  const value = Date.parse(`${day}T${time}${hours}:${minutes}`);
  return Number.isNaN(value) ? undefined : value;
}
