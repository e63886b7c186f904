import { scanSql } from './rewrite-lexical.ts';
import type { Token } from './rewrite-lexical.ts';

/** A query's tokens, and where its outermost clauses stand among them. */
export interface Clauses {
  tokens: Token[];
  /** How deep in parentheses each token stands. */
  depths: number[];
  /** Where a word first stands outside parentheses; -1 where it does not. */
  find(word: string): number;
  /** The text from one token to before another, or to the end. */
  text(start: number, end?: number): string;
  /** The same, split at the commas outside parentheses. */
  list(start: number, end: number): string[];
  /** What follows a clause's word (and BY), to the next clause; nothing where there is no such clause. */
  clause(word: 'having' | 'group' | 'order'): { start: number; end: number } | undefined;
}

/** Splits SQL of either dialect, without deciding what its names mean. */
export function splitClauses(sql: string): Clauses {
  const tokens = scanSql(sql.trim().replace(/[;\s]+$/, ''));
  const depths = depthsOf(tokens);
  const find = (word: string) =>
    tokens.findIndex((token, index) => depths[index] === 0 && token.kind === 'word' && isWord(token, word));
  const text = (start: number, end?: number) =>
    tokens
      .slice(start, end)
      .map((token) => token.text)
      .join('');
  const list = (start: number, end: number) => {
    const commas = tokens.flatMap((token, index) =>
      index >= start && index < end && token.text === ',' && depths[index] === 0 ? [index] : [],
    );
    return [...commas, end].map((comma, index) => text((commas[index - 1] ?? start - 1) + 1, comma).trim());
  };
  const clause: Clauses['clause'] = (word) => {
    const at = find(word);
    if (at < 0) return undefined;
    const by = word === 'having' ? at : tokens.findIndex((token, index) => index > at && isWord(token, 'by'));
    const ends = ['having', 'order', 'limit'].map(find).filter((end) => end > at);
    return { start: by + 1, end: Math.min(tokens.length, ...ends) };
  };
  return { tokens, depths, find, text, list, clause };
}

function depthsOf(tokens: Token[]): number[] {
  let depth = 0;
  return tokens.map(({ text }) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return text === '(' ? depth - 1 : depth;
  });
}

function isWord(token: Token, word: string): boolean {
  return token.text.toLowerCase() === word;
}
