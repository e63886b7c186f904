import { isIsoDate, isIsoTimestamp, isNumericText } from '../types.ts';
import { asKind } from './check-value.ts';
import { dayAfter } from './fresh-values.ts';
import type { Cell } from './draft-row.ts';
import type { ValueKind } from './fresh-values.ts';
import type { Check } from './query-model.ts';

/**
 * Values that probably meet a condition, in the order in which to try them. `turn` counts the rows made for it, so
 * that they differ where they may.
 */
export function candidatesFor(check: Check, kind: ValueKind, turn: number): Cell[] {
  const { operator, values } = check;
  const [first = null, last = null] = values;
  const rotated = values.map((_, index) => values[(index + turn) % values.length] ?? null);
  const found = (): Cell[] => {
    if (operator === 'null') return [null];
    if (operator === '=' || operator === 'in') return rotated;
    if (operator === 'like' || operator === 'ilike') return realizations(String(first), kind, turn);
    if (operator.startsWith('>')) return [turn + 1, 1, 0].map((step) => shift(first, step));
    if (operator.startsWith('<') && operator !== '<>') {
      // As text, '10' comes before '100', and '99' after it.
      return [...[-turn - 1, -1, 0].map((step) => shift(first, step)), String(first).slice(0, -1)];
    }
    if (operator === 'between') return [shift(first, turn + 1), shift(first, 1), first, last];
    return [shift(first, turn + 1), shift(first, 1), shift(first, -1), shift(last, 1)];
  };
  return inKind(found(), kind);
}

/** Values at the edge of a condition: its literals, their neighbours, and near misses of texts and patterns. */
export function probesOf(check: Check, kind: ValueKind): Cell[] {
  const { operator, values } = check;
  if (operator === 'null' || operator === 'not null') return [];
  if (operator.endsWith('like')) return inKind(nearPatterns(String(values[0] ?? ''), kind), kind);
  const isList = operator === 'in' || operator === 'not in';
  return inKind(
    values.flatMap((value) =>
      isList ? [value, ...nearValues(value).slice(0, 3)] : [value, ...nearValues(value)],
    ),
    kind,
  );
}

function inKind(cells: Cell[], kind: ValueKind): Cell[] {
  const fitting = cells.flatMap((cell) => {
    const stored = asKind(cell, kind);
    return stored === undefined ? [] : [stored];
  });
  return [...new Set(fitting)];
}

/** One step beside a literal, and for texts another letter case, a changed and a further letter. */
function nearValues(value: Cell): Cell[] {
  if (value === null) return [];
  const text = String(value);
  if (typeof value === 'number' || isNumericText(text) || isIsoDate(text) || isIsoTimestamp(text)) {
    const whole = typeof value === 'number' && !Number.isInteger(value);
    const around = whole ? [Math.floor(value), Math.ceil(value)] : [];
    return [shift(value, 1), shift(value, -1), ...around];
  }
  if (text === '') return ['x'];
  return [toggleFirst(text), text.toLowerCase(), text.toUpperCase(), changeLast(text), `${text}s`].filter(
    (near) => near !== text,
  );
}

function toggleFirst(text: string): string {
  const at = text.search(/\p{L}/u);
  if (at < 0) return text;
  const letter = text.charAt(at);
  const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
  return text.slice(0, at) + other + text.slice(at + 1);
}

function changeLast(text: string): string {
  return text.slice(0, -1) + (text.endsWith('x') ? 'y' : 'x');
}

/** So many steps up or down: a number's unit, a day, or the nearest text. */
export function shift(value: Cell, steps: number): Cell {
  if (value === null || steps === 0) return value;
  if (typeof value === 'number') return value + steps;
  if (isIsoDate(value)) return dayAfter(value, steps);
  if (isIsoTimestamp(value)) return dayAfter(value.slice(0, 10), steps) + value.slice(10);
  if (/^-?\d{1,15}$/.test(value)) return String(Number(value) + steps);
  if (isNumericText(value)) return String(Number(value) + steps);
  if (steps > 0) return value + 'bcdfgklmnprst'.charAt(steps % 13);
  return value.slice(0, -1);
}

const fillers = ['bel', 'dor', 'fin', 'gar', 'kel', 'lum', 'mon', 'nor'];

/** Texts (or numbers and dates as text) that match a pattern. */
function realizations(pattern: string, kind: ValueKind, turn: number): Cell[] {
  if (kind === 'text') {
    const filler = `${fillers[turn % fillers.length] ?? ''}${turn < fillers.length ? '' : String(turn)}`;
    return [fill(pattern, filler, 'a'), fill(pattern, '', 'b')];
  }
  if (kind === 'date' || kind === 'date-text' || kind === 'timestamp') return datesLike(pattern, kind);
  return [String(turn + 1), '', '0', '00'].map((filler) => fill(pattern, filler, '1'));
}

function fill(pattern: string, filler: string, one: string): string {
  return pattern.replaceAll('%', filler).replaceAll('_', one);
}

/** A pattern over a date says its year, its month or its day: what it leaves open comes from a date that has all. */
function datesLike(pattern: string, kind: ValueKind): string[] {
  const literal = pattern.replaceAll('%', '');
  const templates = ['2003-07-15', '2011-12-01', '2018-01-28'];
  const dates = templates.flatMap((template) => {
    const fromStart = literal + template.slice(literal.length);
    const atMonth = template.slice(0, 5) + literal.replace(/^-/, '').slice(0, 2) + template.slice(7);
    const atEnd = template.slice(0, Math.max(0, template.length - literal.length)) + literal;
    return [fromStart, atMonth, atEnd];
  });
  return kind !== 'timestamp' ? dates : dates.map((date) => (date.length > 10 ? date : `${date} 12:00:00`));
}

/** Matches in other letter cases, and texts that miss the pattern by a letter or at one end. */
function nearPatterns(pattern: string, kind: ValueKind): Cell[] {
  const plain = fill(pattern, '', 'a');
  if (kind !== 'text') return [...realizations(pattern, kind, 0), `1${plain}`, `${plain}1`];
  const filled = fill(pattern, 'bel', 'a');
  return [
    filled.toUpperCase(),
    filled.toLowerCase(),
    toggleFirst(plain),
    `x${plain}`,
    `${plain}x`,
    changeLast(plain),
    plain,
    plain.slice(1),
  ];
}
