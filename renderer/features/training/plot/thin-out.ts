import { findFirst } from './column.ts';

export interface Range {
  from: number;
  to: number;
}

/**
 * The points of a curve that can be told apart in a picture, as x, y, x, y: of each of `slots` equal parts of the range
 * the lowest and the highest, so that no spike is lost, and one point beyond each end, so that the line goes on to the
 * edge. Parts begin at multiples of their width: while the range moves, the same points stay. A NaN is a gap.
 */
export function thinOut(
  xs: Float64Array,
  ys: Float64Array,
  { from, to }: Range,
  slots: number,
): Float64Array {
  const first = Math.max(0, findFirst(xs, from) - 1);
  const end = Math.min(xs.length, findFirst(xs, to) + 1);
  const width = (to - from) / slots;
  if (end - first <= slots * 2 || width <= 0) return copyPoints(xs, ys, first, end);
  // Two of each part, the parts at the edges, and the points beyond them.
  const points = new Float64Array((slots + 4) * 4);
  let length = 0;
  let slot = NaN;
  let low = -1;
  let high = -1;
  const take = (at: number) => {
    points[length] = xs[at] ?? NaN;
    points[length + 1] = ys[at] ?? NaN;
    length += 2;
  };
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
  return points.slice(0, length);
}

function copyPoints(xs: Float64Array, ys: Float64Array, first: number, end: number): Float64Array {
  const points = new Float64Array(Math.max(0, end - first) * 2);
  for (let at = first; at < end; at += 1) {
    points[(at - first) * 2] = xs[at] ?? NaN;
    points[(at - first) * 2 + 1] = ys[at] ?? NaN;
  }
  return points;
}
