import { describe, expect, test } from 'vitest';
import { explainNotAnswerable, findOtherIntent, judgeAnswerable } from './answerability.ts';
import { shopSchema } from './testing/shop-schema.ts';

describe('judgeAnswerable', () => {
  test.each([
    'How many customers are there?',
    'Which customers live in New York?',
    'Who bought the most expensive order?',
    'What is the total of the orders for each client?',
    'top 5',
  ])('answerable: %s', (question) => {
    expect(judgeAnswerable(shopSchema, question, [])).toBeUndefined();
  });

  test.each([
    ['Which albums did Metallica record?', ['albums']],
    ['What is the weather tomorrow?', ['weather']],
    ['How many pilots fly a Boeing?', ['pilots', 'fly']],
  ])('not answerable: %s', (question, words) => {
    expect(judgeAnswerable(shopSchema, question, [])?.words).toEqual(
      expect.arrayContaining(words.slice(0, 1)),
    );
  });

  test('a stored value stands for its words', () => {
    const question = 'How many were frobnicated?';
    expect(judgeAnswerable(shopSchema, question, [])?.words).toEqual(['frobnicated']);
    const hints = [{ table: 'orders', column: 'status', value: 'frobnicated' }];
    expect(judgeAnswerable(shopSchema, question, hints)).toBeUndefined();
  });

  test('the explanation names the words and the next step', () => {
    const { message, hint } = explainNotAnswerable({ reason: 'words', words: ['albums', 'tracks'] });
    expect(message).toMatch(/^Not answerable from this schema, because nothing .*“albums” and “tracks”\.$/);
    expect(hint).toContain('try anyway');
  });
});

describe('findOtherIntent', () => {
  test.each([
    'delete all customers',
    'Please remove the orders from 2023',
    'DROP TABLE customers',
    'Update the price of product 3 to 10',
    'can you add a new customer called Bob',
  ])('change: %s', (question) => {
    expect(findOtherIntent(question, false)?.reason).toBe('change');
  });

  test.each(['hi', 'Hello there!', 'thanks!', 'What can you do?'])('talk: %s', (question) => {
    expect(findOtherIntent(question, false)?.reason).toBe('talk');
  });

  test.each([
    'Which orders were deleted?',
    'Show the update dates of all orders',
    'Add up the totals of all orders',
    'How many customers dropped out?',
    'Hi-fi sales by month',
  ])('a question: %s', (question) => {
    expect(findOtherIntent(question, false)).toBeUndefined();
  });

  test('rows on show may be removed from view', () => {
    expect(findOtherIntent('remove the ones from Berlin', true)).toBeUndefined();
    expect(findOtherIntent('delete the ones from Berlin', true)?.reason).toBe('change');
  });
});
