import { answerOnSqlite, messageOf } from './answers.ts';
import { describeErrors, expectAnswerInTime, proveQuery } from './prove.ts';
import { proveOnGeneratedRows } from './prove-generated.ts';
import { rewriteQuery } from './rewrite.ts';
import type { GeneratedRows } from '../contract/dataset.ts';
import type { SqliteAnswer } from './answers.ts';
import type { Engines } from './engines.ts';
import type { LoadedTable } from './load.ts';
import type { Proof } from './prove.ts';
import type { GeneratedProof, RowsHolder } from './prove-generated.ts';
import type { BareColumnRule } from './rewrite-grouping.ts';

/** Where generated rows come from, and where they are put. */
export interface GeneratedSource {
  holder: RowsHolder;
  /** Sets of rows for a PostgreSQL query. */
  makeSets(sql: string): GeneratedRows[];
  /** Names of SQLite's outputs. */
  columnsOf(sqliteSql: string): string[];
}

export interface ConvertedQuery {
  /** Empty where the gold query could not be rewritten. */
  sql: string;
  /** Whether a bare column of an arbitrary row left a choice. */
  hasChoice: boolean;
  expected: SqliteAnswer;
  /** On Spider's own rows. */
  proof: Proof;
  /** On generated rows; only where Spider's own show no difference. */
  generated?: GeneratedProof | undefined;
}

/**
 * Rewrites and proves one query; where a column of an arbitrary row leaves a choice, the better proof wins.
 * @param source without it, only Spider's own rows are asked
 */
export async function convertQuery(
  engines: Engines,
  sqliteSql: string,
  tables: LoadedTable[],
  source?: GeneratedSource,
): Promise<ConvertedQuery> {
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  let sets: GeneratedRows[] | undefined;
  const attempt = async (rule: BareColumnRule): Promise<ConvertedQuery> => {
    const converted = await rewriteAndProve(engines, sqliteSql, tables, expected, rule);
    if (source === undefined || converted.proof.outcome !== 'verified') return converted;
    // Both rules are held to the same rows.
    sets ??= source.makeSets(converted.sql);
    const query = { sqliteSql, ...converted, columns: source.columnsOf(sqliteSql) };
    return { ...converted, generated: await proveOnGeneratedRows(source.holder, query, sets) };
  };
  const first = await attempt('group');
  if (!first.hasChoice || isSettled(first)) return first;
  const second = await attempt('aggregate');
  return isBetter(first, second) ? first : second;
}

function isSettled({ proof, generated }: ConvertedQuery): boolean {
  return proof.outcome === 'verified' && proof.rows !== 0 && countDisagreements(generated) === 0;
}

function isBetter(left: ConvertedQuery, right: ConvertedQuery): boolean {
  const [leftRank, rightRank] = [rank(left.proof), rank(right.proof)];
  if (leftRank !== rightRank) return leftRank < rightRank;
  return countDisagreements(left.generated) < countDisagreements(right.generated);
}

function rank(proof: Proof): number {
  return { verified: 0, different: 1, failed: 2 }[proof.outcome];
}

function countDisagreements(generated: GeneratedProof | undefined): number {
  return generated === undefined ? 0 : generated.used.length - generated.agreeing;
}

async function rewriteAndProve(
  engines: Engines,
  sqliteSql: string,
  tables: LoadedTable[],
  expected: SqliteAnswer,
  rule: BareColumnRule,
): Promise<ConvertedQuery> {
  let rewritten: ReturnType<typeof rewriteQuery>;
  try {
    rewritten = rewriteQuery(sqliteSql, tables, rule);
  } catch (error) {
    const sqlite = 'error' in expected ? { sqlite: expected.error } : {};
    const errors = { ...sqlite, postgres: messageOf(error) };
    const proof: Proof = { outcome: 'failed', reason: describeErrors(errors), errors };
    return { sql: '', hasChoice: false, expected, proof };
  }
  const { sql, hasChoice } = rewritten;
  const proof = await proveQuery(engines, { sqliteSql, sql, expected });
  expectAnswerInTime(proof, sql);
  return { sql, hasChoice, expected, proof };
}
