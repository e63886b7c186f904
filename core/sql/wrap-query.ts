import { offsetOfByte, parseStatements } from './parse.ts';
import type { ParsedStatement } from './parse.ts';

export interface WrappedQuery {
  sql: string;
  /** Characters before the statement itself, for places in messages. */
  prefixLength: number;
}

/** Puts one SELECT into another: sorted by a column (0-based), or so that each of its rows is computed only once. */
export type Wrapping = { kind: 'sort'; column: number; descending: boolean } | { kind: 'materialize' };

/**
 * Wraps a text that the guard has found to be one query. Its semicolon is left out and a line break ends a last
 * comment, so that what stands behind it is not swallowed. The result is for the guard to look at again.
 */
export async function wrapQuery(sql: string, wrapping: Wrapping): Promise<WrappedQuery> {
  const [statement] = await parseStatements(sql);
  const inner = statement === undefined ? sql : cutStatement(sql, statement);
  const prefix = wrapping.kind === 'sort' ? 'SELECT * FROM (' : 'WITH result AS MATERIALIZED (';
  return { sql: `${prefix}${inner}\n${suffixOf(wrapping)}`, prefixLength: prefix.length };
}

function suffixOf(wrapping: Wrapping): string {
  if (wrapping.kind === 'materialize') return ') SELECT * FROM result';
  return `) AS result ORDER BY ${wrapping.column + 1} ${wrapping.descending ? 'DESC' : 'ASC'}`;
}

/** The text up to the statement's end; what stands before it stays, for the places in messages. */
function cutStatement(sql: string, { startByte, lengthBytes }: ParsedStatement): string {
  return lengthBytes === undefined ? sql : sql.slice(0, offsetOfByte(sql, startByte + lengthBytes));
}
