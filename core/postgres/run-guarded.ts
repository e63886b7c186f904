import { AppError } from '../contract/index.ts';
import type { QueryResult } from '../contract/index.ts';
import { guardQuery } from '../sql/index.ts';
import type { GuardOrigin } from '../sql/index.ts';
import type { Database, RunOptions } from './database.ts';
import { findForeignFunction } from './foreign-functions.ts';

/**
 * Guards a statement and runs it read-only: the way of every statement that a person or a model wrote.
 * Throws SQL_SYNTAX or SQL_NOT_READ_ONLY without asking the server where the guard says no, else as `runReadOnly`.
 * A model's statement is also refused where one of its names may mean a function of the database's owner.
 */
export async function runGuarded(
  database: Pick<Database, 'runReadOnly' | 'readRows'>,
  sql: string,
  options: RunOptions & { origin: GuardOrigin },
): Promise<QueryResult> {
  const { origin, ...limits } = options;
  const checked = await guardStatement(database, sql, origin, limits.signal);
  return database.runReadOnly(checked, limits);
}

/** The guard's part of `runGuarded`: throws as it does. @returns the statement to run */
export async function guardStatement(
  database: Pick<Database, 'readRows'>,
  sql: string,
  origin: GuardOrigin,
  signal: AbortSignal | undefined,
): Promise<string> {
  const verdict = await guardQuery(sql, { origin });
  if (!verdict.allowed) {
    const details = {
      guard: true,
      ...(verdict.position === undefined ? {} : { position: verdict.position }),
    };
    throw new AppError(verdict.code, verdict.message, { hint: verdict.hint, details });
  }
  if (origin === 'model') {
    const foreign = await findForeignFunction(database, verdict.names, signal);
    if (foreign !== undefined) {
      throw new AppError('SQL_NOT_READ_ONLY', foreign.message, {
        hint: foreign.hint,
        details: { guard: true },
      });
    }
  }
  return verdict.sql;
}
