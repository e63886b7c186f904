import { findFirst, findNearest } from './column.ts';
import type { PlotLine } from './draw-plot.ts';
import type { Range } from './thin-out.ts';

/** The value at a place; of a line that marks its points only where there is one. Undefined for none. */
export function valueAt({ x, y, look }: PlotLine, place: number, isExact: boolean): number | undefined {
  const xs = x.values();
  const at = findNearest(xs, place);
  if (at < 0 || (isExact && look === 'dots' && xs[at] !== place)) return undefined;
  const value = y.values()[at];
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** The last value that is a number. */
export function lastValue({ y }: PlotLine): number | undefined {
  const values = y.values();
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const value = values[at];
    if (value !== undefined && !Number.isNaN(value)) return value;
  }
  return undefined;
}

export interface PlotRow {
  x: number;
  values: (number | undefined)[];
}

/** The lines as a table: at most so many places of each that lie in the range, evenly spread. */
export function listRows(lines: readonly PlotLine[], range: Range, most: number): PlotRow[] {
  const places = new Set<number>();
  for (const { x } of lines) {
    const xs = x.values();
    const first = findFirst(xs, range.from);
    const count = findFirst(xs, range.to) + (xs.at(-1) === range.to ? 1 : 0) - first;
    const shown = Math.min(most, count);
    for (let at = 0; at < shown; at += 1) {
      const place = xs[first + Math.round((at * (count - 1)) / Math.max(1, shown - 1))];
      if (place !== undefined) places.add(place);
    }
  }
  return [...places]
    .toSorted((a, b) => a - b)
    .map((x) => ({ x, values: lines.map((line) => valueAt(line, x, true)) }));
}
