import { normaliseValue } from '../find-hints.ts';
import type { ValueIndex, ValuePlace } from './build-value-index.ts';
import { findByWords } from './find-by-words.ts';
import { findInitials, findSpans, isCodePlace, type FoundText } from './find-spans.ts';
import type { AskedWord } from './match-word.ts';

/** A stored value that a question seems to name. */
export interface ValueMatch extends ValuePlace {
  /** Whether the question's words are the value's, but for case, plural endings and punctuation. */
  isExact: boolean;
  /** 1 for an exact match; for others how sure it is, from 0.4 to 0.95. */
  score: number;
  /** The question's words from `start` up to, not including, `end` name it; punctuation counts as words. */
  start: number;
  end: number;
}

export interface SearchOptions {
  /** Most matches in all. Defaults to 12. */
  limit?: number | undefined;
  /** Whether a lower-case word belongs to the language: it is then no misspelling. Defaults to never. */
  isWord?: ((word: string) => boolean) | undefined;
}

const defaultLimit = 12;
/** Most matches that are not exact, for the same words of the question. */
const maxPerSpan = 4;

/**
 * The stored values that a question names: first those that its words equal, then those that they spell otherwise:
 * run together, by initials (`ny`), misspelt (`Coffe`), by a part (`united states`) or by their people (`italian`).
 * Surest first, then in the question's order; the same index and words give the same matches. 0.4 to 4 ms for 20,000
 * values.
 */
export function searchValues(
  index: ValueIndex,
  questionWords: readonly string[],
  { limit = defaultLimit, isWord = () => false }: SearchOptions = {},
): ValueMatch[] {
  const asked = askedWords(index, questionWords, isWord);
  const exact = findSpans(index, asked);
  const fuzzy = [...findInitials(index, asked), ...findByWords(index, asked)];
  const kept = [...keepLongest(exact), ...keepFuzzy(index, fuzzy, exact)];
  return kept
    .toSorted((a, b) => b.score - a.score || a.first - b.first || a.last - b.last || a.text - b.text)
    .flatMap((found) => toMatches(index, asked, found))
    .slice(0, limit);
}

function askedWords(
  index: ValueIndex,
  questionWords: readonly string[],
  isWord: (word: string) => boolean,
): AskedWord[] {
  return questionWords.flatMap((raw, position) => {
    const isLower = raw === raw.toLowerCase();
    return normaliseValue(raw)
      .split(' ')
      .filter(Boolean)
      .map((stem) => ({
        stem,
        raw,
        position,
        isQuoted: questionWords[position - 1] === '"' && questionWords[position + 1] === '"',
        isPlain: index.nameWords.has(stem) || (isLower && (isWord(raw) || isWord(stem))),
      }));
  });
}

/** `York` inside an exact `New York` is noise. */
function keepLongest(found: readonly FoundText[]): FoundText[] {
  return found.filter((one) => !found.some((other) => other.isExact && isInside(one, other)));
}

function isInside(one: FoundText, other: FoundText): boolean {
  const isLonger = other.last - other.first > one.last - one.first;
  return isLonger && other.first <= one.first && other.last >= one.last;
}

/** Without those that exact matches explain, at most four for the same words, the surest. */
function keepFuzzy(index: ValueIndex, fuzzy: readonly FoundText[], exact: readonly FoundText[]): FoundText[] {
  const explained = fuzzy.filter(
    (one) =>
      !exact.some((other) => {
        if (other.text === one.text) return true;
        const overlaps = other.first <= one.last && other.last >= one.first;
        return other.isExact && overlaps && (one.score < 0.6 || !isElsewhere(index, one, other));
      }) && !fuzzy.some((other) => isInside(one, other) && other.score >= one.score),
  );
  const bySpan = Map.groupBy(explained, ({ first }) => first);
  return [...bySpan.values()].flatMap((group) =>
    group.toSorted((a, b) => b.score - a.score || a.text - b.text).slice(0, maxPerSpan),
  );
}

function isElsewhere(index: ValueIndex, one: FoundText, other: FoundText): boolean {
  const columns = new Set(index.texts[other.text]?.places.map(columnKey));
  return index.texts[one.text]?.places.some((place) => !columns.has(columnKey(place))) ?? false;
}

const columnKey = ({ namespace, table, column }: ValuePlace) => `${namespace ?? ''}\0${table}\0${column}`;

function toMatches(index: ValueIndex, asked: readonly AskedWord[], found: FoundText): ValueMatch[] {
  const { first, last, score, isExact } = found;
  const start = asked[first]?.position ?? 0;
  const end = (asked[last]?.position ?? start) + 1;
  const places = index.texts[found.text]?.places ?? [];
  const isCode = !isExact && [...(index.texts[found.text]?.text ?? '')].length === 1;
  return (isCode ? places.filter(isCodePlace) : places).map((place) => ({
    ...place,
    isExact,
    score,
    start,
    end,
  }));
}
