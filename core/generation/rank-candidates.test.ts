import { expect, test } from 'vitest';
import { countMissing, rankByCoverage } from './rank-candidates.ts';

const hints = [{ table: 'client', column: 'city', value: 'New York' }];

test.each([
  ['clients in New York', "from client select name where city = ' New York '", 0],
  ['clients in New York', 'from client select name', 1],
  ['top five clients in New York since 2024', 'from client select name limit 5', 2],
  ['clients since 2024', "from client select name where joined >= ' 2024-01-01 '", 1],
  ['the first client', 'from client select name', 1],
])('%s: %s', (question, sketch, missing) => {
  expect(countMissing(question, hints, sketch.split(' '))).toBe(missing);
});

test('a text that uses the value goes before a slightly more probable one that does not', () => {
  const without = { logProb: -1, words: 'from client select name'.split(' ') };
  const withValue = { logProb: -2, words: "from client select name where city = ' New York '".split(' ') };
  expect(rankByCoverage('clients in New York', hints, [without, withValue])).toEqual([withValue, without]);
  expect(rankByCoverage('clients', [], [without, withValue])).toEqual([without, withValue]);
});
