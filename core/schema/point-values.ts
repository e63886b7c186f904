/** The values, numbers and dates of a question, and the pointers that stand for them. */
import {
  pointerLimits,
  pointerWord,
  type Literal,
  type LiteralChoices,
  type Operand,
  type PointerValues,
  type PredicateOperator,
  type SchemaView,
} from '../sql/sketch/index.ts';
import { collectDates, readNumber, scales } from './collect-literals.ts';
import type { ValueHint } from './find-hints.ts';
import { operationWords } from './find-mentions.ts';
import { stopWords } from './question-words.ts';
import { isCommonWord } from './related-words.ts';

/** A column that holds a value, in the words of the pointed view. */
export interface StoredValue {
  table: string;
  column: string;
  value: string;
  isExact: boolean;
}

export interface ValuePointer {
  word: string;
  kind: 'value' | 'number' | 'date';
  /** As the question has it, or the number or date that it says. */
  text: string;
  start: number;
  length: number;
  stored: StoredValue[];
}

interface Span {
  start: number;
  length: number;
}

const overlaps = (one: Span, other: Span) =>
  one.start < other.start + other.length && other.start < one.start + one.length;

/** What stands between quotes: its words, the quotes left out. */
function quotedSpans(words: readonly string[]): Span[] {
  const quotes = words.flatMap((word, index) => (word === '"' ? [index] : []));
  return quotes.flatMap((open, index): Span[] => {
    const close = quotes[index + 1];
    const isNumber = close === open + 2 && readNumber(words[open + 1] ?? '') !== undefined;
    return index % 2 === 1 || close === undefined || close === open + 1 || isNumber
      ? []
      : [{ start: open + 1, length: close - open - 1 }];
  });
}

const isCapital = (word: string | undefined) => word !== undefined && /^\p{Lu}/u.test(word);
const isNumberWord = (word: string | undefined) => word !== undefined && /^\$?\d/.test(word);

/** Runs of capitals, small words like `of` inside them; months and the names that the schema explains are none. */
function capitalSpans(words: readonly string[], isNamed: ReadonlySet<number>): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < words.length; start++) {
    const isBeginning = /^[.?!:;]$/.test(words[start - 1] ?? '.');
    if (isBeginning || !isCapital(words[start]) || readNumber(words[start] ?? '') !== undefined) continue;
    let end = start + 1;
    while (
      isCapital(words[end]) ||
      (/^(of|the|de|and|&)$/.test(words[end] ?? '') && isCapital(words[end + 1]))
    )
      end++;
    const isAllNamed = Array.from({ length: end - start }, (_, at) => start + at).every((at) =>
      isNamed.has(at),
    );
    if (!isAllNamed) spans.push({ start, length: end - start });
    start = end;
  }
  return spans;
}

/** What is looked for in texts: `the letter x`, `the word "you"`. */
function soughtSpans(words: readonly string[]): Span[] {
  return words.flatMap((word, at) => {
    const isSought = /^(letters?|words?|substring|string|phrase|characters?|prefix|suffix|keyword)$/.test(
      word,
    );
    const next = words[at + 1];
    return isSought && isWord(next) && !stopWords.has(next ?? '') ? [{ start: at + 1, length: 1 }] : [];
  });
}

const isWord = (word: string | undefined) => word !== undefined && /^[\p{L}\p{N}]/u.test(word);

/** A word that is neither English nor a name of the schema: most likely a value. */
function rareSpans({ words, isNamed, isName }: PointValuesInput): Span[] {
  return words.flatMap((word, start) => {
    const lower = word.toLowerCase();
    const isPlain = stopWords.has(lower) || operationWords.has(lower) || isNamed.has(start) || isName(word);
    if (isPlain || !/^\p{L}[\p{L}\p{N}_-]+$/u.test(word) || isCommonWord(word)) return [];
    return [{ start, length: 1 }];
  });
}

/** A stored value that is also what the schema's names say, written small, is the name: `players`, `last`. */
function isNameRather({ words, isNamed, isName }: PointValuesInput, hint: ValueHint): boolean {
  const start = hint.start ?? 0;
  return Array.from({ length: hint.length ?? 1 }, (_, at) => start + at).every((at) => {
    const word = words[at] ?? '';
    if (word !== word.toLowerCase() || words[at - 1] === '"') return false;
    return isNamed.has(at) || operationWords.has(word) || ((hint.isExact ?? true) ? false : isName(word));
  });
}

function storedSpans(hints: readonly ValueHint[]): (Span & { hints: ValueHint[] })[] {
  const located = hints.filter((hint) => hint.start !== undefined);
  const groups = Map.groupBy(located, ({ start, length }) => `${start} ${length}`);
  return [...groups.values()].map((group) => ({
    start: group[0]?.start ?? 0,
    length: group[0]?.length ?? 1,
    hints: group,
  }));
}

/** Surest first; where spans overlap, the first one stays. */
function chooseSpans(groups: readonly (readonly (Span & { hints?: ValueHint[] })[])[]) {
  const chosen: (Span & { hints?: ValueHint[] })[] = [];
  for (const span of groups.flat()) {
    if (!chosen.some((other) => overlaps(span, other))) chosen.push(span);
  }
  return chosen.toSorted((a, b) => a.start - b.start);
}

function locateStored(
  view: SchemaView,
  hints: readonly ValueHint[],
  names: ReadonlyMap<string, string>,
): StoredValue[] {
  const stored: StoredValue[] = [];
  for (const hint of hints) {
    const word = names.get(`${hint.table}.${hint.column}`);
    const table =
      word === undefined ? undefined : view.tables.find((candidate) => candidate.columnByWord.has(word));
    if (!table || word === undefined || stored.some(({ column }) => column === word)) continue;
    stored.push({ table: table.word, column: word, value: hint.value, isExact: hint.isExact ?? true });
  }
  return stored;
}

/** A number that some text column holds is a number first. */
const isNumberHint = (words: readonly string[], { start = 0, length = 1 }: ValueHint) =>
  length === 1 && readNumber(words[start] ?? '') !== undefined;

function pointTexts(input: PointValuesInput): ValuePointer[] {
  const { words, view, columnWords, isNamed } = input;
  const stored = storedSpans(
    input.hints.filter((hint) => !isNameRather(input, hint) && !isNumberHint(words, hint)),
  );
  const isExact = ({ hints: found }: { hints: ValueHint[] }) => found.some((hint) => hint.isExact ?? true);
  const quoted = quotedSpans(words).map((span) => {
    const same = stored.find(({ start, length }) => start === span.start && length === span.length);
    return same ? { ...span, hints: same.hints } : span;
  });
  const longestFirst = stored.toSorted(
    (a, b) => Number(isExact(b)) - Number(isExact(a)) || b.length - a.length,
  );
  const spans = chooseSpans([
    quoted,
    longestFirst,
    capitalSpans(words, isNamed),
    soughtSpans(words),
    rareSpans(input),
  ]);
  const found = spans.flatMap(({ start, length, hints = [] }) => {
    const stored = locateStored(view, hints, columnWords);
    const whole = { text: words.slice(start, start + length).join(' '), start, length, stored };
    // A person's two names may be in two columns.
    const isFullName = length === 2 && stored.length === 0 && isCapital(words[start]);
    return isFullName
      ? [whole, ...words.slice(start, start + 2).map((text) => ({ text, start, length, stored: [] }))]
      : [whole];
  });
  return found
    .slice(0, pointerLimits.value)
    .map((pointer, index) => ({ ...pointer, word: pointerWord('value', index), kind: 'value' }));
}

/** Every number but 0 and 1, which are written as they are. */
function pointNumbers(input: PointValuesInput, taken: readonly Span[]): ValuePointer[] {
  const { words, view, columnWords } = input;
  const found: Omit<ValuePointer, 'word'>[] = words.flatMap((word, start) => {
    const number = readNumber(word);
    if (number === undefined || taken.some((span) => overlaps(span, { start, length: 1 }))) return [];
    const scale = scales.get(words[start + 1]?.toLowerCase() ?? '');
    const text = scale === undefined ? number : String(Number(number) * scale);
    if (text === '0' || text === '1') return [];
    const hints = input.hints.filter((hint) => hint.start === start && isNumberHint(words, hint));
    const stored = locateStored(view, hints, columnWords);
    return [{ kind: 'number', text, start, length: scale ? 2 : 1, stored }];
  });
  return found.slice(0, pointerLimits.number).map((pointer, index) => ({
    ...pointer,
    word: pointerWord('number', index),
  }));
}

/** Dates stand behind the word that ends them; a bare year's are its first and last day. */
function pointDates(words: readonly string[]): ValuePointer[] {
  const found = words.flatMap((word, start): Omit<ValuePointer, 'word'>[] => {
    if (!isNumberWord(word)) return [];
    const before = words.slice(Math.max(0, start - 3), start + 1);
    const dates = collectDates(before).filter((date) => date.startsWith(word.slice(0, 4)));
    return dates.map((text) => ({ kind: 'date', text, start, length: 1, stored: [] }));
  });
  return found.slice(0, pointerLimits.date).map((pointer, index) => ({
    ...pointer,
    word: pointerWord('date', index),
  }));
}

export interface PointValuesInput {
  words: readonly string[];
  /** With pointers as its words. */
  view: SchemaView;
  hints: readonly ValueHint[];
  /** `table.column` as hints call it → the column's pointer. */
  columnWords: ReadonlyMap<string, string>;
  /** Places of the question that exact names explain. */
  isNamed: ReadonlySet<number>;
  /** Whether a word is part of one of the schema's names. */
  isName: (word: string) => boolean;
}

/** All literals that an answer may hold, besides 0 and 1. */
export function pointValues(input: PointValuesInput): ValuePointer[] {
  const texts = pointTexts(input);
  const numbers = pointNumbers(
    input,
    texts.filter(({ stored }) => stored.length > 0),
  );
  return [...texts, ...numbers, ...pointDates(input.words)];
}

const wordsOf = (pointers: readonly ValuePointer[], kind: ValuePointer['kind']) =>
  pointers.filter((pointer) => pointer.kind === kind).map(({ word }) => word);

const mostRows = 1000;
const isRowCount = ({ kind, text }: ValuePointer) =>
  kind === 'number' && Number.isInteger(Number(text)) && Number(text) <= mostRows;

/** Whether a text may be compared with a column: one that is known to be stored belongs to the columns that store it. */
function mayEqual({ stored }: ValuePointer, column: string): boolean {
  const exact = stored.filter(({ isExact }) => isExact);
  return exact.length === 0 || exact.some((place) => place.column === column);
}

/** Text columns by these names hold dates or numbers. */
const orderedNames = /date|year|time|day|month|age|number|since|from|until|founded|built|opened|office|held/i;

/** What the constraint lets stand where. */
export function literalChoices(pointers: readonly ValuePointer[], view: SchemaView): LiteralChoices {
  const texts = pointers.filter(({ kind }) => kind === 'value');
  const numbers = wordsOf(pointers, 'number');
  const dates = wordsOf(pointers, 'date');
  return {
    textFor: (_table, column) => [
      ...texts.filter((pointer) => mayEqual(pointer, column)).map(({ word }) => word),
      ...numbers,
      ...dates,
    ],
    orderedFor(table, column) {
      const name = view.tableByWord.get(table)?.columnByWord.get(column)?.column.name ?? '';
      const isOrdered = orderedNames.test(name);
      const isStored = ({ kind, stored }: ValuePointer) =>
        kind === 'number' && stored.some((place) => place.column === column);
      return isOrdered ? [...numbers, ...dates] : pointers.filter(isStored).map(({ word }) => word);
    },
    patterns: [...texts.map(({ word }) => word), ...numbers],
    numbers: [...numbers, '1', '0'],
    limits: [...pointers.filter(isRowCount).map(({ word }) => word), '1'],
    dates,
  };
}

/** Reads pointers back: a column's stored spelling where it is compared as a whole, the question's where a part is looked for. */
export function pointerValues(pointers: readonly ValuePointer[], view: SchemaView): PointerValues {
  const byWord = new Map(pointers.map((pointer) => [pointer.word, pointer]));
  return {
    literalOf(word: string, comparedWith?: Operand, operator?: PredicateOperator): Literal {
      const pointer = byWord.get(word);
      if (!pointer) return { kind: 'text', value: '' };
      const column = comparedWith?.kind === 'column' ? comparedWith : undefined;
      const kind = column
        ? view.tableByWord.get(column.table)?.columnByWord.get(column.column)?.kind
        : 'number';
      if (pointer.kind === 'number' && kind === 'number') return { kind: 'number', value: pointer.text };
      const isWhole = operator === undefined || !['contains', 'lacks', 'starts', 'ends'].includes(operator);
      const stored = isWhole ? pointer.stored.find((place) => place.column === column?.column) : undefined;
      return { kind: 'text', value: stored?.value ?? pointer.text };
    },
  };
}
