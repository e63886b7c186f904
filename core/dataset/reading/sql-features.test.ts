import { expect, it } from 'vitest';
import { readQueryFacts } from './sql-features.ts';

it.each<[string, string[], number]>([
  ['SELECT a FROM t', [], 1],
  ['SELECT count(*) FROM t WHERE a = 1', ['where', 'aggregate'], 1],
  ['SELECT count(DISTINCT a) FROM t', ['distinct', 'aggregate'], 1],
  ['SELECT DISTINCT a FROM t ORDER BY a LIMIT 1', ['order-by', 'limit', 'distinct'], 1],
  ['SELECT a.x FROM t AS a JOIN u AS b ON a.id = b.id', ['join'], 2],
  ['SELECT a.x FROM t AS a JOIN t AS b ON a.id = b.id', ['join', 'self-join'], 2],
  ['SELECT a.x FROM t AS a LEFT JOIN u ON true', ['join', 'outer-join'], 2],
  ['SELECT 1 FROM t, u', ['join'], 2],
  ['SELECT a FROM t GROUP BY a HAVING max(b) > 3', ['group-by', 'having', 'aggregate'], 1],
  ['SELECT a FROM t WHERE a IN (SELECT b FROM u)', ['where', 'nested', 'in'], 2],
  ['SELECT a FROM t WHERE a = (SELECT max(a) FROM t)', ['where', 'aggregate', 'nested'], 2],
  ['SELECT a FROM (SELECT a FROM t) AS s', ['nested'], 1],
  ['SELECT a FROM t WHERE a IN (1, 2) OR NOT a = 3', ['where', 'or', 'in'], 1],
  ['SELECT a FROM t EXCEPT SELECT b FROM u WHERE true', ['where', 'set-operation'], 2],
  ["SELECT a FROM t WHERE b NOT ILIKE '%x%'", ['where', 'like'], 1],
  ['SELECT a FROM t WHERE b BETWEEN 1 AND 2', ['where', 'between'], 1],
  ['SELECT a - b FROM t WHERE c = -1', ['where', 'arithmetic'], 1],
  ['SELECT a::text FROM t', ['cast'], 1],
  ['SELECT FROM WHERE', [], 0],
])('%s', async (sql, features, tables) => {
  expect(await readQueryFacts(sql)).toEqual({ features, tables });
});
