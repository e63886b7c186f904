import { collectNumbers } from '../schema/collect-literals.ts';
import { splitQuestion, stemWord } from '../schema/question-words.ts';

/** One row for each of something: no number of rows is asked for. */
const eachWords = new Set('each every per by all both respective list'.split(' '));
const rankWords = new Set(
  'top first last best worst highest lowest largest smallest most least oldest newest'.split(' '),
);
const singleFigures =
  /^(how many|how much|what (is|was) the (total|average|mean|number|count|sum|maximum|minimum|max|min)\b|count |give the (number|total|average|count))/;
const singular = /^(which|what|who) (\S+ ){0,6}?(is|has|was|did|does|'s) /;
const superlative =
  /\b(most|least|highest|lowest|largest|smallest|biggest|longest|shortest|oldest|youngest|newest|latest|earliest|cheapest|fewest|best|worst|maximum|minimum|\w{3,}est)\b/;

/**
 * How many rows a question asks for at most: 5 for "the top 5", 1 for "how many" and "which one is the largest", undefined
 * where it does not say. A rule of thumb: what it weighs is fitted.
 */
export function askedRows(question: string): number | undefined {
  const words = splitQuestion(question).map((word) => word.toLowerCase());
  const text = words.join(' ');
  const top = topCount(words);
  if (top !== undefined) return top;
  if (words.some((word) => eachWords.has(word))) return undefined;
  if (singleFigures.test(text)) return 1;
  return singular.test(text) && superlative.test(text) ? 1 : undefined;
}

/** `top 5`, `5 most`, `three oldest`. */
function topCount(words: readonly string[]): number | undefined {
  for (const [index, word] of words.entries()) {
    const number = numberOf(word);
    if (number === undefined || number < 1 || number > 1_000) continue;
    const [before, after] = [words[index - 1] ?? '', words[index + 1] ?? ''];
    if (rankWords.has(before) || rankWords.has(after) || superlative.test(stemWord(after))) return number;
  }
  return undefined;
}

/** `collectNumbers` adds what goes without saying behind the word's own number. */
function numberOf(word: string): number | undefined {
  const [first] = collectNumbers([word]);
  const implied = collectNumbers([]).includes(first ?? '') && !/^(0|1|zero|one)$/.test(word);
  return implied || first === undefined ? undefined : Number(first);
}
