import type { Cell, QueryResult } from '../contract/index.ts';

const numberTypes =
  /^(smallint|integer|bigint|int[248]|numeric|decimal|real|double precision|float[48]|money|oid)\b/;
/** Significant digits kept (a relative tolerance near 1e-10): sums in another order differ in the last ones. */
const significantDigits = 10;

/** A cell as it counts for equality: 1, 1.0 and '1.00' are one number, NULL is only NULL. */
export function normaliseCell(cell: Cell, type: string): string {
  if (cell === null) return 'null';
  if (typeof cell === 'boolean') return `b:${cell}`;
  if (typeof cell === 'number') return normaliseNumber(String(cell));
  return numberTypes.test(type) ? normaliseNumber(cell) : `t:${cell}`;
}

/** Integers beyond 2^53 stay text, as a double would merge neighbours. */
function normaliseNumber(text: string): string {
  const integer = /^-?\d+(?=\.0*$|$)/.exec(text)?.[0];
  if (integer && integer.length > 15) return `n:${integer}`;
  const value = Number(text);
  if (Number.isNaN(value)) return `n:${text}`;
  return `n:${value === 0 ? '0' : Number(value.toPrecision(significantDigits))}`;
}

/** Two results have the same key where they hold the same rows the same number of times, in whatever order. */
export function resultKey(result: QueryResult): string {
  const rows = result.rows.map((row) =>
    JSON.stringify(row.map((cell, index) => normaliseCell(cell, result.columns[index]?.type ?? 'text'))),
  );
  return `${result.columns.length}|${rows.toSorted().join('\n')}`;
}
