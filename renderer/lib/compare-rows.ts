export type StoredCell = string | number | null;

/** Which cells of two answers have no equal on the other side. */
export interface RowComparison {
  /** Rows that are the same on both sides, as often, wherever they stand. */
  matched: number;
  left: RowMark[];
  right: RowMark[];
}

/** For one row: undefined where it has an equal; else the columns that differ from the row that it is held against. */
export type RowMark = ReadonlySet<number> | undefined;

/** As the proof compares: numbers in this many significant digits. */
const significantDigits = 9;

/** Equal for cells that are equal: numbers by their value, everything else by its text, NULL only by NULL. */
export function cellKey(cell: StoredCell): string {
  if (cell === null) return 'null';
  const text = String(cell);
  const isNumber = text.trim() !== '' && /^[\s\d.eE+-]+$/.test(text) && Number.isFinite(Number(text));
  if (!isNumber) return `t${text}`;
  const value = Number(text);
  return Number.isSafeInteger(value) ? `n${value}` : `n${Number(value.toPrecision(significantDigits))}`;
}

/**
 * Finds for each row an equal one on the other side, as often as it is there; what is left over is held against what is
 * left over there, in order, cell by cell.
 */
export function compareRows(
  left: readonly (readonly StoredCell[])[],
  right: readonly (readonly StoredCell[])[],
): RowComparison {
  const keyOf = (row: readonly StoredCell[]): string => JSON.stringify(row.map(cellKey));
  const waiting = new Map<string, number[]>();
  right.forEach((row, at) => waiting.set(keyOf(row), [...(waiting.get(keyOf(row)) ?? []), at]));
  const leftOver: number[] = [];
  left.forEach((row, at) => {
    if (waiting.get(keyOf(row))?.shift() === undefined) leftOver.push(at);
  });
  const rightOver = [...waiting.values()].flat().sort((a, b) => a - b);
  const marks = {
    left: new Array<RowMark>(left.length).fill(undefined),
    right: new Array<RowMark>(right.length).fill(undefined),
  };
  for (let at = 0; at < Math.max(leftOver.length, rightOver.length); at += 1) {
    const [a, b] = [leftOver[at], rightOver[at]];
    const differing = findDiffering(a === undefined ? [] : left[a], b === undefined ? [] : right[b]);
    if (a !== undefined) marks.left[a] = differing;
    if (b !== undefined) marks.right[b] = differing;
  }
  return { matched: left.length - leftOver.length, ...marks };
}

function findDiffering(a: readonly StoredCell[] = [], b: readonly StoredCell[] = []): ReadonlySet<number> {
  const columns = Array.from({ length: Math.max(a.length, b.length) }, (_, column) => column);
  return new Set(
    columns.filter((column) => {
      const [x, y] = [a[column], b[column]];
      return x === undefined || y === undefined || cellKey(x) !== cellKey(y);
    }),
  );
}
