import { expect, it } from 'vitest';
import { isOrdered } from './is-ordered.ts';

it.each([
  ['SELECT a FROM t ORDER BY a', true],
  ['SELECT a FROM t ORDER BY a LIMIT 1', true],
  ['(SELECT a FROM t ORDER BY a DESC)', true],
  ['WITH x AS (SELECT 1 AS a) SELECT a FROM x ORDER BY a', true],
  ['SELECT a FROM t UNION SELECT b FROM s ORDER BY 1', true],
  ['SELECT a FROM t', false],
  ['SELECT a FROM t WHERE a IN (SELECT b FROM s ORDER BY b LIMIT 3)', false],
  ['SELECT array_agg(a ORDER BY a) FROM t', false],
  ["SELECT 'ORDER BY a'", false],
])('%s', async (sql, expected) => {
  expect(await isOrdered(sql)).toBe(expected);
});
