import { AppError, type Limits, type Outcome, type QueryResult } from '../contract/index.ts';
import { findForeignFunction, type Database } from '../postgres/index.ts';
import { guardQuery } from '../sql/index.ts';
import type { WrittenCandidate } from './generation-event.ts';

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
  /** Where in the statement: 0-based, in UTF-16 units. */
  position?: number | undefined;
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
    const failure = sqlFailure(error, signal);
    return { sql, outcome: 'invalid', ...reasonOf(failure), logProb };
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
    const failure = sqlFailure(error, signal);
    const outcome = failure.code === 'SQL_TIMEOUT' ? 'timed-out' : 'failed';
    return { ...candidate, outcome, ...reasonOf(failure) };
  }
}

function reasonOf({
  message,
  hint,
  details,
}: AppError): Pick<CheckedCandidate, 'message' | 'hint' | 'position'> {
  const position = details?.['position'];
  return { message, hint, ...(typeof position === 'number' ? { position } : {}) };
}

/** Failures of the statement become data; a lost connection or a cancelled request stays an error. */
function sqlFailure(error: unknown, signal: AbortSignal): AppError {
  signal.throwIfAborted();
  const failure = AppError.from(error);
  if (failure.code.startsWith('SQL_') || failure.code === 'PERMISSION_DENIED') return failure;
  throw failure;
}
