import { expect, test } from 'vitest';
import { askedRows } from './asked-size.ts';

test.each([
  ['How many customers are there?', 1],
  ['What is the average price?', 1],
  ['Which customer has placed the most orders?', 1],
  ['Show the top 5 products by price.', 5],
  ['Which three oldest players are there?', 3],
  ['How many orders are there for each status?', undefined],
  ['List the names of all customers.', undefined],
  ['Which customers have more than 5 orders?', undefined],
])('%s: %s', (question, rows) => {
  expect(askedRows(question)).toBe(rows);
});
