import type { LiteralChoices } from '../sql/sketch/constraint.ts';
import { normaliseValue, type ValueHint } from './find-hints.ts';
import type { NameLink } from './link-names.ts';
import { splitName, stemWord, stopWords } from './question-words.ts';

const smallNumbers =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const times = new Map([
  ['twice', 2],
  ['thrice', 3],
  ['dozen', 12],
]);
export const scales = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['k', 1_000],
  ['million', 1_000_000],
  ['billion', 1_000_000_000],
]);

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

const maxSpanWords = 5;

/** The number that a word says, in digits or letters, or a month's. */
export function readNumber(word: string): string | undefined {
  const often = times.get(word.toLowerCase());
  if (often !== undefined) return String(often);
  const small = smallNumbers.indexOf(word.toLowerCase());
  if (small >= 0) return String(small);
  // `in March` is compared with the month's number. Written small, `may` and `march` are verbs.
  const month = months.indexOf(word.toLowerCase());
  if (month >= 0 && word !== word.toLowerCase()) return String(month + 1);
  const match = /^\$?(\d[\d,]*(?:\.\d+)?)(k)?$/i.exec(word);
  if (!match?.[1]) return undefined;
  const digits = match[1].replaceAll(',', '');
  return match[2] ? String(Number(digits) * 1_000) : digits;
}

/** Numbers that the question states, in digits or words, with 0 and 1, which go without saying. */
export function collectNumbers(words: readonly string[]): string[] {
  const numbers = words.flatMap((word, index) => {
    const number = readNumber(word);
    if (number === undefined) return [];
    const scale = scales.get(words[index + 1]?.toLowerCase() ?? '');
    return scale === undefined ? [number] : [String(Number(number) * scale), number];
  });
  return [...new Set([...numbers, '1', '0'])];
}

function monthOf(word: string | undefined): string | undefined {
  const lower = word?.toLowerCase() ?? '';
  const index = months.findIndex(
    (month) => lower === month || (lower.length === 3 && month.startsWith(lower)),
  );
  return index < 0 ? undefined : String(index + 1).padStart(2, '0');
}

/** Dates that the question states: ISO dates, `March 2024`, `March 5, 2024`, and the ends of a bare year. */
export function collectDates(words: readonly string[]): string[] {
  const plain = words.filter((word) => word !== ',');
  const dates = plain.flatMap((word, index) => {
    if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return [word];
    const month = monthOf(plain[index - 1]);
    if (/^(19|20)\d{2}$/.test(word)) {
      const day = /^\d{1,2}$/.test(plain[index - 1] ?? '') ? plain[index - 1] : undefined;
      const monthBefore = day ? monthOf(plain[index - 2]) : undefined;
      if (day && monthBefore) return [`${word}-${monthBefore}-${day.padStart(2, '0')}`];
      return month ? [`${word}-${month}-01`] : [`${word}-01-01`, `${word}-12-31`];
    }
    return [];
  });
  return [...new Set(dates)];
}

/** What stands in quotes is a value, whatever it is. */
function collectQuoted(words: readonly string[]): string[] {
  const text = words.join(' ');
  return [...text.matchAll(/" ([^"]{1,80}) "/g)].flatMap((match) => match[1] ?? []);
}

/** Runs of question words that may be a value: quoted ones, and those whose ends are no stop words. */
export function collectSpans(words: readonly string[]): string[] {
  const isEdge = (word: string | undefined) =>
    word !== undefined &&
    /[\p{L}\p{N}]/u.test(word) &&
    !(stopWords.has(word.toLowerCase()) && word === word.toLowerCase());
  const spans: string[] = collectQuoted(words);
  for (let start = 0; start < words.length; start++) {
    for (let end = start + 1; end <= Math.min(words.length, start + maxSpanWords); end++) {
      if (isEdge(words[start]) && isEdge(words[end - 1])) spans.push(words.slice(start, end).join(' '));
    }
  }
  return [...new Set(spans)];
}

/**
 * Spans that a column without hints may equal. A value that is known to be stored elsewhere, a bare number and the
 * name of a table or column are hardly ever one; in quotes everything is.
 */
function pruneSpans(
  words: readonly string[],
  hints: readonly ValueHint[],
  links: readonly NameLink[],
): string[] {
  const quoted = collectQuoted(words);
  const stored = hints.map((hint) => ` ${normaliseValue(hint.value)} `);
  const named = new Set(
    links.flatMap((link) => splitName(link.column?.column.name ?? link.table.table.name)),
  );
  const isStored = (span: string) => stored.some((value) => value.includes(` ${normaliseValue(span)} `));
  const isName = (span: string) => span.split(' ').every((word) => named.has(stemWord(word)));
  const kept = collectSpans(words).filter(
    (span) => !/^[\d.,]+$/.test(span) && !isStored(span) && !isName(span),
  );
  return [...new Set([...quoted, ...kept])];
}

/**
 * The literals that a sketch may hold: stored values of the column that the question names, else the
 * question's own words; its numbers and dates.
 */
export function collectLiterals(
  words: readonly string[],
  hints: readonly ValueHint[],
  links: readonly NameLink[] = [],
): LiteralChoices {
  const spans = pruneSpans(words, hints, links);
  return {
    textFor(table, column) {
      const own = hints.filter((hint) => hint.table === table && hint.column === column);
      return own.length > 0
        ? [...new Set(own.map((hint) => hint.value.trim().replaceAll(/\s+/g, ' ')))]
        : spans;
    },
    patterns: collectSpans(words),
    numbers: collectNumbers(words),
    dates: collectDates(words),
  };
}
