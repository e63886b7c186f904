import { findFirst } from './column.ts';

export interface Range {
  from: number;
  to: number;
}

/**
 * The points of a curve that can be told apart in a picture: of each of `slots` equal parts of the range the lowest and
 * the highest, so that no spike is lost, and one point beyond each end, so that the line goes on to the edge.
 * Parts begin at multiples of their width: while the range moves, the same points stay. A NaN is a gap.
 */
export function thinOut(
  xs: Float64Array,
  ys: Float64Array,
  { from, to }: Range,
  slots: number,
): [number, number][] {
  const first = Math.max(0, findFirst(xs, from) - 1);
  const end = Math.min(xs.length, findFirst(xs, to) + 1);
  const width = (to - from) / slots;
  if (end - first <= slots * 2 || width <= 0) return copyPoints(xs, ys, first, end);
  const points: [number, number][] = [];
  let slot = NaN;
  let low = -1;
  let high = -1;
  const take = (at: number) => points.push([xs[at] ?? NaN, ys[at] ?? NaN]);
  const closeSlot = () => {
    if (low < 0) return;
    take(Math.min(low, high));
    if (low !== high) take(Math.max(low, high));
  };
  for (let at = first; at < end; at += 1) {
    const own = Math.floor((xs[at] ?? 0) / width);
    const y = ys[at] ?? NaN;
    if (own !== slot) {
      closeSlot();
      slot = own;
      low = high = Number.isNaN(y) ? -1 : at;
    } else if (!Number.isNaN(y)) {
      if (low < 0 || y < (ys[low] ?? 0)) low = at;
      if (high < 0 || y > (ys[high] ?? 0)) high = at;
    }
  }
  closeSlot();
  return points;
}

function copyPoints(xs: Float64Array, ys: Float64Array, first: number, end: number): [number, number][] {
  const points: [number, number][] = [];
  for (let at = first; at < end; at += 1) points.push([xs[at] ?? NaN, ys[at] ?? NaN]);
  return points;
}
