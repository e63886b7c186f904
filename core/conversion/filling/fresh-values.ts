import type { LoadedColumn, LoadedTable } from '../load.ts';
import type { Cell } from './draft-row.ts';

/** What the values of a column look like, for both engines alike. */
export type ValueKind = 'integer' | 'fraction' | 'text' | 'numeric-text' | 'date-text' | 'date' | 'timestamp';

function kindOf(column: LoadedColumn, isUsedAsNumber: boolean): ValueKind {
  if (column.type === 'integer' || column.type === 'bigint') return 'integer';
  if (column.type === 'double precision' || column.type === 'numeric') return 'fraction';
  if (column.type === 'date') return 'date';
  if (column.type === 'timestamp without time zone') return 'timestamp';
  // The conversion reads the year off such texts.
  if (column.yearText) return 'date-text';
  return column.allNumericText || isUsedAsNumber ? 'numeric-text' : 'text';
}

/**
 * The kind of a table's column, for a query that reads the texts `numberTexts` (`table.column`) as numbers. Keys are
 * whole numbers: what refers to them may be declared as integer.
 */
export function kindIn(table: LoadedTable, name: string, numberTexts: ReadonlySet<string>): ValueKind {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined) return 'text';
  const kind = kindOf(column, numberTexts.has(`${table.name}.${name}`));
  const isKey =
    table.primaryKey.includes(name) || table.foreignKeys.some((key) => key.columns.includes(name));
  return kind === 'fraction' && isKey ? 'integer' : kind;
}

export const kindsOfNumbers: ReadonlySet<ValueKind> = new Set(['integer', 'fraction', 'numeric-text']);

/**
 * All numbers are four digits wide: integers that SQLite keeps as text then sort as text in the order of their values.
 * Positions run from 0 to `positionsAvailable`.
 */
const leastNumber = 1000;
export const positionsAvailable = 9000;

/**
 * Where values lie: those of rows that a query finds, those of rows that are there for other reasons, and those of rows
 * that depart from the query. With the others in the middle, found rows hold the least values of each column and
 * departing ones the greatest, or the other way round where positions are mirrored.
 */
export const places = { found: 1500, middle: 3000, departing: 6500 } as const;

export function mirrorPosition(position: number): number {
  return positionsAvailable - position;
}

/** The value of one kind at a position: a later position is a greater value, in every kind. */
export function valueAt(kind: ValueKind, position: number): Cell {
  const place = Math.min(Math.max(0, Math.floor(position)), positionsAvailable - 1);
  if (kind === 'integer') return leastNumber + place;
  if (kind === 'fraction') return leastNumber + place + 0.5;
  if (kind === 'numeric-text') return String(leastNumber + place);
  if (kind === 'text') return wordAt(place);
  const day = dayAfter('2000-01-01', place);
  return kind === 'timestamp' ? `${day} 12:00:00` : day;
}

/** The ISO date so many days later (earlier for negative counts). */
export function dayAfter(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const syllables = [...'bdfgklmnprstvz']
  .flatMap((consonant) => [...'aeiou'].map((vowel) => consonant + vowel))
  .sort();

/** `Babaki`: three syllables, in the order of the positions under byte-wise collation. */
function wordAt(place: number): string {
  const base = syllables.length;
  const digits = [Math.floor(place / (base * base)), Math.floor(place / base) % base, place % base];
  const word = digits.map((digit) => syllables[digit] ?? '').join('');
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** A seeded pseudo-random number generator (mulberry32, public domain): values in [0, 1). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
