import type { Hardness } from '../../contract/index.ts';

const levels: readonly Hardness[] = ['easy', 'medium', 'hard', 'extra'];

/** Databases whose every division is tried: 2^19 for 20, in some milliseconds. */
const maxExhaustive = 20;

/** Examples of one database by hardness. */
export interface DatabaseLoad {
  dbId: string;
  counts: Record<Hardness, number>;
}

/**
 * Divides databases into two halves that are as alike as can be in size and in hardness: the least sum, over the four
 * levels and the whole, of the squared difference between the halves divided by their total. All divisions of the
 * twenty largest databases are tried, further ones then go where they fit best. The same loads give the same halves.
 */
export function divideDatabases(loads: readonly DatabaseLoad[]): { val: string[]; test: string[] } {
  const sorted = loads.toSorted((a, b) => sizeOf(b) - sizeOf(a) || (a.dbId < b.dbId ? -1 : 1));
  const rows = sorted.map(({ counts }) => levels.map((level) => counts[level]));
  const totals = levels.map((_, level) => rows.reduce((sum, row) => sum + (row[level] ?? 0), 0));
  const isVal = findBestHalf(rows.slice(0, maxExhaustive), totals);
  const difference = levels.map(() => 0);
  const add = (row: readonly number[], sign: number) => {
    for (const [level, count] of row.entries()) difference[level] = (difference[level] ?? 0) + sign * count;
  };
  for (const [index, row] of rows.entries()) {
    isVal[index] ??= costOf(sumOf(difference, row, 1), totals) < costOf(sumOf(difference, row, -1), totals);
    add(row, isVal[index] ? 1 : -1);
  }
  const pick = (half: boolean) =>
    sorted
      .filter((_, index) => isVal[index] === half)
      .map(({ dbId }) => dbId)
      .toSorted();
  return { val: pick(true), test: pick(false) };
}

/** In Gray's order, so that each division differs from the one before by a single database. The first is in val. */
function findBestHalf(rows: readonly (readonly number[])[], totals: readonly number[]): boolean[] {
  const isVal = rows.map(() => true);
  const difference = totals.slice();
  for (let level = 0; level < totals.length; level++) {
    difference[level] = rows.reduce((sum, row) => sum + (row[level] ?? 0), 0);
  }
  let best = isVal.slice();
  let bestCost = costOf(difference, totals);
  for (let step = 1; step < 2 ** Math.max(0, rows.length - 1); step++) {
    const flipped = 1 + Math.log2(step & -step);
    isVal[flipped] = !isVal[flipped];
    const sign = isVal[flipped] ? 2 : -2;
    const row = rows[flipped] ?? [];
    for (let level = 0; level < totals.length; level++) {
      difference[level] = (difference[level] ?? 0) + sign * (row[level] ?? 0);
    }
    const cost = costOf(difference, totals);
    if (cost >= bestCost) continue;
    bestCost = cost;
    best = isVal.slice();
  }
  return best;
}

function costOf(difference: readonly number[], totals: readonly number[]): number {
  let cost = 0;
  let whole = 0;
  let size = 0;
  for (let level = 0; level < totals.length; level++) {
    const [gap, total] = [difference[level] ?? 0, totals[level] ?? 0];
    if (total > 0) cost += (gap * gap) / total;
    whole += gap;
    size += total;
  }
  return size > 0 ? cost + (whole * whole) / size : cost;
}

function sumOf(difference: readonly number[], row: readonly number[], sign: number): number[] {
  return difference.map((gap, level) => gap + sign * (row[level] ?? 0));
}

function sizeOf({ counts }: DatabaseLoad): number {
  return levels.reduce((sum, level) => sum + counts[level], 0);
}
