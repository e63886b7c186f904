import { normaliseValue } from '../../schema/find-hints.ts';
import { stemWord } from '../../schema/question-words.ts';
import { nameWords } from './natural-names.ts';

/** A run of question words. */
export interface Span {
  start: number;
  length: number;
}

const skippable = new Set(['of', 'the']);
const generic = new Set(['name', 'id', 'code', 'title', 'number', 'date', 'type', 'of']);

/** The ways in which a question may say a name, as stems, the whole name first. */
export function variantsOf(name: string, owner = ''): string[][] {
  const stems = nameWords(name).map(stemWord);
  const table = nameWords(owner).map(stemWord);
  const own = stems.filter((stem) => !table.includes(stem));
  const variants = [stems, own];
  if (stems.length === 2) variants.push(stems.toReversed());
  if (own.length === 2) variants.push(own.toReversed());
  const isTable = (words: string[]) => words.every((word) => table.includes(word) || generic.has(word));
  // Parts of a name, the longest first: `budget` for budget_in_billions.
  for (let length = own.length - 1; length > 0; length--)
    for (const part of [own.slice(0, length), own.slice(-length)]) if (!isTable(part)) variants.push(part);
  return variants.filter((words) => words.length > 0);
}

const isNear = (stem: string, wanted: string) =>
  stem === wanted ||
  (Math.min(stem.length, wanted.length) >= 5 && (stem.startsWith(wanted) || wanted.startsWith(stem)));

/** Where the stems stand one after the other, `of` and `the` between them allowed. */
export function findStems(stems: readonly string[], wanted: readonly string[]): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < stems.length; start++) {
    let at = start;
    let found = 0;
    for (const word of wanted) {
      while (found > 0 && at - start < wanted.length + 2 && skippable.has(stems[at] ?? '') && word !== 'of')
        at++;
      if (!isNear(stems[at] ?? '', word)) break;
      at++;
      found++;
    }
    if (found === wanted.length) spans.push({ start, length: at - start });
  }
  return spans;
}

/** The words of the question that say a stored text. */
export function findText(words: readonly string[], value: string): Span | undefined {
  const wanted = normaliseValue(value);
  if (wanted === '') return undefined;
  for (let start = 0; start < words.length; start++) {
    for (let length = Math.min(10, words.length - start); length >= 1; length--) {
      const run = words.slice(start, start + length);
      const isClean = /[\p{L}\p{N}]/u.test(run[0] ?? '') && /[\p{L}\p{N}]/u.test(run.at(-1) ?? '');
      if (isClean && normaliseValue(run.join(' ')) === wanted) return { start, length };
    }
  }
  return undefined;
}

export const overlaps = (a: Span, b: Span) => a.start < b.start + b.length && b.start < a.start + a.length;
