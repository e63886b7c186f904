import { stopWords } from '../question-words.ts';
import { type ValueIndex, type ValuePlace } from './build-value-index.ts';
import { otherNamesOf } from './known-names.ts';
import type { AskedWord } from './match-word.ts';

/** A text of the index that some words of the question may name. */
export interface FoundText {
  /** Its id. */
  text: number;
  /** First and last of the asked words, both counted. */
  first: number;
  last: number;
  score: number;
  isExact: boolean;
}

const maxSpanWords = 6;
/** Two letters that hardly ever stand for a name. */
const shortWords = new Set('am me my we us he she go up no so ok id if vs too not new old any'.split(' '));

/** Texts that a run of words equals, as it stands, without spaces, or by another name of the same thing. */
export function findSpans(index: ValueIndex, asked: readonly AskedWord[]): FoundText[] {
  const found: FoundText[] = [];
  for (let first = 0; first < asked.length; first++) {
    for (let last = first; last < Math.min(asked.length, first + maxSpanWords); last++) {
      for (const [text, score] of findSpan(index, asked, first, last)) {
        found.push({ text, first, last, score, isExact: score === 1 });
      }
    }
  }
  return found;
}

function findSpan(
  index: ValueIndex,
  asked: readonly AskedWord[],
  first: number,
  last: number,
): Map<number, number> {
  const span = asked.slice(first, last + 1);
  const words = span.map(({ stem }) => stem);
  const texts = new Map<number, number>();
  const add = (text: number | undefined, score: number) => {
    if (text !== undefined && !texts.has(text)) texts.set(text, score);
  };
  if (!isTelling(asked, first, last)) return texts;
  add(index.byText.get(words.join(' ')), 1);
  const compact = words.join('');
  if (compact.length >= 5) {
    for (const text of index.byCompact.get(compact) ?? []) add(text, 0.95);
    add(index.byText.get(compact), 0.95);
  }
  if (texts.has(index.byText.get(words.join(' ')) ?? -1)) return texts;
  const isCode = span.length === 1 && compact.length <= 3;
  if (isCode && !isAcronym(span[0]?.raw ?? '')) return texts;
  for (const name of otherNamesOf(words.join(' '))) add(storedName(index, name), 0.85);
  return texts;
}

/** `the` names nothing, `a` neither; a letter in quotes or a capital one inside the question (`grade A`) does. */
function isTelling(asked: readonly AskedWord[], first: number, last: number): boolean {
  const [begin, end] = [asked[first], asked[last]];
  if (!begin || !end) return false;
  if (first < last) return asked.slice(first, last + 1).some(({ stem }) => !stopWords.has(stem));
  if (begin.isQuoted) return true;
  if (begin.stem.length === 1) return first > 0 && /^\p{Lu}$/u.test(begin.raw) && begin.raw !== 'I';
  return !stopWords.has(begin.stem) || isAcronym(begin.raw);
}

const isAcronym = (raw: string) => /^\p{Lu}{2,5}$/u.test(raw.replaceAll('.', ''));

/** The text of a name; that of a code only where it stands for it. */
function storedName(index: ValueIndex, name: string): number | undefined {
  const text = index.byText.get(name);
  if (text === undefined || name.length > 3) return text;
  return index.texts[text]?.places.some(isCodePlace) ? text : undefined;
}

/** A code counts where it is stored in capitals, a single letter only where it can be the sex: `us` may be anything. */
export function isCodePlace({ column, value }: ValuePlace): boolean {
  const code = value.trim();
  return code.length === 1 ? /sex|gender/i.test(column) : isAcronym(code);
}

/** `ny` → New York: the first letters of a stored value's words. */
export function findInitials(index: ValueIndex, asked: readonly AskedWord[]): FoundText[] {
  return asked.flatMap(({ stem, raw, isPlain }, at) => {
    const letters = raw.toLowerCase().replaceAll('.', '');
    const isCapital = isAcronym(raw);
    if (!/^\p{L}{2,5}$/u.test(letters) || index.byText.has(stem)) return [];
    // Every pair of letters is some word of a large list.
    if (!isCapital && ((isPlain && letters.length > 2) || stopWords.has(letters) || shortWords.has(letters)))
      return [];
    const texts = index.byInitials.get(letters) ?? [];
    // Three letters are the initials of many things; the more there are, the less sure is each.
    const score = (isCapital || letters.length === 2 ? 0.85 : 0.7) - 0.05 * Math.min(texts.length - 1, 6);
    return texts.map((text) => ({ text, first: at, last: at, score, isExact: false }));
  });
}
