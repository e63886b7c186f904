import { breakTies } from './break-ties.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { GoldRunner, SqliteValue } from '../spider/index.ts';

export type Outcome = 'verified' | 'different' | 'failed';

export interface Proof {
  outcome: Outcome;
  reason?: string | undefined;
  /** Rows of PostgreSQL's answer. */
  rows?: number;
}

/** A reason that goes with `verified`. */
export const tieReason = 'rows tie in the order: equal once ties are broken alike in both engines';

/** OIDs of PostgreSQL's number types: bigint, smallint, integer, real, double precision, numeric. */
const numberOids = new Set([20, 21, 23, 700, 701, 1700]);
/** Both engines sum doubles in their own order; 9 significant digits are compared. */
const significantDigits = 9;

/** Rows as comparable text, in the order in which the engine gave them. */
interface Answer {
  rows: string[];
  outputs: number;
}

export type SqliteAnswer = Answer | { error: string };

/** Runs the gold query on SQLite. */
export function answerOnSqlite(gold: GoldRunner, sql: string): SqliteAnswer {
  try {
    const rows = gold.run(sql);
    return {
      rows: rows.map((row) => JSON.stringify(row.map(normalizeSqlite))),
      outputs: rows[0]?.length ?? 0,
    };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

async function answerOnPostgres(loader: RowLoader, sql: string): Promise<Answer> {
  const { rows, typeOids } = await loader.read(sql);
  const texts = rows.map((row) =>
    JSON.stringify(row.map((value, index) => normalizePostgres(value, typeOids[index]))),
  );
  return { rows: texts, outputs: typeOids.length };
}

/**
 * Runs the rewritten query on PostgreSQL and compares the answers: as multisets, and as lists where the query has
 * an ORDER BY. Where rows tie in that order, both engines are asked again with the ties broken alike.
 */
export async function proveQuery(
  engines: { loader: RowLoader; gold: GoldRunner },
  query: { sqliteSql: string; sql: string; expected: SqliteAnswer },
): Promise<Proof> {
  const { expected } = query;
  let actual: Answer;
  try {
    actual = await answerOnPostgres(engines.loader, query.sql);
  } catch (error) {
    const sqliteError = 'error' in expected ? `; SQLite: ${expected.error}` : '';
    return { outcome: 'failed', reason: `PostgreSQL: ${messageOf(error)}${sqliteError}` };
  }
  const rows = actual.rows.length;
  if ('error' in expected) return { outcome: 'failed', reason: `SQLite: ${expected.error}`, rows };
  const sqliteSql = breakTies(query.sqliteSql, actual.outputs, 'sqlite');
  if (areSameList(actual, expected) || (sqliteSql === undefined && areSameBag(actual, expected))) {
    return { outcome: 'verified', rows };
  }
  if (sqliteSql !== undefined && (await isEqualWithoutTies(engines, sqliteSql, query.sql, actual.outputs))) {
    return { outcome: 'verified', reason: tieReason, rows };
  }
  return { outcome: 'different', reason: describeDifference(actual, expected), rows };
}

async function isEqualWithoutTies(
  engines: { loader: RowLoader; gold: GoldRunner },
  sqliteSql: string,
  sql: string,
  outputs: number,
): Promise<boolean> {
  const postgresSql = breakTies(sql, outputs, 'postgres');
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  if (postgresSql === undefined || 'error' in expected) return false;
  try {
    return areSameList(await answerOnPostgres(engines.loader, postgresSql), expected);
  } catch {
    return false;
  }
}

function areSameList(left: Answer, right: Answer): boolean {
  return left.rows.join('\n') === right.rows.join('\n');
}

function areSameBag(left: Answer, right: Answer): boolean {
  return [...left.rows].sort().join('\n') === [...right.rows].sort().join('\n');
}

function describeDifference(actual: Answer, expected: Answer): string {
  if (actual.rows.length !== expected.rows.length) {
    return `${actual.rows.length} rows, SQLite has ${expected.rows.length}`;
  }
  return areSameBag(actual, expected) ? 'the same rows in another order' : 'as many rows, other values';
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
