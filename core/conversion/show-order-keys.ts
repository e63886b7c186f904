import { splitClauses } from './split-clauses.ts';

export interface ShownKeys {
  sql: string;
  /**
   * Where each key stands in a row of the answer, as `Array.at` counts: from the start where the key is an output of the
   * query's own, from the end where it was added.
   */
  keys: number[];
}

/**
 * The query with what it orders by as further outputs, so that one can see which rows tie. A whole number, and an
 * output's alias, is that output. Undefined where the query has no final ORDER BY, where further outputs could change
 * which rows there are (DISTINCT and set operations), and where an alias' place cannot be told.
 */
export function showOrderKeys(sql: string): ShownKeys | undefined {
  const { find, clause, list, text } = splitClauses(sql);
  const [select, from, order] = [find('select'), find('from'), clause('order')];
  const isPlain = ['distinct', 'union', 'intersect', 'except'].every((word) => find(word) < 0);
  if (select < 0 || from < select || order === undefined || order.start < from || !isPlain) return undefined;
  const outputs = list(select + 1, from);
  const keys = list(order.start, order.end).map(withoutDirection);
  const places = keys.map((key) => placeOf(key, outputs));
  if (places.includes('unknown')) return undefined;
  const added = keys.filter((_, index) => places[index] === undefined);
  const shown = [text(0, from).trimEnd(), ...added].join(', ');
  return { sql: `${shown} ${text(from)}`, keys: countFromTheEnd(places, added.length) };
}

/** The position of the output that a key names; undefined where it is an expression of its own. */
function placeOf(key: string, outputs: string[]): number | 'unknown' | undefined {
  const ordinal = /^[(\s]*\+?(\d+)[)\s]*(collate\s+\S+)?$/i.exec(key)?.[1];
  if (ordinal !== undefined) return Number(ordinal) - 1;
  if (!/^("[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)$/u.test(key)) return undefined;
  const name = key.replace(/^"|"$/g, '').toLowerCase();
  const position = outputs.findIndex((output) => aliasOf(output) === name);
  if (position < 0) return undefined;
  return outputs.slice(0, position).some((output) => output.endsWith('*')) ? 'unknown' : position;
}

/** The name that an output is given, with or without AS. */
function aliasOf(output: string): string | undefined {
  const alias = /[\s)"'](?:as\s+)?("[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)$/iu.exec(output)?.[1];
  return alias?.replace(/^"|"$/g, '').toLowerCase();
}

function countFromTheEnd(places: (number | 'unknown' | undefined)[], added: number): number[] {
  let next = -added;
  return places.map((place) => (typeof place === 'number' ? place : next++));
}

function withoutDirection(key: string): string {
  return key.replace(/\s+nulls\s+(first|last)$/i, '').replace(/\s+(asc|desc)$/i, '');
}
