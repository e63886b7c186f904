import { scanSql } from './rewrite-lexical.ts';

/**
 * The query with all its outputs appended to its final ORDER BY, so that rows equal in that order no longer come in
 * an order of the engine's own. Undefined where the query has no final ORDER BY.
 */
export function breakTies(
  sql: string,
  outputCount: number,
  dialect: 'sqlite' | 'postgres',
): string | undefined {
  const tokens = scanSql(sql.trim().replace(/[;\s]+$/, ''));
  const top = positionsAtTop(tokens.map((token) => token.text.toLowerCase()));
  const order = top.get('order');
  if (order === undefined) return undefined;
  const limit = top.get('limit');
  const end = limit !== undefined && limit > order ? limit : tokens.length;
  // PostgreSQL puts NULLs last by default, SQLite first.
  const nulls = dialect === 'postgres' ? ' NULLS FIRST' : '';
  const ordinals = Array.from({ length: outputCount }, (_, index) => `, ${index + 1}${nulls}`).join('');
  const text = (from: number, to?: number) =>
    tokens
      .slice(from, to)
      .map((token) => token.text)
      .join('');
  return `${text(0, end).trimEnd()}${ordinals} ${text(end)}`.trimEnd();
}

/** Where each word stands last outside parentheses. */
function positionsAtTop(words: string[]): Map<string, number> {
  const last = new Map<string, number>();
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (word === '(') depth += 1;
    else if (word === ')') depth -= 1;
    else if (depth === 0) last.set(word, index);
  }
  return last;
}
