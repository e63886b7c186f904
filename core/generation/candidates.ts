import { AppError, type Candidate, type Limits, type Outcome, type QueryResult } from '../contract/index.ts';
import { findForeignFunction, type Database } from '../postgres/index.ts';
import { guardQuery } from '../sql/index.ts';
import type { WrittenCandidate } from './generation-event.ts';
import { resultKey } from './result-key.ts';

/** What an answer needs of a database. Everything runs read-only. */
export interface QueryDatabase extends Pick<Database, 'readRows'> {
  runReadOnly(sql: string, options: Limits & { signal: AbortSignal }): Promise<QueryResult>;
  explain(sql: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<void>;
}

/** A candidate on its way to an answer: `not-run` once it has passed the guard and EXPLAIN. */
export interface CheckedCandidate {
  sql: string;
  outcome: Outcome;
  message?: string | undefined;
  hint?: string | undefined;
  logProb: number;
  result?: QueryResult;
}

const explainTimeoutMs = 5_000;
const unfinished = {
  message: 'The model found no end to this statement.',
  hint: 'Ask for less at once, or finish the statement by hand.',
};

/** Asks the guard, then the database what the names mean, then PostgreSQL's planner. What they refuse is an outcome, not an error. */
export async function checkCandidate(
  database: QueryDatabase,
  written: WrittenCandidate,
  signal: AbortSignal,
): Promise<CheckedCandidate> {
  const { logProb, sql } = written;
  if (!written.finished) return { sql, outcome: 'invalid', ...unfinished, logProb };
  const verdict = await guardQuery(sql, { origin: 'model' });
  if (!verdict.allowed) {
    const outcome = verdict.code === 'SQL_SYNTAX' ? 'invalid' : 'refused';
    return { sql, outcome, message: verdict.message, hint: verdict.hint, logProb };
  }
  try {
    const foreign = await findForeignFunction(database, verdict.names, signal);
    if (foreign !== undefined) return { sql, outcome: 'refused', ...foreign, logProb };
    await database.explain(verdict.sql, { timeoutMs: explainTimeoutMs, signal });
    return { sql, outcome: 'not-run', logProb };
  } catch (error) {
    const { message, hint } = sqlFailure(error, signal);
    return { sql, outcome: 'invalid', message, hint, logProb };
  }
}

/** Runs a checked candidate. A statement that fails or takes too long is an outcome. */
export async function runCandidate(
  database: QueryDatabase,
  candidate: CheckedCandidate,
  limits: Limits,
  signal: AbortSignal,
): Promise<CheckedCandidate> {
  try {
    const result = await database.runReadOnly(candidate.sql, { ...limits, signal });
    return { ...candidate, outcome: 'succeeded', message: undefined, hint: undefined, result };
  } catch (error) {
    const { code, message, hint } = sqlFailure(error, signal);
    return { ...candidate, outcome: code === 'SQL_TIMEOUT' ? 'timed-out' : 'failed', message, hint };
  }
}

/** Failures of the statement become data; a lost connection or a cancelled request stays an error. */
function sqlFailure(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  const failure = AppError.from(error);
  if (failure.code.startsWith('SQL_') || failure.code === 'PERMISSION_DENIED') return failure;
  throw failure;
}

export interface VotedCandidate extends CheckedCandidate {
  votes: number;
}

/**
 * Counts for each candidate how many ran to the same rows, itself included, and puts the winner first: most votes,
 * then highest probability. One that was only planned has its own vote; one that failed has none.
 */
export function voteByResult(candidates: readonly CheckedCandidate[]): VotedCandidate[] {
  const counts = new Map<string, number>();
  const keys = candidates.map(({ result }) => (result ? resultKey(result) : undefined));
  for (const key of keys) if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  return candidates
    .map((candidate, index) => {
      const own = candidate.outcome === 'not-run' ? 1 : 0;
      return { ...candidate, votes: counts.get(keys[index] ?? '') ?? own };
    })
    .toSorted((a, b) => b.votes - a.votes || rank(a) - rank(b) || b.logProb - a.logProb);
}

/** What could be planned comes before what could not. */
function rank({ outcome }: CheckedCandidate): number {
  return ['succeeded', 'not-run', 'timed-out', 'failed', 'invalid', 'refused'].indexOf(outcome);
}

export function toContractCandidate({ sql, outcome, votes, message }: VotedCandidate): Candidate {
  return { sql, outcome, votes, ...(message === undefined ? {} : { message }) };
}
