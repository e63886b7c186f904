import type { RawResult, RowLoader } from '../postgres/load-rows.ts';
import type { GoldRunner, SqliteValue } from '../spider/index.ts';

export type Outcome = 'verified' | 'different' | 'failed';

export interface Proof {
  outcome: Outcome;
  reason?: string | undefined;
  /** Rows of PostgreSQL's answer. */
  rows?: number;
}

/** OIDs of PostgreSQL's number types: bigint, smallint, integer, real, double precision, numeric. */
const numberOids = new Set([20, 21, 23, 700, 701, 1700]);
/** Both engines sum doubles in their own order; 9 significant digits are compared. */
const significantDigits = 9;

export type SqliteAnswer = { rows: string[] } | { error: string };

/** Runs the gold query on SQLite; rows as comparable text. */
export function answerOnSqlite(gold: GoldRunner, sql: string): SqliteAnswer {
  try {
    return { rows: gold.run(sql).map((row) => JSON.stringify(row.map(normalizeSqlite))) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/** Runs the rewritten query on PostgreSQL and compares the multisets of rows. */
export async function proveQuery(loader: RowLoader, sql: string, expected: SqliteAnswer): Promise<Proof> {
  let actual: RawResult;
  try {
    actual = await loader.read(sql);
  } catch (error) {
    const sqliteError = 'error' in expected ? `; SQLite: ${expected.error}` : '';
    return { outcome: 'failed', reason: `PostgreSQL: ${messageOf(error)}${sqliteError}` };
  }
  const rows = actual.rows.length;
  if ('error' in expected) return { outcome: 'failed', reason: `SQLite: ${expected.error}`, rows };
  const found = actual.rows.map((row) =>
    JSON.stringify(row.map((value, index) => normalizePostgres(value, actual.typeOids[index]))),
  );
  if (rows !== expected.rows.length) {
    return { outcome: 'different', reason: `${rows} rows, SQLite has ${expected.rows.length}`, rows };
  }
  if (found.sort().join('\n') === [...expected.rows].sort().join('\n')) return { outcome: 'verified', rows };
  return { outcome: 'different', reason: 'as many rows, other values', rows };
}

function normalizeSqlite(value: SqliteValue): string | null {
  if (typeof value === 'number') return normalizeNumber(value);
  return value === null ? null : String(value);
}

function normalizePostgres(value: string | null, oid: number | undefined): string | null {
  if (value === null) return null;
  return oid !== undefined && numberOids.has(oid) ? normalizeNumber(Number(value), value) : value;
}

function normalizeNumber(value: number, exact?: string): string {
  if (Number.isInteger(value)) return Number.isSafeInteger(value) ? String(value) : (exact ?? String(value));
  return String(Number(value.toPrecision(significantDigits)));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
