import { expect, it } from 'vitest';
import { isVersion } from './is-version.ts';

const original = 'SELECT count(*)\nFROM customers;';

it.each([
  ['the same', original],
  ['another table', 'SELECT count(*) FROM orders'],
  [
    'a longer one',
    "SELECT country, count(*) FROM customers WHERE country = 'DE' GROUP BY country ORDER BY 2",
  ],
  ['a kept line', 'SELECT name, country, email, created_at\nFROM customers'],
])('is a version: %s', (_name, sql) => expect(isVersion(sql, original)).toBe(true));

it.each([
  ['other columns of another table', 'SELECT name\nFROM products'],
  ['a constant', 'SELECT 1'],
  [
    'a long one',
    'SELECT p.name, sum(i.quantity) FROM products p JOIN items i ON i.product_id = p.id GROUP BY p.name',
  ],
])('is another statement: %s', (_name, sql) => expect(isVersion(sql, original)).toBe(false));
