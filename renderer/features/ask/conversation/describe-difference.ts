import type { Cell, QueryResult } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { compareRows, type RowMark, type StoredCell } from '../../../lib/compare-rows.ts';

const texts = copy.conversation.disagreement;
const rowsOf = ({ rowCount, truncated }: QueryResult) => copy.conversation.rows(rowCount, truncated);

/** Beyond so many rows on a side only the counts are told: comparing takes time. */
const mostCompared = 5_000;

/** How two results differ, in sentences: row counts, columns, rows. The order of the rows does not count. */
export function describeDifference(first: QueryResult, second: QueryResult): string[] {
  const counts =
    first.rowCount === second.rowCount && first.truncated === second.truncated
      ? texts.sameCount(rowsOf(first))
      : texts.rows(rowsOf(first), rowsOf(second));
  return [counts, ...describeColumns(first, second), ...describeRows(first, second)];
}

function describeColumns(first: QueryResult, second: QueryResult): string[] {
  const [mine, yours] = [first, second].map(({ columns }) => columns.map(({ name }) => name));
  if (!mine || !yours) return [];
  const onlyFirst = mine.filter((name) => !yours.includes(name));
  const onlySecond = yours.filter((name) => !mine.includes(name));
  return [
    ...(mine.length === yours.length ? [] : [texts.columnCount(mine.length, yours.length)]),
    ...(onlyFirst.length > 0 ? [texts.onlyFirst(onlyFirst.join(', '))] : []),
    ...(onlySecond.length > 0 ? [texts.onlySecond(onlySecond.join(', '))] : []),
  ];
}

const storedRows = ({ rows }: QueryResult): StoredCell[][] =>
  rows.map((row) => row.map((cell: Cell) => (typeof cell === 'boolean' ? String(cell) : cell)));

/** Rows are held against each other where there are as many columns, whatever these are called. */
function describeRows(first: QueryResult, second: QueryResult): string[] {
  if (first.columns.length !== second.columns.length) return [];
  if (Math.max(first.rows.length, second.rows.length) > mostCompared) return [];
  const compared = compareRows(storedRows(first), storedRows(second));
  const unmatched = (rows: readonly unknown[]) => rows.length - compared.matched;
  const [onlyFirst, onlySecond] = [unmatched(first.rows), unmatched(second.rows)];
  const names = differingColumns(first, compared.left);
  return [
    texts.common(compared.matched, onlyFirst, onlySecond),
    ...(onlyFirst > 0 && onlySecond > 0 && names.length > 0 && names.length < first.columns.length
      ? [texts.differing(names.join(', '))]
      : []),
    ...(first.truncated || second.truncated ? [texts.partly] : []),
  ];
}

function differingColumns({ columns }: QueryResult, marks: readonly RowMark[]): string[] {
  const differing = new Set(marks.flatMap((mark) => [...(mark ?? [])]));
  return columns.flatMap(({ name }, at) => (differing.has(at) ? [name] : []));
}
