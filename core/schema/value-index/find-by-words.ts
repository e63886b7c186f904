import { stopWords } from '../question-words.ts';
import type { ValueIndex } from './build-value-index.ts';
import type { FoundText } from './find-spans.ts';
import { matchWord, type AskedWord, type WordMatches } from './match-word.ts';

/** A word of more values than these finds none by itself: it does not tell them apart. */
const maxTextsOfWord = 300;
/** A part or a likeness is a match from here on; without a capital or quotes it must be surer. */
const minScore = 0.4;
const minPlainScore = 0.55;

/** Texts that share words with the question in the same order without a gap, misspelt ones included. */
export function findByWords(index: ValueIndex, asked: readonly AskedWord[]): FoundText[] {
  const matches = asked.map((word) =>
    stopWords.has(word.stem) ? exactOnly(index, word) : matchWord(index, word),
  );
  const best = new Map<string, FoundText>();
  asked.forEach((word, at) => {
    if (stopWords.has(word.stem)) return;
    for (const [wordId, likeness] of matches[at] ?? []) {
      const texts = index.words[wordId]?.texts ?? [];
      if (texts.length > maxTextsOfWord) continue;
      for (const text of texts) {
        const found = alignText(index, asked, matches, { text, at, wordId });
        if (!found || likeness <= 0.5) continue;
        const key = `${text} ${found.first}`;
        if (found.score > (best.get(key)?.score ?? 0)) best.set(key, found);
      }
    }
  });
  return [...best.values()];
}

function exactOnly(index: ValueIndex, { stem }: AskedWord): WordMatches {
  const id = index.wordIds.get(stem);
  return new Map(id === undefined ? [] : [[id, 1]]);
}

/** The longest run of the text's words around one that the question holds in the same order. */
function alignText(
  index: ValueIndex,
  asked: readonly AskedWord[],
  matches: readonly WordMatches[],
  seed: { text: number; at: number; wordId: number },
): FoundText | undefined {
  const words = index.texts[seed.text]?.words ?? [];
  const place = words.indexOf(seed.wordId);
  const likenessOf = (at: number) => matches[seed.at + at - place]?.get(words[at] ?? -1) ?? 0;
  let [low, high] = [place, place];
  while (low > 0 && likenessOf(low - 1) > 0) low--;
  while (high + 1 < words.length && likenessOf(high + 1) > 0) high++;
  const weights = words.map((id) => weightOf(index, id));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let shared = 0;
  for (let at = low; at <= high; at++) shared += (weights[at] ?? 0) * likenessOf(at);
  const [first, last] = [seed.at + low - place, seed.at + high - place];
  const score = 0.95 * (shared / total);
  const span = asked.slice(first, last + 1);
  const isNamed = span.some(({ isPlain, stem }) => !isPlain && /\p{L}{2}/u.test(stem));
  const isMarked = span.some(({ raw }, at) => first + at > 0 && /^\p{Lu}/u.test(raw));
  if (!isNamed || score < (isMarked ? minScore : minPlainScore)) return undefined;
  return { text: seed.text, first, last, score, isExact: false };
}

/** Rare words weigh more (inverse document frequency over texts); words like `of` next to nothing. */
function weightOf(index: ValueIndex, wordId: number): number {
  const { word, texts } = index.words[wordId] ?? { word: '', texts: [] };
  return stopWords.has(word) ? 0.2 : Math.log(2 + index.texts.length / (1 + texts.length));
}
