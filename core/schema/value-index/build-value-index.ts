import { normaliseValue, type ValueSample } from '../find-hints.ts';
import { splitName, stemWord } from '../question-words.ts';

/** Where a stored value stands: names as the database has them. */
export interface ValuePlace {
  namespace?: string | undefined;
  table: string;
  column: string;
  value: string;
}

/** Values that are alike but for case, plural endings and punctuation. */
export interface IndexedText {
  text: string;
  /** Ids of its words in `ValueIndex.words`, in the text's order. */
  words: number[];
  places: ValuePlace[];
}

export interface IndexedWord {
  word: string;
  /** Ids of the texts that hold it, ascending, each once. */
  texts: number[];
}

/** Stored values in memory, by what a question may call them. Made once; searching changes nothing. */
export interface ValueIndex {
  texts: IndexedText[];
  words: IndexedWord[];
  byText: Map<string, number>;
  /** Texts without their spaces: `newyork`. */
  byCompact: Map<string, number[]>;
  /** First letters of texts of several words: `ny`. */
  byInitials: Map<string, number[]>;
  wordIds: Map<string, number>;
  /** Ids of words, by their letters: words with a common beginning stand together. */
  sortedWords: number[];
  /** Three letters of a word, its ends marked by a space → ids of the words that hold them. */
  byTrigram: Map<string, number[]>;
  /** Ids of words that values write with a full stop: `Comp.` stands for a longer one. */
  dottedWords: Set<number>;
  /** Words of the tables' and columns' own names: they say little about a value. */
  nameWords: Set<string>;
}

/** Longest value that is searched for, in words; longer ones are prose. */
const maxValueWords = 12;

/**
 * Indexes the values by words, letters and initials. Time and memory grow with their letters: about 30 µs and 1.8 kB
 * a value. The same samples in the same order give the same index.
 */
export function buildValueIndex(samples: readonly ValueSample[]): ValueIndex {
  const steps = buildSteps(samples);
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
  }
}

/** How long the event loop is held at a time. */
const sliceMs = 10;

/** The same index, made in slices of 10 ms, so that the process answers in between. */
export async function buildValueIndexInSlices(samples: readonly ValueSample[]): Promise<ValueIndex> {
  const steps = buildSteps(samples);
  for (let since = performance.now(); ;) {
    const { value, done } = steps.next();
    if (done) return value;
    if (performance.now() - since < sliceMs) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}

/** Values and words handled between two looks at the clock. */
const stepSize = 64;

function* buildSteps(samples: readonly ValueSample[]): Generator<undefined, ValueIndex> {
  const index: ValueIndex = {
    texts: [],
    words: [],
    byText: new Map(),
    byCompact: new Map(),
    byInitials: new Map(),
    wordIds: new Map(),
    sortedWords: [],
    byTrigram: new Map(),
    dottedWords: new Set(),
    nameWords: new Set(samples.flatMap(({ table, column }) => [...splitName(table), ...splitName(column)])),
  };
  let done = 0;
  for (const { namespace, table, column, values } of samples) {
    for (const value of values) {
      addValue(index, { namespace, table, column, value });
      if (++done % stepSize === 0) yield;
    }
  }
  for (const [id, { word }] of index.words.entries()) {
    for (const trigram of trigramsOf(word)) push(index.byTrigram, trigram, id);
    if (id % stepSize === 0) yield;
  }
  const wordOf = (id: number) => index.words[id]?.word ?? '';
  index.sortedWords = index.words.map((_, id) => id).sort((a, b) => (wordOf(a) < wordOf(b) ? -1 : 1));
  return index;
}

function addValue(index: ValueIndex, place: ValuePlace): void {
  const text = normaliseValue(place.value);
  const words = text.split(' ');
  if (text === '' || words.length > maxValueWords) return;
  const known = index.byText.get(text);
  if (known !== undefined) return void index.texts[known]?.places.push(place);
  const id = index.texts.length;
  const wordIds = words.map((word) => internWord(index, word));
  index.texts.push({ text, words: wordIds, places: [place] });
  index.byText.set(text, id);
  for (const wordId of new Set(wordIds)) index.words[wordId]?.texts.push(id);
  for (const [, word] of place.value.matchAll(/(\p{L}{3,})\./gu)) {
    const wordId = index.wordIds.get(normaliseValue(word ?? ''));
    if (wordId !== undefined) index.dottedWords.add(wordId);
  }
  if (words.length === 1) return;
  push(index.byCompact, words.join(''), id);
  for (const initials of initialsOf(words)) push(index.byInitials, initials, id);
}

function internWord(index: ValueIndex, word: string): number {
  const known = index.wordIds.get(word);
  if (known !== undefined) return known;
  const id = index.words.length;
  index.words.push({ word, texts: [] });
  index.wordIds.set(word, id);
  return id;
}

const smallWords = new Set(['of', 'the', 'and', 'for', 'in', 'on', 'at', 'de', 'la', '&'].map(stemWord));

/** First letters of all words, and of all but small ones: `United States of America` is usoa and usa. */
export function initialsOf(words: readonly string[]): string[] {
  const first = (list: readonly string[]) => list.map((word) => word[0] ?? '').join('');
  const all = first(words);
  const main = first(words.filter((word) => !smallWords.has(word)));
  return [...new Set([all, main])].filter((initials) => initials.length >= 2);
}

export function trigramsOf(word: string): string[] {
  const padded = ` ${word} `;
  const found: string[] = [];
  for (let at = 0; at + 3 <= padded.length; at++) found.push(padded.slice(at, at + 3));
  return [...new Set(found)];
}

function push<K>(map: Map<K, number[]>, key: K, id: number): void {
  const list = map.get(key);
  if (list) list.push(id);
  else map.set(key, [id]);
}
