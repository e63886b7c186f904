import { trigramsOf, type ValueIndex } from './build-value-index.ts';

/** One word of a question, as it is looked up among the words of values. */
export interface AskedWord {
  stem: string;
  /** As the question has it. */
  raw: string;
  /** Position among the question's words, punctuation counted. */
  position: number;
  /** It stands alone between quotes. */
  isQuoted: boolean;
  /** Not to be taken for a misspelling or the beginning of another word. */
  isPlain: boolean;
}

/** Words of the index that an asked word may stand for → how alike they are: 1 the same, above 0.5 at least. */
export type WordMatches = Map<number, number>;

/** Shorter words are not searched for by similarity: any four letters are near some other four. */
const minFuzzyLetters = 4;
/** Endings that make the name of a country's people of the country's. */
const peopleEnding = /(?:ian|ean|ese|ish|an|i|n)$/;

/** The words of the index that an asked word equals, begins, misspells or derives from. */
export function matchWord(index: ValueIndex, asked: AskedWord): WordMatches {
  const matches: WordMatches = new Map();
  const keep = (id: number, likeness: number) => {
    if (likeness > (matches.get(id) ?? 0.5)) matches.set(id, likeness);
  };
  const same = index.wordIds.get(asked.stem);
  if (same !== undefined) keep(same, 1);
  if (asked.stem.length < minFuzzyLetters || /\d/.test(asked.stem)) return matches;
  for (const [id, likeness] of derivedWords(index, asked.stem)) keep(id, likeness);
  for (const id of dottedBeginnings(index, asked.stem)) keep(id, 0.85);
  if (same !== undefined || asked.isPlain) return matches;
  for (const id of wordsBeginning(index, asked.stem)) {
    keep(id, 0.5 + (0.45 * asked.stem.length) / (index.words[id]?.word.length ?? 1));
  }
  for (const [id, likeness] of misspeltWords(index, asked.stem)) keep(id, likeness);
  return matches;
}

/** `italian` → italy, `japanese` → japan, `american` → america. */
function derivedWords(index: ValueIndex, stem: string): [number, number][] {
  const root = stem.replace(peopleEnding, '');
  if (root === stem || root.length < minFuzzyLetters) return [];
  return wordsBeginning(index, root)
    .filter((id) => (index.words[id]?.word.length ?? 0) <= root.length + 2)
    .filter((id) => index.words[id]?.word !== stem)
    .map((id) => [id, 0.8]);
}

/** `computer` → a stored `Comp.` */
function dottedBeginnings({ wordIds, dottedWords }: ValueIndex, stem: string): number[] {
  if (dottedWords.size === 0) return [];
  const beginnings = Array.from({ length: stem.length - 3 }, (_, extra) => stem.slice(0, 3 + extra));
  return beginnings.map((letters) => wordIds.get(letters) ?? -1).filter((id) => dottedWords.has(id));
}

/** Ids of words that begin with these letters, by their letters. */
function wordsBeginning(index: ValueIndex, letters: string): number[] {
  const { sortedWords, words } = index;
  let low = 0;
  for (let high = sortedWords.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((words[sortedWords[middle] ?? 0]?.word ?? '') < letters) low = middle + 1;
    else high = middle;
  }
  const found: number[] = [];
  for (let at = low; at < sortedWords.length; at++) {
    const id = sortedWords[at] ?? 0;
    if (!words[id]?.word.startsWith(letters)) break;
    found.push(id);
  }
  return found;
}

/** Words within one edit, or two from eight letters on, that share at least a third of the trigrams. */
function misspeltWords(index: ValueIndex, stem: string): [number, number][] {
  const trigrams = trigramsOf(stem);
  const shared = new Map<number, number>();
  for (const trigram of trigrams) {
    for (const id of index.byTrigram.get(trigram) ?? []) shared.set(id, (shared.get(id) ?? 0) + 1);
  }
  const maxEdits = stem.length < 8 ? 1 : 2;
  const found: [number, number][] = [];
  for (const [id, count] of shared) {
    const word = index.words[id]?.word ?? '';
    if (count * 3 < trigrams.length || Math.abs(word.length - stem.length) > maxEdits) continue;
    const edits = countEdits(stem, word, maxEdits);
    if (edits <= maxEdits) found.push([id, 1 - edits / Math.max(stem.length, word.length)]);
  }
  return found;
}

/**
 * Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment distance);
 * `limit` + 1 where it is more.
 */
export function countEdits(from: string, to: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let at = 1; at <= to.length; at++) {
      const isSame = from[row - 1] === to[at - 1];
      const isSwap = row > 1 && at > 1 && from[row - 1] === to[at - 2] && from[row - 2] === to[at - 1];
      current[at] = Math.min(
        (last[at] ?? 0) + 1,
        (current[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (before[at - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    if (Math.min(...current) > limit) return limit + 1;
    [before, last] = [last, current];
  }
  return last[to.length] ?? 0;
}
