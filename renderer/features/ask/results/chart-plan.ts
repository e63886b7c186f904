import type { Cell, ResultColumn } from '../../../../core/contract/index.ts';
import { isNumericType } from '../../../lib/format-rows.ts';

export type ChartKind = 'line' | 'bar' | 'scatter' | 'pie';
export type ColumnRole = 'time' | 'number' | 'category';

/** What is drawn: columns by their 0-based place. */
export interface ChartPlan {
  kind: ChartKind;
  x: number;
  y: number[];
  /** Splits the values of one column into several series. */
  series?: number | undefined;
}

const fewSlices = 8;
const sampledRows = 1_000;

export function roleOf({ name, type }: ResultColumn): ColumnRole {
  if (/^(date|timestamp)/.test(type)) return 'time';
  if (!isNumericType(type)) return 'category';
  // A number that names something is no measure.
  return /(^|_)(id|key|code|zip)$/i.test(name) ? 'category' : 'number';
}

/** Kinds that these columns can be drawn as; none where there is nothing to draw. */
export function listKinds(columns: ResultColumn[], rows: Cell[][]): ChartKind[] {
  const numbers = columns.filter(({ type }) => isNumericType(type)).length;
  if (numbers === 0 || columns.length < 2) return [];
  const kinds: ChartKind[] = ['bar', 'line'];
  if (numbers >= 2) kinds.push('scatter');
  const plan = choosePlan(columns, rows);
  if (plan && rows.length <= fewSlices * 4) kinds.push('pie');
  return kinds;
}

/**
 * A sensible chart by the columns' types: time and numbers → lines; a category and numbers → bars; two numbers → points.
 * A further category of few values splits a single measure into series. Undefined where nothing can be drawn.
 */
export function choosePlan(columns: ResultColumn[], rows: Cell[][]): ChartPlan | undefined {
  const places = (role: ColumnRole) =>
    columns.flatMap((column, index) => (roleOf(column) === role ? [index] : []));
  const [times, categories] = [places('time'), places('category')];
  let numbers = places('number');
  // Identifiers only: better a chart of them than none.
  if (numbers.length === 0)
    numbers = columns.flatMap(({ type }, index) => (isNumericType(type) ? [index] : []));
  const [first] = numbers;
  if (first === undefined || columns.length < 2) return undefined;
  const [time] = times;
  const names = categories.filter((index) => !numbers.includes(index));
  if (time !== undefined) {
    const series = numbers.length === 1 ? findSeries(names, rows) : undefined;
    return { kind: 'line', x: time, y: numbers.slice(0, 4), series };
  }
  const [category] = names.filter((index) => !isNumericType(columns[index]?.type ?? '')).concat(names);
  if (category !== undefined) {
    const others = names.filter((index) => index !== category);
    const series = numbers.length === 1 ? findSeries(others, rows) : undefined;
    return { kind: 'bar', x: category, y: sameScale(numbers, rows), series };
  }
  const [, second] = numbers;
  return second === undefined ? undefined : { kind: 'scatter', x: first, y: [second] };
}

/** A category of two to eight values that repeat. */
function findSeries(candidates: number[], rows: Cell[][]): number | undefined {
  const sample = rows.slice(0, sampledRows);
  return candidates.find((index) => {
    const values = new Set(sample.map((row) => row[index]));
    return values.size >= 2 && values.size <= fewSlices && values.size * 2 <= sample.length;
  });
}

/** Measures beside each other only where the smaller can still be seen: at least a fiftieth of the largest. */
function sameScale(numbers: number[], rows: Cell[][]): number[] {
  const sizes = numbers.map((index) =>
    Math.max(0, ...rows.slice(0, sampledRows).map((row) => Math.abs(toNumber(row[index]) ?? 0))),
  );
  const largest = Math.max(...sizes);
  const kept = numbers
    .filter((_, at) => (sizes[at] ?? 0) * 50 >= largest && (sizes[at] ?? 0) > 0)
    .slice(0, 4);
  return kept.length > 0 ? kept : numbers.slice(0, 1);
}

/** Undefined for NULL and for what is no finite number. */
export function toNumber(cell: Cell | undefined): number | undefined {
  if (cell === null || cell === undefined || cell === '') return undefined;
  const value = Number(
    typeof cell === 'string' ? cell.replace(/^(-?)\D?([\d,]+(\.\d+)?)$/, '$1$2').replaceAll(',', '') : cell,
  );
  return Number.isFinite(value) ? value : undefined;
}
