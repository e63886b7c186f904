import { AppError } from '../contract/errors.ts';
import { answerOnSqlite, isInformative, storeAnswer } from './answers.ts';
import { isOrdered } from './break-ties.ts';
import { explainDifference } from './find-instability.ts';
import { expectAnswerInTime, proveQuery, weakerEquality } from './prove.ts';
import type { AnswerPair, Equality, GeneratedRows, UnusedReason } from '../contract/dataset.ts';
import type { Engines } from './engines.ts';
import type { Instability } from './find-instability.ts';
import type { FilledDatabase } from './filling/index.ts';
import type { Proof } from './prove.ts';

/** Empty twins of one database in both engines, into which generated rows are put. */
export type RowsHolder = Pick<FilledDatabase, 'withRows'>;

export interface GeneratedProof {
  /** Sets of rows on which both engines answered. */
  used: GeneratedRows[];
  /** Sets that say nothing about the query, by the reason. */
  unused: Partial<Record<UnusedReason, number>>;
  /** On how many of those used they agreed. */
  agreeing: number;
  /** Whether they agreed somewhere on an answer that tells something. */
  informative: boolean;
  /** Whether equal values were numbers in one engine and texts in the other, on any set. */
  otherTypes: boolean;
  /** The weakest label of all sets used. */
  equality: Equality;
  /** The engines' answers, a line a set used. */
  answers: AnswerPair[];
  /** Where they disagree though SQLite has a defined answer: the conversion is wrong. */
  contradiction?: { on: string; proof: Proof };
  /** Where they disagree, and SQLite's own answer is not defined. */
  undefinedOn?: { on: string; reason: string; reasonClass: 'tie' | 'arbitrary-row' };
}

export interface GeneratedQuery {
  sqliteSql: string;
  sql: string;
  /** Whether the query shows a bare column of an arbitrary row. */
  hasChoice: boolean;
  /** Names of SQLite's outputs. */
  columns: string[];
}

/** PostgreSQL's cardinality_violation: a scalar subquery gave several rows, of which SQLite takes the first. */
const severalRowsState = '21000';

/**
 * Asks both engines on each set of generated rows. A set is not used where it does not fit the tables, where SQLite
 * refuses the query on it, or where a scalar subquery gives several rows; those are counted.
 */
export async function proveOnGeneratedRows(
  holder: RowsHolder,
  query: GeneratedQuery,
  sets: GeneratedRows[],
): Promise<GeneratedProof> {
  const result: GeneratedProof = {
    used: [],
    unused: {},
    agreeing: 0,
    informative: false,
    equality: 'strict',
    otherTypes: false,
    answers: [],
  };
  for (const rows of sets) {
    const seen = await askOn(holder, query, rows);
    if (typeof seen === 'string') {
      result.unused[seen] = (result.unused[seen] ?? 0) + 1;
      continue;
    }
    result.used.push(rows);
    result.answers.push(seen.answers);
    result.equality = weakerEquality(result.equality, seen.proof.equality ?? 'ties-broken');
    if (seen.proof.outcome === 'verified') {
      result.agreeing += 1;
      result.otherTypes ||= seen.proof.otherTypes === true;
      result.informative ||= seen.proof.actual !== undefined && isInformative(seen.proof.actual);
    } else if (seen.instability !== undefined) {
      result.undefinedOn ??= { on: rows.kind, ...seen.instability };
    } else {
      result.contradiction ??= { on: rows.kind, proof: seen.proof };
    }
  }
  return result;
}

interface SeenOnRows {
  proof: Proof;
  answers: AnswerPair;
  instability: Instability | undefined;
}

async function askOn(
  holder: RowsHolder,
  query: GeneratedQuery,
  rows: GeneratedRows,
): Promise<SeenOnRows | UnusedReason> {
  try {
    return await holder.withRows(rows, (engines) => askEngines(engines, query, rows.kind));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === undefined) throw error;
    return refusal;
  }
}

async function askEngines(
  engines: Engines,
  query: GeneratedQuery,
  on: string,
): Promise<SeenOnRows | UnusedReason> {
  const { sqliteSql, sql } = query;
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  if ('error' in expected) return 'gold-fails';
  const proof = await proveQuery(engines, { sqliteSql, sql, expected });
  expectAnswerInTime(proof, sql);
  if (proof.sqlState === severalRowsState) return 'several-rows';
  const ordered = isOrdered(sqliteSql);
  const answers: AnswerPair = { on, sqlite: storeAnswer(expected, query.columns, ordered) };
  if (proof.actual !== undefined) answers.postgres = storeAnswer(proof.actual, proof.actual.columns, ordered);
  const instability =
    proof.outcome === 'different' ? explainDifference(engines.gold, query, expected, proof) : undefined;
  return { proof, answers, instability };
}

/** SQLite's primary codes for a broken constraint and a wrong type: https://www.sqlite.org/rescode.html */
const sqliteRefusals = new Set([19, 20]);

/** Which engine says that the rows break a key or a type; a lost connection or a full disk is something else. */
function refusalOf(error: unknown): UnusedReason | undefined {
  const cause = error instanceof AppError ? error.cause : undefined;
  if (!(cause instanceof Error)) return undefined;
  if ('code' in cause && /^2[23]\w{3}$/.test(String(cause.code))) return 'postgres-refuses-rows';
  // The low byte is the primary code.
  const errcode = 'errcode' in cause ? Number(cause.errcode) & 0xff : 0;
  return sqliteRefusals.has(errcode) ? 'sqlite-refuses-rows' : undefined;
}
