import { AppError } from '../../contract/index.ts';
import { guardQuery } from '../../sql/index.ts';
import { isOrdered } from '../is-ordered.ts';
import { breakTies, mayBeArbitrary } from './break-ties.ts';
import { findRuns, isAnswer, type DefinedAnswer } from './compare-answers.ts';
import type { SuiteReader } from './suite-database.ts';

/** A gold query made ready for many fillings. */
export interface PreparedGold {
  sql: string;
  ordered: boolean;
  /** Whether its rows may hang on the order in which PostgreSQL meets rows: then it is asked on reversed rows too. */
  mayBeArbitrary: boolean;
  /** With ties broken either way; known once the first answer shows how many columns there are. */
  broken?: Promise<[string, string] | undefined>;
}

/** `undefined`: a tie or an arbitrary row decides what the answer is. */
export type GoldAnswer = DefinedAnswer | 'undefined' | 'failed';

/** Fillings are small: answers beyond this are products of whole tables. */
export const mostSuiteRows = 20_000;

/**
 * @param ordered whether the order of the rows is part of the answer; by default whether the gold SQL orders them
 * @throws AppError SQL_SYNTAX or SQL_NOT_READ_ONLY where the gold SQL may not run
 */
export async function prepareGold(goldSql: string, ordered?: boolean): Promise<PreparedGold> {
  const sql = await guardSuiteSql(goldSql);
  return { sql, ordered: ordered ?? (await isOrdered(sql)), mayBeArbitrary: await mayBeArbitrary(sql) };
}

/** @throws AppError SQL_SYNTAX or SQL_NOT_READ_ONLY */
export async function guardSuiteSql(sql: string): Promise<string> {
  const verdict = await guardQuery(sql, { origin: 'model' });
  if (verdict.allowed) return verdict.sql;
  throw new AppError(verdict.code, verdict.message, { hint: verdict.hint });
}

/** The gold's answer on the rows that are there, ties looked for; arbitrary rows are `confirmGold`'s. */
export async function askGold(reader: SuiteReader, gold: PreparedGold): Promise<GoldAnswer> {
  const plain = await reader.read(gold.sql, mostSuiteRows);
  if ('error' in plain || plain.result.truncated) return 'failed';
  gold.broken ??= breakBothWays(gold.sql, plain.result.columns.length);
  const broken = await gold.broken;
  if (broken === undefined) return asTheyCome(plain.result, gold.ordered);
  const [ascending, descending] = [
    await reader.read(broken[0], mostSuiteRows),
    await reader.read(broken[1], mostSuiteRows),
  ];
  // Such as an output that has no order: JSON.
  if ('error' in ascending || 'error' in descending) return asTheyCome(plain.result, gold.ordered);
  const runs = findRuns(ascending.result, descending.result);
  if (gold.ordered) return runs === undefined ? 'undefined' : { result: ascending.result, runs };
  // Only subqueries are ordered: what they pick must not change the rows.
  const first = { result: ascending.result, runs: undefined };
  return isAnswer(first, descending.result) ? first : 'undefined';
}

function asTheyCome(result: DefinedAnswer['result'], ordered: boolean): DefinedAnswer {
  return { result, runs: ordered ? result.rows.map((_, index) => index) : undefined };
}

async function breakBothWays(sql: string, outputs: number): Promise<[string, string] | undefined> {
  const ascending = await breakTies(sql, outputs, 'ascending');
  const descending = await breakTies(sql, outputs, 'descending');
  return ascending === undefined || descending === undefined ? undefined : [ascending, descending];
}

/** The answer, if it is the same on the same rows stored in reverse order. */
export function confirmGold(answer: GoldAnswer, reversed: GoldAnswer | undefined): GoldAnswer {
  if (reversed === undefined || typeof answer === 'string') return answer;
  return typeof reversed !== 'string' && isAnswer(answer, reversed.result) ? answer : 'undefined';
}
