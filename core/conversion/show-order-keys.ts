import { scanSql } from './rewrite-lexical.ts';
import type { Token } from './rewrite-lexical.ts';

export interface ShownKeys {
  sql: string;
  /** How many columns were added, at the end. */
  keys: number;
}

/**
 * The query with what it orders by as further outputs, so that one can see which rows tie. Undefined where the query
 * has no final ORDER BY, or where further outputs could change which rows there are: DISTINCT and set operations.
 */
export function showOrderKeys(sql: string): ShownKeys | undefined {
  const tokens = scanSql(sql.trim().replace(/[;\s]+$/, ''));
  const depths = depthsOf(tokens);
  const find = (word: string) =>
    tokens.findIndex((token, index) => depths[index] === 0 && token.kind === 'word' && isWord(token, word));
  const [from, order, limit] = [find('from'), find('order'), find('limit')];
  const isPlain = ['distinct', 'union', 'intersect', 'except'].every((word) => find(word) < 0);
  if (from < 0 || order < from || !isPlain) return undefined;
  const end = limit > order ? limit : tokens.length;
  const keys = splitAtCommas(tokens, depths, order, end).map(withoutDirection);
  const text = (start: number, stop?: number) => textOf(tokens.slice(start, stop));
  return { sql: `${text(0, from).trimEnd()}, ${keys.join(', ')} ${text(from)}`, keys: keys.length };
}

/** How deep in parentheses each token stands. */
function depthsOf(tokens: Token[]): number[] {
  let depth = 0;
  return tokens.map(({ text }) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return text === '(' ? depth - 1 : depth;
  });
}

function splitAtCommas(tokens: Token[], depths: number[], order: number, end: number): Token[][] {
  const by = tokens.findIndex((token, index) => index > order && isWord(token, 'by'));
  const keys: Token[][] = [[]];
  for (let index = by + 1; index < end; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === ',' && depths[index] === 0) keys.push([]);
    else keys.at(-1)?.push(token);
  }
  return keys;
}

function withoutDirection(key: Token[]): string {
  return textOf(key)
    .trim()
    .replace(/\s+nulls\s+(first|last)$/i, '')
    .replace(/\s+(asc|desc)$/i, '');
}

function isWord(token: Token, word: string): boolean {
  return token.text.toLowerCase() === word;
}

function textOf(tokens: Token[]): string {
  return tokens.map((token) => token.text).join('');
}
