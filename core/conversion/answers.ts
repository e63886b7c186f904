import { describeSqliteTrouble, isSqliteRefusal } from './sqlite-errors.ts';
import type { StoredAnswer } from '../contract/dataset.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { GoldRunner, SqliteValue } from '../spider/index.ts';

/** OIDs of PostgreSQL's number types: bigint, smallint, integer, real, double precision, numeric. */
const numberOids = new Set([20, 21, 23, 700, 701, 1700]);

/** Both engines sum doubles in their own order; this many significant digits are compared. */
export const significantDigits = 9;

/** The comparison in words, for reports. */
export const numericTolerance =
  `Numbers are equal when they agree in ${significantDigits} significant digits; whole numbers up to 2^53 exactly. ` +
  'Everything else is compared as text, NULL only equals NULL.';

const rowsStored = 20;
const cellLength = 200;

type Cell = string | null;
type Kind = 'number' | 'text';

export interface Answer {
  /** Rows as comparable text, in the order in which the engine gave them. */
  rows: string[];
  /** The same rows as the engine's own text. */
  cells: Cell[][];
  /** How many columns. */
  outputs: number;
  /** The kinds of each column's values; none where all are NULL. */
  kinds: Kind[][];
}

export type SqliteAnswer = Answer | { error: string };

/**
 * Runs the gold query on SQLite; what SQLite says against it is the answer.
 * @throws AppError DATASET_CORRUPT, DISK_FULL, or SQLite's own error where the file or the machine is at fault
 */
export function answerOnSqlite(gold: GoldRunner, sql: string): SqliteAnswer {
  try {
    const rows = gold.run(sql);
    return {
      rows: rows.map((row) => JSON.stringify(row.map(normalizeSqlite))),
      cells: rows.map((row) => row.map((value) => (value === null ? null : String(value)))),
      outputs: rows[0]?.length ?? gold.columnsOf(sql).length,
      kinds: kindsOf(rows, (value) => (typeof value === 'string' ? 'text' : 'number')),
    };
  } catch (error) {
    if (!isSqliteRefusal(error)) throw describeSqliteTrouble(error);
    return { error: messageOf(error) };
  }
}

/**
 * Whether an error is PostgreSQL's word on the query. A lost connection, a full disk or a server that shuts down says
 * nothing about it: https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const isOfQuery = typeof code === 'string' && /^(?!08|53|57P|58|XX)[0-9A-Z]{5}$/.test(code);
  return isOfQuery ? code : undefined;
}

/** Runs the rewritten query on PostgreSQL; throws what the server says. */
export async function answerOnPostgres(
  loader: RowLoader,
  sql: string,
): Promise<Answer & { columns: string[] }> {
  const { rows, columns, typeOids } = await loader.read(sql);
  const texts = rows.map((row) =>
    JSON.stringify(row.map((value, index) => normalizePostgres(value, typeOids[index]))),
  );
  const kinds = kindsOf(rows, (_, index) => (numberOids.has(typeOids[index] ?? 0) ? 'number' : 'text'));
  return { rows: texts, cells: rows, outputs: typeOids.length, kinds, columns };
}

/**
 * Whether two answers are equal: as many columns, the same rows as often, and in the same order where `ordered` says that the query
 * has one. Numbers are compared within `numericTolerance`.
 */
export function compareAnswers(gold: Answer, actual: Answer, { ordered }: { ordered: boolean }): boolean {
  if (gold.outputs !== actual.outputs) return false;
  return ordered
    ? isSameList(gold.rows, actual.rows)
    : isSameList([...gold.rows].sort(), [...actual.rows].sort());
}

/** Whether some column has numbers in one engine and texts in the other: equal values of another type. */
export function hasOtherTypes(gold: Answer, actual: Answer): boolean {
  return gold.kinds.some((kinds, index) => {
    const others = actual.kinds[index] ?? [];
    return kinds.length > 0 && others.length > 0 && kinds.join() !== others.join();
  });
}

function kindsOf<T>(rows: (T | null)[][], kindOf: (value: T, index: number) => Kind): Kind[][] {
  return (rows[0] ?? []).map((_, index) => {
    const kinds = new Set<Kind>();
    for (const row of rows) {
      const value = row[index] ?? null;
      if (value !== null) kinds.add(kindOf(value, index));
    }
    return [...kinds].sort();
  });
}

/** What differs, in a few words for a person. */
export function describeDifference(actual: Answer, gold: Answer): string {
  if (actual.outputs !== gold.outputs) {
    return `PostgreSQL gives ${countOf(actual.outputs, 'column')}, SQLite ${countOf(gold.outputs, 'column')}`;
  }
  if (actual.rows.length !== gold.rows.length) {
    return `PostgreSQL gives ${countOf(actual.rows.length, 'row')}, SQLite ${countOf(gold.rows.length, 'row')}`;
  }
  return compareAnswers(gold, actual, { ordered: false })
    ? 'the same rows in another order'
    : `as many rows (${gold.rows.length}), other values`;
}

/** Whether an answer tells anything: a row that is not just zeros and NULLs. A lone count of 0 tells nothing. */
export function isInformative(answer: Answer): boolean {
  return answer.cells.some((row) => row.some((cell) => cell !== null && Number(cell || 'text') !== 0));
}

/** The first rows, for a person to look at. Rows without an order are sorted, so that both engines' line up. */
export function storeAnswer(answer: Answer, columns: string[], ordered: boolean): StoredAnswer {
  const positions = answer.rows.map((_, index) => index);
  if (!ordered) positions.sort((a, b) => compareCodeUnits(answer.rows[a] ?? '', answer.rows[b] ?? ''));
  const rows = positions.slice(0, rowsStored).map((index) => (answer.cells[index] ?? []).map(cutCell));
  return { columns, rows, rowCount: answer.rows.length };
}

function cutCell(cell: Cell): Cell {
  return cell !== null && cell.length > cellLength ? `${cell.slice(0, cellLength - 1)}…` : cell;
}

export function isSameList(left: string[], right: string[]): boolean {
  return left.length === right.length && left.every((row, index) => row === right[index]);
}

/** Sorts as bytes would, whatever the machine's language. */
export function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function countOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}

function normalizeSqlite(value: SqliteValue): Cell {
  if (typeof value === 'number') return normalizeNumber(value);
  return value === null ? null : String(value);
}

function normalizePostgres(value: Cell, oid: number | undefined): Cell {
  if (value === null) return null;
  return oid !== undefined && numberOids.has(oid) ? normalizeNumber(Number(value), value) : value;
}

function normalizeNumber(value: number, exact?: string): string {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? String(value) : (exact ?? String(value));
  return String(Number(value.toPrecision(significantDigits)));
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
