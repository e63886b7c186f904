import { AppError } from '../contract/errors.ts';
import {
  answerOnPostgres,
  answerOnSqlite,
  compareAnswers,
  describeDifference,
  messageOf,
  sqlStateOf,
} from './answers.ts';
import { breakTies, isOrdered } from './break-ties.ts';
import type { Answer, SqliteAnswer } from './answers.ts';
import type { Engines } from './engines.ts';

export { answerOnSqlite } from './answers.ts';

/** How one comparison ends, on one set of rows. `different`: both run, the rows differ. */
export type Outcome = 'verified' | 'different' | 'failed';

export interface Proof {
  outcome: Outcome;
  equality?: 'strict' | 'ties-broken';
  reason?: string | undefined;
  /** What an engine said that refused. */
  errors?: { sqlite?: string; postgres?: string };
  /** PostgreSQL's SQLSTATE where it refused. */
  sqlState?: string | undefined;
  /** Rows of PostgreSQL's answer. */
  rows?: number;
  /** PostgreSQL's answer. */
  actual?: Answer & { columns: string[] };
}

/** A reason that goes with `verified`. */
export const tieReason = 'rows tie in the order: equal once ties are broken alike in both engines';

export interface ProvableQuery {
  sqliteSql: string;
  /** PostgreSQL's SQL. */
  sql: string;
  /** SQLite's answer, from `answerOnSqlite`. */
  expected: SqliteAnswer;
}

/**
 * Runs the rewritten query on PostgreSQL and compares the answers: as multisets, and as lists where the query has
 * an ORDER BY. Where rows tie in that order, both engines are asked again with the ties broken alike.
 * Throws where PostgreSQL is gone or in trouble: that says nothing about the query.
 */
export async function proveQuery(engines: Engines, query: ProvableQuery): Promise<Proof> {
  const { expected } = query;
  const sqliteErrors = 'error' in expected ? { sqlite: expected.error } : {};
  let actual: Answer & { columns: string[] };
  try {
    actual = await answerOnPostgres(engines.loader, query.sql);
  } catch (error) {
    const sqlState = sqlStateOf(error);
    if (sqlState === undefined) throw error;
    const errors = { ...sqliteErrors, postgres: messageOf(error) };
    return { outcome: 'failed', reason: describeErrors(errors), errors, sqlState };
  }
  const seen = { rows: actual.rows.length, actual };
  if ('error' in expected) {
    return { outcome: 'failed', reason: describeErrors(sqliteErrors), errors: sqliteErrors, ...seen };
  }
  if (compareAnswers(expected, actual, { ordered: isOrdered(query.sqliteSql) })) {
    return { outcome: 'verified', equality: 'strict', ...seen };
  }
  if (await isEqualWithoutTies(engines, query, actual.outputs)) {
    return { outcome: 'verified', equality: 'ties-broken', reason: tieReason, ...seen };
  }
  return { outcome: 'different', reason: describeDifference(actual, expected), ...seen };
}

/** Both refusals in one line. */
export function describeErrors(errors: { sqlite?: string; postgres?: string }): string {
  const parts = [
    errors.postgres === undefined ? [] : [`PostgreSQL: ${errors.postgres}`],
    errors.sqlite === undefined ? [] : [`SQLite: ${errors.sqlite}`],
  ];
  return parts.flat().join('; ');
}

async function isEqualWithoutTies(engines: Engines, query: ProvableQuery, outputs: number): Promise<boolean> {
  const broken = breakTiesAlike(query, outputs);
  if (broken === undefined) return false;
  const expected = answerOnSqlite(engines.gold, broken.sqliteSql);
  if ('error' in expected) return false;
  try {
    const actual = await answerOnPostgres(engines.loader, broken.sql);
    return compareAnswers(expected, actual, { ordered: isOrdered(query.sqliteSql) });
  } catch (error) {
    if (sqlStateOf(error) === undefined) throw error;
    return false;
  }
}

/** Both queries with their ties broken at the same places; only at the end where they are built differently inside. */
function breakTiesAlike(query: { sqliteSql: string; sql: string }, outputs: number) {
  for (const where of ['everywhere', 'final'] as const) {
    const sqlite = breakTies(query.sqliteSql, outputs, 'sqlite', where);
    const postgres = breakTies(query.sql, outputs, 'postgres', where);
    if (sqlite.places > 0 && sqlite.places === postgres.places) {
      return { sqliteSql: sqlite.sql, sql: postgres.sql };
    }
  }
  return undefined;
}

/** PostgreSQL's query_canceled. */
const timeoutState = '57014';

/**
 * Running out of time is not a fault of the pair: recorded as one, it would stay so on faster machines.
 * @throws AppError SQL_TIMEOUT
 */
export function expectAnswerInTime(proof: Proof, sql: string): void {
  if (proof.sqlState !== timeoutState) return;
  throw new AppError('SQL_TIMEOUT', `PostgreSQL did not answer in time: ${sql}`, {
    hint: 'Run `sqlcodegen data convert` again when the machine is less busy: finished databases are kept.',
  });
}
