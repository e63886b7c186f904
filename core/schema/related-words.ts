/**
 * How near two English words are in meaning, from WordNet 3.1 (synonyms, kinds, an adjective's attribute: `old`, `age`) and GloVe
 * vectors (Pennington et al., 2014). Both come in data/lexicon, written by build/scripts/write-lexicon.ts.
 */
import { readFileSync } from 'node:fs';
import { stemWord } from './question-words.ts';

const dimensions = 100;
const folder = new URL('../../data/lexicon/', import.meta.url);

interface Lexicon {
  indexes: Map<string, number>;
  /** For each word, index of a related word → score in tenths. */
  related: ReadonlyMap<number, number>[];
  vectors: Int8Array;
}

let loaded: Lexicon | undefined;

function parseRelated(fields: readonly string[]): ReadonlyMap<number, number> {
  return new Map(fields.map((field) => field.split(':').map(Number) as [number, number]));
}

/** Read once, at the first question. */
function readLexicon(): Lexicon {
  const lines = readFileSync(new URL('words.txt', folder), 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => line.split(' '));
  const vectors = readFileSync(new URL('vectors.bin', folder));
  return {
    indexes: new Map(rows.map(([word], index) => [word ?? '', index])),
    related: rows.map((row) => parseRelated(row.slice(1))),
    vectors: new Int8Array(vectors.buffer, vectors.byteOffset, vectors.length),
  };
}

/** Comparatives and superlatives that no ending tells. */
const irregular = new Map([
  ['best', 'good'],
  ['better', 'good'],
  ['worst', 'bad'],
  ['worse', 'bad'],
  ['most', 'many'],
  ['farthest', 'far'],
  ['furthest', 'far'],
  ['elder', 'old'],
  ['eldest', 'old'],
]);

/** A word, and what its endings may hide: `heaviest` → heavy, `biggest` → big, `born` stays. */
function baseForms(word: string): string[] {
  const stem = stemWord(word);
  const forms = [word, stem];
  const known = irregular.get(word);
  if (known) forms.push(known);
  const graded = /^(\p{L}{2,}?)(?:er|est)$/u.exec(word)?.[1];
  if (graded) {
    forms.push(graded, `${graded}e`);
    if (graded.endsWith('i')) forms.push(`${graded.slice(0, -1)}y`);
    if (/(\p{L})\1$/u.test(graded)) forms.push(graded.slice(0, -1));
  }
  const ending = /^(\p{L}{3,}?)(?:ing|ed)$/u.exec(word)?.[1];
  if (ending) {
    forms.push(ending, `${ending}e`);
    if (/(\p{L})\1$/u.test(ending)) forms.push(ending.slice(0, -1));
  }
  return [...new Set(forms)];
}

const formsByWord = new Map<string, number[]>();
/** Words kept with their forms: names of a schema and words of questions come again and again. */
const maxRemembered = 20_000;

function indexesOf(lexicon: Lexicon, word: string): number[] {
  const lower = word.toLowerCase();
  const known = formsByWord.get(lower);
  if (known) return known;
  const indexes = baseForms(lower).flatMap((form) => lexicon.indexes.get(form) ?? []);
  if (formsByWord.size >= maxRemembered) formsByWord.clear();
  formsByWord.set(lower, indexes);
  return indexes;
}

function cosine(vectors: Int8Array, first: number, second: number): number {
  let [product, left, right] = [0, 0, 0];
  for (let index = 0; index < dimensions; index++) {
    const a = vectors[first * dimensions + index] ?? 0;
    const b = vectors[second * dimensions + index] ?? 0;
    product += a * b;
    left += a * a;
    right += b * b;
  }
  return product / Math.sqrt(left * right || 1);
}

/** Vectors alone are never as sure as WordNet: a cosine of 0.4 is nothing, of 0.9 counts 0.8. */
const fromCosine = (value: number) => Math.max(0, Math.min(0.8, (value - 0.4) * 1.6));

/**
 * From 0 (nothing known) to 1 (the same word, but for its ending). 0.9 are synonyms, 0.6 to 0.8 kinds and derived words;
 * vectors give 0.8 at most. Words that the lexicon lacks are related to themselves only.
 */
export function relatedness(word: string, other: string): number {
  const key = `${word} ${other}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= maxRememberedPairs) remembered.clear();
  const near = stemWord(word) === stemWord(other) ? 1 : relateWords(word, other);
  remembered.set(key, near);
  return near;
}

/** Questions on one schema compare the same words again and again. About 100 bytes a pair. */
const remembered = new Map<string, number>();
const maxRememberedPairs = 200_000;

function relateWords(word: string, other: string): number {
  loaded ??= readLexicon();
  const { related, vectors } = loaded;
  let best = 0;
  for (const first of indexesOf(loaded, word)) {
    for (const second of indexesOf(loaded, other)) {
      if (first === second) return 0.95;
      const known = Math.max(related[first]?.get(second) ?? 0, related[second]?.get(first) ?? 0) / 10;
      best = Math.max(best, known, fromCosine(cosine(vectors, first, second)));
    }
  }
  return best;
}

/** Whether a word is one of the 20,000 commonest: what is not may be a name. */
export function isCommonWord(word: string): boolean {
  loaded ??= readLexicon();
  return indexesOf(loaded, word).length > 0;
}
