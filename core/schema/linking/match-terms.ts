import { stemWord, stopWords } from '../question-words.ts';
import { isCommonWord, relatedness } from '../related-words.ts';
import { likenessOfShortForm, longFormsOf } from './abbreviations.ts';
import { isBusinessSynonym } from './business-words.ts';
import type { NameIndex } from './index-names.ts';
import { kindsOfValue } from './value-kinds.ts';

/** How near two words are in meaning, from 0 to 1: see `related-words.ts`. */
export type Relatedness = (word: string, other: string) => number;

/** A word of the question with the words of the schema that it may mean. */
export interface AskedTerm {
  /** Index among the question's words. */
  position: number;
  /** Id of a schema's word → likeness, 1 for the same stem. */
  matches: Map<number, number>;
}

/** Words that ask for an operation or a form of answer: they name something only where they are its very word. */
const operationWords = new Set(
  `different distinct other another same also only both either ascending descending order ordered sort sorted
  alphabetical alphabetically list name id top first last information detail corresponding following belong contain
  having including please provide record item together across within without no never ever can could should would
  made make used use taken take given give one two three four five six seven eight nine ten value many much`
    .split(/\s+/)
    .map(stemWord),
);

const isTelling = (stem: string) => !stopWords.has(stem) && !pronouns.has(stem);
const pronouns = new Set('i we you us our my your ours mine he she him her his they them me let'.split(' '));

const minRelated = 0.5;
const synonymLikeness = 0.75;
/** Meaning alone is never as sure as a shared stem. */
const relatedShare = 0.75;

/** The question's words that may name something, each with what it may mean in this schema. */
export function matchTerms(
  index: NameIndex,
  questionWords: readonly string[],
  related: Relatedness = relatedness,
): AskedTerm[] {
  const asked = questionWords.flatMap((word, position) => {
    const stem = stemWord(word);
    return /\p{L}/u.test(word) && !stopWords.has(stem) && !pronouns.has(stem)
      ? [{ word, stem, position }]
      : [];
  });
  return asked.map(({ word, stem, position }, at) => {
    const matches = matchWord(index, word, stem, related);
    for (const [id, likeness] of matchRun(
      index,
      asked.slice(at, at + 4).map((each) => each.stem),
    )) {
      keepBest(matches, id, likeness);
    }
    return { position, matches };
  });
}

function keepBest(matches: Map<number, number>, id: number, likeness: number): void {
  if (likeness > (matches.get(id) ?? 0)) matches.set(id, likeness);
}

const caches = new WeakMap<NameIndex, Map<string, Map<number, number>>>();
/** Words whose matches are kept with a schema's index. */
const maxCached = 2_000;

function matchWord(index: NameIndex, word: string, stem: string, related: Relatedness): Map<number, number> {
  const cache = caches.get(index) ?? new Map<string, Map<number, number>>();
  if (cache.size > maxCached) cache.clear();
  caches.set(index, cache);
  const known = cache.get(word);
  if (known) return new Map(known);
  const matches = new Map<number, number>();
  index.words.forEach((known, id) => {
    const likeness = compareWords(
      word.toLowerCase(),
      stem,
      known.word,
      longFormsIn(index, known.word),
      related,
    );
    if (likeness > 0) matches.set(id, likeness);
  });
  cache.set(word, matches);
  return new Map(matches);
}

/** What the schema's own comments say a short form stands for, else what it usually does. */
function longFormsIn({ longForms }: NameIndex, name: string): readonly string[] {
  const own = longForms.get(name);
  return own ? [...own] : longFormsOf(name);
}

function compareWords(
  word: string,
  stem: string,
  name: string,
  longForms: readonly string[],
  related: Relatedness,
): number {
  if (stem === name) return isTelling(stem) ? 1 : 0;
  if (stem.length < 3) return 0;
  if (longForms.includes(stem) || longFormsOf(stem).includes(name)) return 0.9;
  const prefix = comparePrefix(stem, name);
  if (prefix > 0) return prefix;
  if (operationWords.has(stem) || operationWords.has(name)) return 0;
  const short = likenessOfShortForm(name, stem) * shareOfShort(name, longForms);
  const meanings = longForms.map((long) => 0.9 * compareMeaning(word, stem, long, related));
  return Math.max(short, compareMeaning(word, stem, name, related), ...meanings);
}

/** A short form that is known for other words, or that is a word itself, hardly stands for this one. */
function shareOfShort(name: string, longForms: readonly string[]): number {
  if (longForms.length > 0) return knownShortShare;
  if (name.length <= 3) return isCommonWord(name) ? commonShortShare * briefShare : briefShare;
  return isCommonWord(name) ? commonShortShare : 1;
}

const knownShortShare = 0.7;
const briefShare = 0.9;
/** `act` may be short for actual, and is a word itself. */
const commonShortShare = 0.7;

const kindLikeness = 0.6;

function compareMeaning(word: string, stem: string, name: string, related: Relatedness): number {
  if (name.length < 3) return 0;
  if (isBusinessSynonym(stem, name)) return synonymLikeness;
  if (kindsOfValue(stem).includes(name)) return kindLikeness;
  if (!isTelling(stem)) return 0;
  const near = related(word, name);
  return near < minRelated ? 0 : near ** 2 * relatedShare;
}

/** `nominated` and `nomination` share most of their letters; `part` and `party` are as near by letters alone. */
function comparePrefix(stem: string, name: string): number {
  const [short, long] = stem.length < name.length ? [stem, name] : [name, stem];
  let shared = 0;
  while (shared < short.length && short[shared] === long[shared]) shared++;
  if (shared < 4 || shared < short.length - 2) return 0;
  const share = (2 * shared) / (short.length + long.length);
  return share >= 0.7 ? share * 0.85 : 0;
}

const initialsLikeness = 0.45;

/** Several words as one: `post code` → postcode, `purchase order` → po. */
function matchRun(index: NameIndex, stems: readonly string[]): [number, number][] {
  const found: [number, number][] = [];
  for (let count = 2; count <= stems.length; count++) {
    const run = stems.slice(0, count);
    const joined = index.wordIds.get(run.join(''));
    if (joined !== undefined && count === 2) found.push([joined, 0.95]);
    const initials = index.wordIds.get(run.map((stem) => stem[0]).join(''));
    if (initials !== undefined) found.push([initials, count > 2 ? 0.6 : initialsLikeness]);
  }
  return found;
}
