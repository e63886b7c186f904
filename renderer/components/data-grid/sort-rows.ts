import type { Cell, ResultColumn, ResultSort } from '../../../core/contract/index.ts';
import { isNumericType } from '../../lib/format-rows.ts';

/** Ascending, then descending, then as the rows came. */
export function nextSort(sort: ResultSort | undefined, column: number): ResultSort | undefined {
  if (sort?.column !== column) return { column, descending: false };
  return sort.descending ? undefined : { column, descending: true };
}

const texts = new Intl.Collator(undefined, { numeric: false });

/** As PostgreSQL sorts: NULL last, first when descending; numbers by their value; equal rows stay in their order. */
export function sortRows(rows: Cell[][], columns: ResultColumn[], sort: ResultSort | undefined): Cell[][] {
  const type = sort && columns[sort.column]?.type;
  if (!sort || type === undefined) return rows;
  const compare = isNumericType(type) ? compareNumbers : compareTexts;
  const sign = sort.descending ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a = null, b = null] = [one[sort.column], other[sort.column]];
    if (a === null || b === null) return sign * (Number(a === null) - Number(b === null));
    return sign * compare(a, b);
  });
}

/** Digits beyond a double's are compared as text of equal length. NaN is greater than all, as in PostgreSQL. */
function compareNumbers(a: Cell, b: Cell): number {
  const [x, y] = [toNumber(a), toNumber(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
  if (x !== y) return x < y ? -1 : 1;
  if (Number.isSafeInteger(x) || !isInteger(a) || !isInteger(b)) return 0;
  const difference = BigInt(String(a)) - BigInt(String(b));
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

function isInteger(cell: Cell): boolean {
  return /^-?\d+$/.test(String(cell));
}

/** `money` has a sign, a currency and separators. */
function toNumber(cell: Cell): number {
  const text = String(cell);
  const value = Number(text);
  return Number.isNaN(value) && text !== 'NaN' ? Number(text.replace(/[^\d.-]/g, '')) : value;
}

/** Times and dates in ISO form sort as their text does. */
function compareTexts(a: Cell, b: Cell): number {
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return texts.compare(String(a), String(b));
}
