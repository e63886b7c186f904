import type { ColumnView, SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import { stemWord, stopWords } from './question-words.ts';

/** Text that a column is known to hold. */
export interface ValueSample {
  namespace?: string;
  /** Names as the database has them. */
  table: string;
  column: string;
  values: string[];
}

/** A stored value that the question names, by the words of its column. */
export interface ValueHint {
  table: string;
  column: string;
  value: string;
  /** Where the question names it: index of its first word, and how many words. */
  start?: number;
  length?: number;
  /** False where the question spells it otherwise. Defaults to true. */
  isExact?: boolean;
}

const maxHints = 6;
const maxValueWords = 6;

/** Compared without case, plural endings and punctuation: `Computer Info. Systems` is `computer info system`. */
export const normaliseValue = (text: string) =>
  text
    .split(/[^\p{L}\p{N}'’]+/u)
    .filter(Boolean)
    .map(stemWord)
    .join(' ');

/** Every run of up to six question words, punctuation left out, normalised → where it starts, how long it is. */
function questionSpans(questionWords: readonly string[]): Map<string, { start: number; length: number }> {
  const places = questionWords.flatMap((word, at) => (/[\p{L}\p{N}]/u.test(word) ? [{ word, at }] : []));
  const spans = new Map<string, { start: number; length: number }>();
  for (let first = 0; first < places.length; first++) {
    for (let count = 1; count <= maxValueWords && first + count <= places.length; count++) {
      const span = places.slice(first, first + count);
      const text = normaliseValue(span.map(({ word }) => word).join(' '));
      const start = span[0]?.at ?? 0;
      if (!spans.has(text)) spans.set(text, { start, length: (span.at(-1)?.at ?? 0) - start + 1 });
    }
  }
  return spans;
}

interface FoundHint extends ValueHint {
  start: number;
  length: number;
}

function findIn(
  table: TableView,
  column: ColumnView,
  values: readonly string[],
  spans: ReadonlyMap<string, { start: number; length: number }>,
): FoundHint[] {
  return values.flatMap((value) => {
    const text = normaliseValue(value);
    const span = spans.get(text);
    if (!span || text.length < 2 || stopWords.has(text)) return [];
    return [{ table: table.word, column: column.word, value, ...span }];
  });
}

/** A hint inside a longer one (`York` in `New York`) is noise. */
function isCovered(hint: FoundHint, others: readonly FoundHint[]): boolean {
  return others.some(
    (other) =>
      other.length > hint.length &&
      other.start <= hint.start &&
      other.start + other.length >= hint.start + hint.length,
  );
}

/**
 * The stored values that a question names, longest first in its own order. A value that is also the name of a
 * table or column stays: the model decides.
 */
export function findHints(
  view: SchemaView,
  questionWords: readonly string[],
  samples: readonly ValueSample[],
): ValueHint[] {
  const spans = questionSpans(questionWords);
  const found = samples.flatMap((sample) => {
    const table = view.tables.find(
      (candidate) =>
        candidate.table.name === sample.table &&
        (sample.namespace === undefined || candidate.table.namespace === sample.namespace),
    );
    const column = table?.columns.find((candidate) => candidate.column.name === sample.column);
    return table && column?.kind === 'text' ? findIn(table, column, sample.values, spans) : [];
  });
  return found
    .filter((hint) => !isCovered(hint, found))
    .toSorted((a, b) => a.start - b.start)
    .slice(0, maxHints)
    .map(({ table, column, value, start, length }) => ({ table, column, value, start, length }));
}
