import { LlamaGrammar } from 'node-llama-cpp';
import { expect, test } from 'vitest';
import { buildSqlGrammar } from '../sql-grammar.ts';
import { describeSchema, shopSchema } from '../testing/shop-schema.ts';
import { openLlama } from './open-llama.ts';

/** Asks llama.cpp itself; the library keeps this for its own tests. */
async function accepts(grammar: string): Promise<(sql: string) => boolean> {
  const parsed = new LlamaGrammar(await openLlama(), { grammar });
  const testText: unknown = Reflect.get(parsed, '_testText');
  if (typeof testText !== 'function') throw new Error('node-llama-cpp no longer tests grammars this way.');
  return (sql) => Reflect.apply(testText, parsed, [sql]) === true;
}

test('one SELECT over the schema passes', async () => {
  const matches = await accepts(buildSqlGrammar(shopSchema));
  for (const sql of [
    'SELECT count(*) FROM customers',
    'select T1.name, sum(T2.total) AS spent FROM customers AS T1 JOIN orders AS T2 ON T1.id = T2.customer_id GROUP BY T1.name ORDER BY sum(T2.total) DESC LIMIT 5',
    "SELECT name FROM products WHERE price BETWEEN 1 AND 2.5 AND NOT category = 'Home & ''Garden'''",
    'SELECT DISTINCT city FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)',
    "SELECT date_trunc('month', ordered_at), avg(total) FROM orders GROUP BY date_trunc('month', ordered_at)",
    'WITH cte1 AS (SELECT customer_id FROM orders) SELECT count(*) FROM cte1',
    'SELECT city FROM customers UNION SELECT country FROM customers',
    'SELECT name, rank() OVER (PARTITION BY category ORDER BY price DESC) FROM products',
    'SELECT\n  name\nFROM products\nWHERE price > (SELECT avg(price) FROM products)',
  ]) {
    expect(matches(sql), sql).toBe(true);
  }
});

test('what the schema lacks, and what is no SELECT, does not', async () => {
  const matches = await accepts(buildSqlGrammar(shopSchema));
  for (const sql of [
    'SELECT name FROM clients',
    'SELECT surname FROM customers',
    'DELETE FROM customers',
    'SELECT 1; DROP TABLE customers',
    'SELECT pg_sleep(10) FROM customers',
    'SELECT name FROM customers; --',
    'SELECT * INTO stolen FROM customers',
    'SELECT name FROM customers FOR UPDATE',
  ]) {
    expect(matches(sql), sql).toBe(false);
  }
});

test('odd names are quoted', async () => {
  const schema = describeSchema('Order: Id integer, say"hi text');
  const matches = await accepts(buildSqlGrammar(schema));
  expect(matches('SELECT "Id", "say""hi" FROM "Order"')).toBe(true);
  expect(matches('SELECT Id FROM Order')).toBe(false);
});
