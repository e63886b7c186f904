import { expect, test } from 'vitest';
import { hashQuestion, nearFingerprint } from './find-leaks.ts';
import { buildQuestionFilter, openQuestionFilter } from './question-filter.ts';

test('near duplicates differ in articles, endings, case and punctuation at most', () => {
  const near = nearFingerprint('Please list the names of all singers!');
  expect(nearFingerprint('list names of all singer')).toBe(near);
  expect(nearFingerprint("List the singers' names, all.")).not.toBe(near);
});

test('a filter knows all of its questions and next to no others', () => {
  const questions = Array.from(
    { length: 5_000 },
    (_, index) => `How many things of kind ${index} are there?`,
  );
  const filter = openQuestionFilter(buildQuestionFilter(new Set(questions.map(hashQuestion))));
  expect(questions.every((question) => filter.has(question))).toBe(true);
  expect(filter.has('how many thing of the kind 17 are there')).toBe(true);
  const strange = Array.from({ length: 20_000 }, (_, index) => `Show place ${index}.`);
  expect(strange.filter((question) => filter.has(question)).length).toBeLessThan(5);
});
