import { equalitySchema } from '../contract/dataset.ts';
import { AppError } from '../contract/errors.ts';
import {
  answerOnPostgres,
  answerOnSqlite,
  compareAnswers,
  describeDifference,
  hasOtherTypes,
  isSameList,
  messageOf,
  sqlStateOf,
} from './answers.ts';
import { breakTies, isOrdered } from './break-ties.ts';
import { showOrderKeys } from './show-order-keys.ts';
import type { Equality } from '../contract/dataset.ts';
import type { Answer, SqliteAnswer } from './answers.ts';
import type { Engines } from './engines.ts';
import type { ShownKeys } from './show-order-keys.ts';

export { answerOnSqlite } from './answers.ts';

/** How one comparison ends, on one set of rows. `different`: both run, the rows differ. */
export type Outcome = 'verified' | 'different' | 'failed';

export interface Proof {
  outcome: Outcome;
  equality?: Equality;
  reason?: string | undefined;
  /** Whether equal values are numbers in one engine and texts in the other. */
  otherTypes?: boolean;
  /** Whether the answers differ even once all ties are broken alike: then no tie explains it. */
  differsWithoutTies?: boolean;
  /** What an engine said that refused. */
  errors?: { sqlite?: string; postgres?: string };
  /** PostgreSQL's SQLSTATE where it refused. */
  sqlState?: string | undefined;
  /** Rows of PostgreSQL's answer. */
  rows?: number;
  /** PostgreSQL's answer. */
  actual?: Answer & { columns: string[] };
}

/** Reasons that go with `verified`. */
export const orderReason = 'rows that tie in the order come in another order';
export const tieReason = 'rows tie in the order: equal once ties are broken alike in both engines';

export interface ProvableQuery {
  sqliteSql: string;
  /** PostgreSQL's SQL. */
  sql: string;
  /** SQLite's answer, from `answerOnSqlite`. */
  expected: SqliteAnswer;
}

/**
 * Runs the rewritten query on PostgreSQL and compares the answers: as multisets, and in the query's order where it has
 * one. Where a tie decides which rows there are, both engines are asked again with the ties broken alike.
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
  const otherTypes = hasOtherTypes(expected, actual);
  if (compareAnswers(expected, actual, { ordered: isOrdered(query.sqliteSql) })) {
    return { outcome: 'verified', equality: 'strict', otherTypes, ...seen };
  }
  if (await isEqualButForTies(engines, query, expected, actual)) {
    return { outcome: 'verified', equality: 'ties-in-order', reason: orderReason, otherTypes, ...seen };
  }
  const isEqual = await isEqualWithoutTies(engines, query, actual.outputs);
  if (isEqual === true)
    return { outcome: 'verified', equality: 'ties-broken', reason: tieReason, otherTypes, ...seen };
  const reason = describeDifference(actual, expected);
  return { outcome: 'different', reason, differsWithoutTies: isEqual === false, ...seen };
}

/**
 * Whether the answers are equal as far as the query's order says: the same rows as often, and the same sequence of keys.
 * Rows that tie in that order may come either way.
 */
async function isEqualButForTies(
  engines: Engines,
  query: ProvableQuery,
  expected: Answer,
  actual: Answer,
): Promise<boolean> {
  if (!isOrdered(query.sqliteSql) || !compareAnswers(expected, actual, { ordered: false })) return false;
  const [sqlite, postgres] = [showOrderKeys(query.sqliteSql), showOrderKeys(query.sql)];
  if (sqlite === undefined || postgres === undefined) return false;
  const answers = await askBoth(engines, sqlite.sql, postgres.sql);
  if (answers === undefined) return false;
  const [left, right] = [
    readKeys(answers[0], sqlite, actual.outputs),
    readKeys(answers[1], postgres, actual.outputs),
  ];
  // The same rows have the same keys in both engines, and each engine sorts by them.
  return isSameList(left.rows.sort(), right.rows.sort()) && isSameList(left.keys, right.keys);
}

/** Each row with its keys, and the keys alone in the order in which the engine gave them. */
function readKeys(answer: Answer, { keys }: ShownKeys, outputs: number): { rows: string[]; keys: string[] } {
  const rows = answer.rows.map((row) => JSON.parse(row) as unknown[]);
  const keysOf = (row: unknown[]) => keys.map((place) => row.at(place));
  return {
    rows: rows.map((row) => JSON.stringify([...row.slice(0, outputs), ...keysOf(row)])),
    keys: rows.map((row) => JSON.stringify(keysOf(row))),
  };
}

/** The weaker of two labels: what may be said of both. */
export function weakerEquality(left: Equality, right: Equality): Equality {
  const labels = equalitySchema.options;
  return labels[Math.max(labels.indexOf(left), labels.indexOf(right))] ?? 'ties-broken';
}

/** Both answers; nothing where an engine refuses. */
async function askBoth(
  engines: Engines,
  sqliteSql: string,
  sql: string,
): Promise<[Answer, Answer] | undefined> {
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  if ('error' in expected) return undefined;
  try {
    return [expected, await answerOnPostgres(engines.loader, sql)];
  } catch (error) {
    if (sqlStateOf(error) === undefined) throw error;
    return undefined;
  }
}

/** Both refusals in one line. */
export function describeErrors(errors: { sqlite?: string; postgres?: string }): string {
  const parts = [
    errors.postgres === undefined ? [] : [`PostgreSQL: ${errors.postgres}`],
    errors.sqlite === undefined ? [] : [`SQLite: ${errors.sqlite}`],
  ];
  return parts.flat().join('; ');
}

/** Undefined where ties cannot be broken at every place in both queries alike, and the answers differ. */
async function isEqualWithoutTies(
  engines: Engines,
  query: ProvableQuery,
  outputs: number,
): Promise<boolean | undefined> {
  const broken = breakTiesAlike(query, outputs);
  if (broken === undefined) return undefined;
  const answers = await askBoth(engines, broken.sqliteSql, broken.sql);
  if (answers === undefined) return undefined;
  const isEqual = compareAnswers(...answers, { ordered: isOrdered(query.sqliteSql) });
  return isEqual || broken.where === 'everywhere' ? isEqual : undefined;
}

/** Both queries with their ties broken at the same places; only at the end where they are built differently inside. */
function breakTiesAlike(query: { sqliteSql: string; sql: string }, outputs: number) {
  for (const where of ['everywhere', 'final'] as const) {
    const sqlite = breakTies(query.sqliteSql, outputs, 'sqlite', where);
    const postgres = breakTies(query.sql, outputs, 'postgres', where);
    if (sqlite.places > 0 && sqlite.places === postgres.places) {
      return { sqliteSql: sqlite.sql, sql: postgres.sql, where };
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
