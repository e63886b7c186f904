import { expect, it } from 'vitest';
import { quoteIdentifier } from './quote-identifier.ts';

it.each([
  ['customers', 'customers'],
  ['order_items2', 'order_items2'],
  ['Order Notes', '"Order Notes"'],
  ['user', '"user"'],
  ['größe', '"größe"'],
  ['2nd', '"2nd"'],
  ['say "hi"', '"say ""hi"""'],
])('writes %s as %s', (name, written) => {
  expect(quoteIdentifier(name)).toBe(written);
});
