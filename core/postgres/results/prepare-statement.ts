import { AppError } from '../../contract/index.ts';
import type { ResultStatement } from '../../contract/index.ts';
import { guardQuery, parseStatements, wrapQuery } from '../../sql/index.ts';
import type { Database } from '../database.ts';
import { guardStatement } from '../run-guarded.ts';

export interface PreparedStatement {
  sql: string;
  prefixLength: number;
}

/** Looked up in any function's name; a few too many only cost a copy on the server. */
const volatileSql = `SELECT EXISTS (SELECT FROM pg_catalog.pg_proc WHERE provolatile = 'v' AND proname = ANY ($1::name[])) AS found`;

/**
 * Guards a statement and readies it for a cursor: sorted where that is asked for, and where it calls a volatile function
 * made so that each row is computed once, because a cursor that goes back would show other values.
 * Throws as `runGuarded`, and INVALID_INPUT for what cannot be read in parts (EXPLAIN).
 */
export async function prepareStatement(
  database: Database,
  { sql, origin, sort }: Pick<ResultStatement, 'sql' | 'origin' | 'sort'>,
  options: { scroll: boolean; signal: AbortSignal },
): Promise<PreparedStatement> {
  await guardStatement(database, sql, origin, options.signal);
  const [statement] = await parseStatements(sql);
  if (statement?.node['SelectStmt'] === undefined) {
    throw new AppError('INVALID_INPUT', 'Only the rows of a query can be read on.', {
      hint: 'Run the statement by itself.',
    });
  }
  const wrapping = sort ? ({ kind: 'sort', ...sort } as const) : ({ kind: 'materialize' } as const);
  if (!sort && !(options.scroll && (await callsVolatile(database, sql, options.signal)))) {
    return { sql, prefixLength: 0 };
  }
  const wrapped = await wrapQuery(sql, wrapping);
  const verdict = await guardQuery(wrapped.sql, { origin });
  if (!verdict.allowed) throw new AppError(verdict.code, verdict.message, { hint: verdict.hint });
  return wrapped;
}

async function callsVolatile(database: Database, sql: string, signal: AbortSignal): Promise<boolean> {
  const names = [...sql.matchAll(/("(?:[^"]|"")+"|[\w$\u0080-\uffff]+)\s*\(/g)].map(([, name = '']) =>
    name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase(),
  );
  const [row] = await database.readRows(volatileSql, [names], { signal });
  return row?.['found'] === true;
}
