import { splitQuestion, stemWord } from '../../schema/question-words.ts';

/** From here on two questions count as nearly the same. */
export const nearDuplicateThreshold = 0.8;

/** The measure in words, for reports. */
export const nearDuplicateMeasure =
  'Jaccard similarity of the sets of words: lower case, plural endings and punctuation off';

/** A question's words as they are compared, each once, sorted. */
export function questionWordSet(question: string): string[] {
  const words = splitQuestion(question).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return [...new Set(words.map(stemWord))].toSorted();
}

export interface NearPair {
  /** Positions in the list of sets, the smaller first. */
  first: number;
  second: number;
  similarity: number;
}

/**
 * All pairs of sets that are at least `nearDuplicateThreshold` alike. Exact, by prefix filtering (Chaudhuri et al.
 * 2006): two such sets share one of their few rarest words, so only sets that do are compared.
 */
export function* findNearPairs(sets: readonly (readonly string[])[]): Generator<NearPair | undefined> {
  const ranked = rankWords(sets);
  const bySize = [...ranked.keys()].toSorted((a, b) => lengthAt(ranked, a) - lengthAt(ranked, b) || a - b);
  const holders = new Map<number, number[]>();
  for (const index of bySize) {
    const words = ranked[index] ?? [];
    const prefix = words.slice(0, words.length - leastShared(words.length) + 1);
    const candidates = new Set(prefix.flatMap((word) => holders.get(word) ?? []));
    for (const candidate of candidates) {
      const pair = compareSets(ranked, Math.min(index, candidate), Math.max(index, candidate));
      if (pair !== undefined) yield pair;
    }
    for (const word of prefix) {
      const list = holders.get(word);
      if (list === undefined) holders.set(word, [index]);
      else list.push(index);
    }
    // A place where the caller may let others run.
    yield undefined;
  }
}

/** Words that a set of this size shares at least with one that is near; 0.8 × 35 is a little over 28 in floating point. */
function leastShared(size: number): number {
  return Math.ceil(nearDuplicateThreshold * size - 1e-9);
}

/** Words as numbers, the rarest smallest, each set in ascending order. */
function rankWords(sets: readonly (readonly string[])[]): number[][] {
  const counts = new Map<string, number>();
  for (const word of sets.flat()) counts.set(word, (counts.get(word) ?? 0) + 1);
  const byRarity = [...counts].toSorted(([a, m], [b, n]) => m - n || (a < b ? -1 : 1));
  const rank = new Map(byRarity.map(([word], index) => [word, index]));
  return sets.map((set) => set.map((word) => rank.get(word) ?? -1).toSorted((a, b) => a - b));
}

function compareSets(ranked: readonly number[][], first: number, second: number): NearPair | undefined {
  const [a, b] = [ranked[first] ?? [], ranked[second] ?? []];
  if (Math.min(a.length, b.length) < leastShared(Math.max(a.length, b.length))) return undefined;
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [left, right] = [a[i] ?? 0, b[j] ?? 0];
    if (left === right) shared++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  const similarity = shared / (a.length + b.length - shared);
  return similarity >= nearDuplicateThreshold - 1e-9 ? { first, second, similarity } : undefined;
}

function lengthAt(ranked: readonly number[][], index: number): number {
  return ranked[index]?.length ?? 0;
}
