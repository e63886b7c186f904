import { isIsoDate, isIsoTimestamp, isNumericText } from '../types.ts';
import type { Cell } from './draft-row.ts';
import type { ValueKind } from './fresh-values.ts';
import type { Check, Comparator } from './query-model.ts';

/** Whether a value meets a condition, by the rules that both engines share. NULL meets only IS NULL. */
export function satisfies(cell: Cell, check: Check, kind: ValueKind): boolean {
  const { operator, values } = check;
  if (cell === null || operator === 'null') return cell === null && operator === 'null';
  if (operator === 'not null') return true;
  if (operator.endsWith('like'))
    return matches(String(cell), String(values[0])) !== operator.startsWith('not');
  const order = (value: Cell | undefined) => compareCells(cell, value ?? null, check, kind);
  if (operator === 'in' || operator === 'not in') {
    return values.some((value) => order(value) === 0) === (operator === 'in');
  }
  if (operator === 'between' || operator === 'not between') {
    return (order(values[0]) >= 0 && order(values[1]) <= 0) === (operator === 'between');
  }
  return holds(order(values[0]), operator as Comparator);

  function matches(text: string, pattern: string): boolean {
    return likePattern(pattern, operator.endsWith('ilike')).test(text);
  }
}

/** Whether `operator` holds for a comparison's sign. */
export function holds(sign: number, operator: Comparator): boolean {
  if (operator === '=') return sign === 0;
  if (operator === '<>') return sign !== 0;
  if (operator.startsWith('<')) return sign < 0 || (sign === 0 && operator === '<=');
  return sign > 0 || (sign === 0 && operator === '>=');
}

/** The sign of left against right: as numbers where the column is one or is read so, else by code units. */
export function compareCells(left: Cell, right: Cell, check: Pick<Check, 'as'>, kind: ValueKind): number {
  const isNumber =
    check.as === 'number' || ((kind === 'integer' || kind === 'fraction') && check.as !== 'text');
  if (isNumber) return Math.sign(numberOf(left) - numberOf(right));
  const [one, two] = [String(left), String(right)];
  return one === two ? 0 : one < two ? -1 : 1;
}

/** A text that begins as a date does counts as its year. */
function numberOf(cell: Cell): number {
  const year = /^(\d{4})-/.exec(String(cell))?.[1];
  return Number(year ?? cell);
}

function likePattern(pattern: string, ignoresCase: boolean): RegExp {
  const source = [...pattern]
    .map((char) =>
      char === '%' ? '[^]*' : char === '_' ? '[^]' : char.replace(/[\\^$.*+?()[\]{}|]/, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, ignoresCase ? 'iu' : 'u');
}

const greatestInteger = 2 ** 31 - 1;

/** The value as a column of this kind stores it; undefined where it cannot. */
export function asKind(cell: Cell, kind: ValueKind): Cell | undefined {
  if (cell === null) return null;
  const text = String(cell);
  if (kind === 'text') return text;
  if (kind === 'date-text') return /^\d{4}-/.test(text) ? text : undefined;
  if (kind === 'date') return isIsoDate(text) ? text : undefined;
  // At midnight SQLite, which compares texts, and PostgreSQL would not agree with a literal that is a date.
  if (kind === 'timestamp' && isIsoDate(text)) return `${text} 12:00:00`;
  if (kind === 'timestamp') return isIsoTimestamp(text) ? text : undefined;
  if (!isNumericText(text)) return undefined;
  if (kind === 'numeric-text') return text.trim();
  const number = Number(text);
  if (!Number.isFinite(number) || Math.abs(number) > greatestInteger) return undefined;
  return kind === 'fraction' || Number.isInteger(number) ? number : undefined;
}
