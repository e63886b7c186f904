import type { SqliteValue } from '../spider/index.ts';

export type PostgresType =
  'text' | 'integer' | 'bigint' | 'double precision' | 'numeric' | 'date' | 'timestamp without time zone';

/** What the stored values of one column look like. */
export interface ColumnFacts {
  nulls: number;
  integers: number;
  /** Integers outside 32 bits. */
  bigIntegers: number;
  reals: number;
  texts: number;
  numericTexts: number;
  isoDates: number;
  isoTimestamps: number;
  /** Texts that are no number; at most a few are kept. */
  otherTexts: Set<string>;
  otherTextCells: number;
  /** Texts that begin with a sign or a space. */
  signedTexts: number;
  /** Texts that begin with a year and a dash. */
  yearTexts: number;
}

const otherTextsKept = 20;
const numericText = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const isoDate = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const isoTimestamp = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;

export function isNumericText(text: string): boolean {
  return numericText.test(text);
}

/** True for a calendar date written YYYY-MM-DD: PostgreSQL prints it back unchanged. */
export function isIsoDate(text: string): boolean {
  return isoDate.test(text) && isCalendarDate(text);
}

export function isIsoTimestamp(text: string): boolean {
  return isoTimestamp.test(text) && isCalendarDate(text.slice(0, 10));
}

function isCalendarDate(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return date > '0001' && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

export function observeColumn(rows: SqliteValue[][], index: number): ColumnFacts {
  const facts: ColumnFacts = {
    nulls: 0,
    integers: 0,
    bigIntegers: 0,
    reals: 0,
    texts: 0,
    numericTexts: 0,
    isoDates: 0,
    isoTimestamps: 0,
    otherTexts: new Set(),
    otherTextCells: 0,
    signedTexts: 0,
    yearTexts: 0,
  };
  for (const row of rows) observeValue(facts, row[index] ?? null);
  return facts;
}

function observeValue(facts: ColumnFacts, value: SqliteValue): void {
  if (value === null) facts.nulls += 1;
  else if (typeof value === 'string') observeText(facts, value);
  else if (typeof value === 'bigint' || Number.isInteger(value)) {
    facts.integers += 1;
    if (value > 2147483647 || value < -2147483648) facts.bigIntegers += 1;
  } else facts.reals += 1;
}

function observeText(facts: ColumnFacts, text: string): void {
  facts.texts += 1;
  if (/^[-+\s]/.test(text)) facts.signedTexts += 1;
  if (/^\d{4}-/.test(text)) facts.yearTexts += 1;
  if (isNumericText(text)) {
    facts.numericTexts += 1;
    return;
  }
  facts.otherTextCells += 1;
  if (facts.otherTexts.size < otherTextsKept) facts.otherTexts.add(text);
  if (isIsoDate(text)) facts.isoDates += 1;
  else if (isIsoTimestamp(text)) facts.isoTimestamps += 1;
}

/** The affinity that SQLite gives a declared type: https://www.sqlite.org/datatype3.html, section 3.1. */
export function affinityOf(declaredType: string): 'integer' | 'text' | 'none' | 'real' | 'numeric' {
  const type = declaredType.toUpperCase();
  if (type.includes('INT')) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (type === '' || type.includes('BLOB')) return 'none';
  if (/REAL|FLOA|DOUB/.test(type)) return 'real';
  return 'numeric';
}

/**
 * PostgreSQL's type for a column, from its declaration and the values really stored. A numeric column with a few
 * stray texts (`''`, `nil`, `T`) stays numeric and the strays become NULL; with many it becomes text.
 */
export function choosePostgresType(declaredType: string, facts: ColumnFacts): PostgresType {
  const affinity = affinityOf(declaredType);
  const dateType = chooseDateType(declaredType, facts);
  if (dateType !== undefined) return dateType;
  if (affinity === 'text') return 'text';
  const numbers = facts.integers + facts.reals + facts.numericTexts;
  if (
    facts.otherTextCells > 0 &&
    (numbers < facts.otherTextCells || facts.otherTexts.size >= otherTextsKept)
  ) {
    return 'text';
  }
  return chooseNumberType(declaredType, affinity, facts, numbers);
}

function chooseDateType(declaredType: string, facts: ColumnFacts): PostgresType | undefined {
  if (!/DATE|TIMESTAMP/i.test(declaredType)) return undefined;
  const values = facts.integers + facts.reals + facts.texts;
  if (values === 0) return /TIME/i.test(declaredType) ? 'timestamp without time zone' : 'date';
  if (facts.isoDates === values) return 'date';
  if (facts.isoTimestamps === values) return 'timestamp without time zone';
  return facts.texts > 0 ? 'text' : undefined;
}

function chooseNumberType(
  declaredType: string,
  affinity: ReturnType<typeof affinityOf>,
  facts: ColumnFacts,
  numbers: number,
): PostgresType {
  const integer = facts.bigIntegers > 0 || /BIGINT/i.test(declaredType) ? 'bigint' : 'integer';
  if (affinity === 'real') return 'double precision';
  if (affinity === 'none') return numbers === 0 ? 'text' : facts.reals > 0 ? 'double precision' : integer;
  if (facts.reals > 0) return affinity === 'integer' ? 'double precision' : 'numeric';
  if (affinity === 'integer') return integer;
  const isFraction = /,\s*[1-9]/.test(declaredType) || /^(NUMERIC|DECIMAL)$/i.test(declaredType);
  if (isFraction) return 'numeric';
  return /TIME/i.test(declaredType) && numbers === 0 ? 'text' : integer;
}

/** The value to store: as it is where it fits the type, else NULL. */
export function toPostgresValue(value: SqliteValue, type: PostgresType): string | number | null {
  if (value === null) return null;
  if (type === 'text' || type === 'date' || type === 'timestamp without time zone') return String(value);
  if (typeof value === 'string') return isNumericText(value) ? value.trim() : null;
  return typeof value === 'bigint' ? String(value) : value;
}
