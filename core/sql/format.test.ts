import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { formatSql, haveSameTree } from './format.ts';
import { parseStatements } from './parse.ts';

const queries = readFileSync(new URL('./fixtures/analytic-queries.sql', import.meta.url), 'utf8')
  .trim()
  .split('\n');

it('lays a query out on several lines', async () => {
  const sql = "select name,count(*) from customers where country='Germany' group by name limit 5";
  expect(await formatSql(sql)).toBe(
    `SELECT\n  name,\n  count(*)\nFROM customers\nWHERE\n  country = 'Germany'\nGROUP BY\n  name\nLIMIT 5`,
  );
});

it('keeps the meaning of every analytic query, and changes the looks of most', async () => {
  let changed = 0;
  for (const sql of queries) {
    const printed = await formatSql(sql);
    const [before] = await parseStatements(sql);
    const [after] = await parseStatements(printed);
    expect(haveSameTree(before?.node, after?.node), sql).toBe(true);
    if (printed !== sql) changed += 1;
  }
  expect(changed).toBeGreaterThan(queries.length * 0.9);
});

it.each([
  ['a clause that the printer drops', 'SELECT name FROM customers ORDER BY id FETCH FIRST 5 ROWS WITH TIES'],
  ['a node that the printer does not know', "SELECT JSON_VALUE(a, '$.b') FROM t"],
  ['a comment', 'SELECT 1 -- one'],
  ['a syntax error', 'SELECT FROM WHERE'],
  ['several statements', 'SELECT 1; SELECT 2'],
  ['nothing', ''],
])('returns %s unchanged', async (_title, sql) => {
  expect(await formatSql(sql)).toBe(sql);
});

it('tells trees apart', async () => {
  const tree = async (sql: string) => (await parseStatements(sql))[0]?.node;
  expect(haveSameTree(await tree('select  a from t'), await tree('SELECT a FROM t'))).toBe(true);
  expect(haveSameTree(await tree('SELECT a FROM t'), await tree('SELECT b FROM t'))).toBe(false);
});
