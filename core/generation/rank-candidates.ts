import type { ValueHint } from '../schema/index.ts';
import { collectNumbers } from '../schema/collect-literals.ts';
import { splitQuestion } from '../schema/question-words.ts';

/** Numbers that mean nothing by themselves: every question may use them. */
const impliedNumbers = new Set(['0', '1']);

/**
 * Log-probability that a text loses for each value or number of the question that it leaves out. Of 0, 1 and 2, two
 * answered most on four Spider train databases outside the training data, with an early checkpoint: 53, 56, 58 of 456.
 */
const missingPenalty = 2;

/** How many of the question's stored values and numbers a sketch leaves out. */
export function countMissing(
  question: string,
  hints: readonly ValueHint[],
  words: readonly string[],
): number {
  const text = ` ${words.join(' ').toLowerCase()} `;
  const numbers = collectNumbers(splitQuestion(question)).filter((number) => !impliedNumbers.has(number));
  const values = new Set(hints.map((hint) => hint.value.trim().replaceAll(/\s+/g, ' ').toLowerCase()));
  const missing = [...numbers, ...values].filter((value) => !text.includes(` ${value} `));
  // A date's parts are in it: `2024` is said by `2024-01-01`.
  return missing.filter((value) => !/^\d{4}$/.test(value) || !text.includes(` ${value}-`)).length;
}

/** Most probable first, once what a text leaves out has been counted against it. */
export function rankByCoverage<T extends { logProb: number; words: readonly string[] }>(
  question: string,
  hints: readonly ValueHint[],
  candidates: readonly T[],
): T[] {
  const score = (candidate: T) =>
    candidate.logProb - missingPenalty * countMissing(question, hints, candidate.words);
  return candidates.toSorted((a, b) => score(b) - score(a));
}
