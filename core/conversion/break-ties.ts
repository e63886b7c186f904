import { scanSql } from './rewrite-lexical.ts';
import type { Token } from './rewrite-lexical.ts';

export interface BrokenTies {
  sql: string;
  /** How many ORDER BY clauses got further columns. */
  places: number;
  /** Whether the query as a whole has an ORDER BY. */
  hasFinalOrder: boolean;
}

interface Level {
  /** Where its last ORDER stands, -1 where there is none. */
  order: number;
  /** Columns of its SELECT list; undefined where a star hides how many they are. */
  outputs: number | undefined;
  inList: boolean;
  hasSelect: boolean;
}

/**
 * The query with the outputs of each SELECT appended to its ORDER BY, in subqueries too, so that rows equal in that
 * order no longer come in an order of the engine's own.
 * @param outputCount columns of the whole query
 * @param where `final` leaves subqueries as they are
 */
export function breakTies(
  sql: string,
  outputCount: number,
  dialect: 'sqlite' | 'postgres',
  where: 'everywhere' | 'final' = 'everywhere',
): BrokenTies {
  const tokens = scanSql(sql.trim().replace(/[;\s]+$/, ''));
  const insertions = new Map<number, string>();
  const levels: Level[] = [newLevel()];
  let hasFinalOrder = false;
  const endClause = (at: number) => {
    const level = levels.at(-1);
    if (level === undefined || level.order < 0) return;
    const isFinal = levels.length === 1;
    const outputs = isFinal ? outputCount : level.outputs;
    hasFinalOrder ||= isFinal;
    // An ORDER BY without a SELECT of its own stands in an aggregate's arguments.
    const isWanted = level.hasSelect && (isFinal || where === 'everywhere');
    if (isWanted && outputs !== undefined) insertions.set(at, listOrdinals(outputs, dialect));
    level.order = -1;
  };
  for (const [index, token] of tokens.entries()) {
    const word = token.text.toLowerCase();
    if (word === ')') {
      endClause(index);
      if (levels.length > 1) levels.pop();
    } else if (word === '(') levels.push(newLevel());
    else if (word === 'limit') endClause(index);
    else readWord(token, word, index, levels.at(-1) ?? newLevel());
  }
  endClause(tokens.length);
  return { sql: insertAt(tokens, insertions), places: insertions.size, hasFinalOrder };
}

/** Whether the query as a whole says in which order its rows come. */
export function isOrdered(sql: string): boolean {
  return breakTies(sql, 0, 'sqlite', 'final').hasFinalOrder;
}

function newLevel(): Level {
  return { order: -1, outputs: 1, inList: false, hasSelect: false };
}

function readWord(token: Token, word: string, index: number, level: Level): void {
  if (token.kind === 'word' && word === 'select') {
    Object.assign(level, { outputs: 1, inList: true, hasSelect: true, order: -1 });
  } else if (token.kind === 'word' && word === 'from') level.inList = false;
  else if (token.kind === 'word' && word === 'order') level.order = index;
  else if (level.inList && word === ',' && level.outputs !== undefined) level.outputs += 1;
  else if (level.inList && word === '*') level.outputs = undefined;
}

function listOrdinals(count: number, dialect: 'sqlite' | 'postgres'): string {
  // PostgreSQL puts NULLs last by default, SQLite first.
  const nulls = dialect === 'postgres' ? ' NULLS FIRST' : '';
  return Array.from({ length: count }, (_, index) => `, ${index + 1}${nulls}`).join('');
}

function insertAt(tokens: Token[], insertions: Map<number, string>): string {
  let text = '';
  for (let index = 0; index <= tokens.length; index += 1) {
    const inserted = insertions.get(index);
    const token = tokens[index]?.text ?? '';
    if (inserted !== undefined) {
      text = `${text.trimEnd()}${inserted}${token === ')' || token === '' ? '' : ' '}`;
    }
    text += token;
  }
  return text;
}
