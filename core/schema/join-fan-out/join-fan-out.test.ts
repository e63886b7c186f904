import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabaseSchema, TableSummary } from '../../contract/index.ts';
import { connectEmbedded, withEmbeddedClient, type EmbeddedClient } from '../../postgres/embedded-client.ts';
import { startEmbeddedServer, type EmbeddedServer } from '../../postgres/embedded.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from '../../postgres/testing/temporary-data-dir.ts';
import { readSummary } from '../explorer/read-details.ts';
import { introspectSchema } from '../introspect.ts';
import { analyseJoins } from './analyse-joins.ts';

const fixture = `
CREATE TABLE customers (id int PRIMARY KEY, name text, credit numeric, country text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, total numeric, at date);
CREATE TABLE items (order_id int REFERENCES orders (id), line int, product_id int, qty int, price numeric, PRIMARY KEY (order_id, line));
CREATE TABLE products (product_id int PRIMARY KEY, title text, weight numeric);
CREATE TABLE reviews (id int PRIMARY KEY, customer_id int REFERENCES customers (id), stars int);
CREATE TABLE details (order_id int PRIMARY KEY REFERENCES orders (id), remark text);
CREATE TABLE heap (customer_id int, note text);
CREATE TABLE prices (product_id int, valid_on date, price numeric, UNIQUE (product_id, valid_on));
CREATE VIEW big_orders AS SELECT * FROM orders WHERE total > 10;
INSERT INTO customers SELECT n, 'C' || n, n * 10, CASE n % 2 WHEN 0 THEN 'DK' ELSE 'SE' END FROM generate_series(1, 6) AS n;
INSERT INTO orders SELECT n, 1 + n % 5, n * 3, date '2024-01-01' + n FROM generate_series(1, 20) AS n;
INSERT INTO products SELECT n, 'P' || n, n FROM generate_series(1, 5) AS n;
INSERT INTO items SELECT o, l, 1 + (o + l) % 5, l, o + l FROM generate_series(1, 20) AS o, generate_series(1, 3) AS l WHERE l <= 1 + o % 3;
INSERT INTO reviews SELECT n, 1 + n % 4, 1 + n % 5 FROM generate_series(1, 15) AS n;
INSERT INTO details SELECT n, 'r' FROM generate_series(1, 20) AS n;
INSERT INTO heap SELECT 1 + n % 6, 'x' FROM generate_series(1, 18) AS n;
INSERT INTO prices SELECT p, date '2024-01-01' + d, p + d FROM generate_series(1, 5) AS p, generate_series(1, 4) AS d;
`;

let folder: TemporaryDataDir;
let server: EmbeddedServer;
let client: EmbeddedClient;
let schema: DatabaseSchema;
let uniqueKeys: TableSummary[];

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  server = await startEmbeddedServer({ dataDir: folder.path });
  await withEmbeddedClient(server.adminTargetOf('postgres'), (admin) =>
    admin.script('CREATE DATABASE fixture'),
  );
  client = await connectEmbedded(server.adminTargetOf('fixture'), 'test');
  await client.script(fixture);
  schema = await introspectSchema(client.rows);
  uniqueKeys = (await readSummary(client.rows)).tables;
});
afterAll(async () => {
  await client.close();
  await server.stop();
  await folder.remove();
});

const analyse = (sql: string) => analyseJoins(sql, { schema, uniqueKeys });
const warningsOf = async (sql: string) =>
  (await analyse(sql)).warnings.map(({ kind, aggregate, counted, multipliedBy }) =>
    [kind, aggregate, counted, multipliedBy].join(' | '),
  );
const joinsOf = async (sql: string) =>
  (await analyse(sql)).joins.map(
    ({ left, right, kind, cardinality, alongForeignKey }) =>
      `${left.name}(${left.columns.join()}) ${kind} ${cardinality} ${right.name}(${right.columns.join()})${alongForeignKey ? ' key' : ''}`,
  );

const oi = 'FROM orders o JOIN items i ON i.order_id = o.id';
const co = 'FROM customers c JOIN orders o ON o.customer_id = c.id';

describe('multiplied rows are named', () => {
  test.each([
    [`SELECT sum(o.total) ${oi}`, ['fan | sum(o.total) | o | i']],
    [`SELECT avg(o.total), sum(i.qty) ${oi}`, ['fan | avg(o.total) | o | i']],
    [`SELECT count(o.id) ${oi}`, ['fan | count(o.id) | o | i']],
    [
      `SELECT c.name, sum(o.total) ${co} JOIN items i ON i.order_id = o.id GROUP BY c.name`,
      ['fan | sum(o.total) | o | i'],
    ],
    [`SELECT sum(c.credit) ${co}`, ['fan | sum(c.credit) | c | o']],
    [`SELECT sum(credit) ${co}`, ['fan | sum(credit) | c | o']],
    [
      'SELECT sum(total) FROM orders, items WHERE orders.id = items.order_id',
      ['fan | sum(total) | orders | items'],
    ],
    ['SELECT sum(weight) FROM items NATURAL JOIN products', ['fan | sum(weight) | products | items']],
    [
      'SELECT sum(weight) FROM items JOIN products USING (product_id)',
      ['fan | sum(weight) | products | items'],
    ],
    [
      `SELECT c.id, sum(o.total), avg(r.stars) ${co} JOIN reviews r ON r.customer_id = c.id GROUP BY c.id`,
      ['chasm | sum(o.total) | o | r', 'chasm | avg(r.stars) | r | o'],
    ],
    [
      `SELECT c.id, count(*) ${co} JOIN reviews r ON r.customer_id = c.id GROUP BY c.id`,
      ['chasm | count(*) | o | r'],
    ],
    ['SELECT sum(o.total) FROM orders o, customers c', ['cross | sum(o.total) | o | c']],
    [
      'SELECT sum(p.weight) FROM products p JOIN prices s ON s.product_id = p.product_id',
      ['fan | sum(p.weight) | p | s'],
    ],
    [
      'SELECT sum(c.credit) FROM customers c LEFT JOIN heap h ON h.customer_id = c.id',
      ['fan | sum(c.credit) | c | h'],
    ],
    [
      `SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name HAVING sum(c.credit) > 5`,
      ['fan | sum(c.credit) | c | o'],
    ],
    [`SELECT o.id, sum(o.total) OVER (PARTITION BY o.at) ${oi}`, ['fan | sum(o.total) | o | i']],
    [`SELECT string_agg(c.name, ',') ${co}`, ["fan | string_agg(c.name, ',') | c | o"]],
    [`WITH t AS (SELECT o.id, o.total ${oi}) SELECT sum(total) FROM t`, []],
    [
      `WITH t AS (SELECT order_id, qty FROM items) SELECT sum(o.total) FROM orders o JOIN t ON t.order_id = o.id`,
      ['fan | sum(o.total) | o | t'],
    ],
    [
      `SELECT (SELECT sum(o.total) ${oi} WHERE o.customer_id = c.id) FROM customers c`,
      ['fan | sum(o.total) | o | i'],
    ],
    [`SELECT 1 UNION ALL SELECT sum(o.total) ${oi}`, ['fan | sum(o.total) | o | i']],
    [
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY o.total) ${oi}`,
      ['fan | percentile_cont(0.5) | o | i'],
    ],
    [`SELECT sum(o.total) FILTER (WHERE i.qty > 1) ${oi}`, ['fan | sum(o.total) | o | i']],
    [
      `SELECT sum(o.total::int * 2) FROM orders AS o JOIN items AS i ON o.id::text = i.order_id::text`,
      ['fan | sum(o.total::int * 2) | o | i'],
    ],
  ])('%s', async (sql, expected) => {
    expect(await warningsOf(sql)).toEqual(expected);
  });
});

describe('what is right stays unmarked', () => {
  test.each([
    `SELECT sum(i.qty * i.price) ${oi}`,
    `SELECT count(*) ${oi}`,
    `SELECT o.id, count(*) ${oi} GROUP BY o.id`,
    `SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.name`,
    `SELECT count(DISTINCT o.id), max(o.total), min(c.credit), bool_and(o.total > 1) ${co} JOIN items i ON i.order_id = o.id`,
    `SELECT sum(o.total) FROM orders o JOIN details d ON d.order_id = o.id`,
    `SELECT sum(o.total) FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.id)`,
    `SELECT sum(o.total) FROM orders o WHERE o.id IN (SELECT order_id FROM items)`,
    `SELECT sum(o.total) FROM orders o JOIN (SELECT order_id, sum(qty) AS n FROM items GROUP BY order_id) i ON i.order_id = o.id`,
    `WITH n AS (SELECT order_id, count(*) AS n FROM items GROUP BY 1) SELECT sum(o.total), sum(n.n) FROM orders o JOIN n ON n.order_id = o.id`,
    `SELECT sum(o.total) FROM orders o JOIN (SELECT DISTINCT order_id FROM items) i ON i.order_id = o.id`,
    `SELECT sum(o.total) FROM orders o JOIN (SELECT DISTINCT ON (order_id) order_id, qty FROM items) i ON i.order_id = o.id`,
    `SELECT sum(o.total) FROM orders o CROSS JOIN (SELECT max(at) AS at FROM orders) m WHERE o.at = m.at`,
    `SELECT sum(o.total) FROM orders o JOIN items i ON i.order_id = o.id AND i.line = 1`,
    `SELECT sum(p.weight) FROM products p JOIN prices s ON s.product_id = p.product_id WHERE s.valid_on = '2024-01-02'`,
    `SELECT i.line, i.order_id, sum(o.total) ${oi} GROUP BY i.order_id, i.line`,
    `SELECT o.id, sum(c.credit) ${co} GROUP BY o.id`,
    `SELECT o.id, sum(c.credit) ${co} GROUP BY 1`,
    `SELECT sum(i.qty * o.total * c.credit) ${co} JOIN items i ON i.order_id = o.id`,
    `SELECT c.*, o.* ${co} JOIN items i ON i.order_id = o.id`,
    `SELECT sum(o.total) FROM (SELECT * FROM orders LIMIT 5) o JOIN customers c ON c.id = o.customer_id`,
    `SELECT sum(total) FROM orders`,
    `SELECT sum(o.total) FROM orders o JOIN (SELECT id AS order_id FROM orders UNION SELECT order_id FROM items) u ON u.order_id = o.id`,
  ])('%s', async (sql) => {
    const { warnings, notAnalysed } = await analyse(sql);
    expect({ warnings, notAnalysed }).toEqual({ warnings: [], notAnalysed: [] });
  });
});

describe('what cannot be judged is said', () => {
  test.each([
    [
      'SELECT sum(c.credit) FROM customers c JOIN big_orders b ON b.customer_id = c.id',
      /big_orders is a view/,
    ],
    ['SELECT sum(c.credit) FROM customers c, generate_series(1, 3) AS g', /it is a function/],
    ['SELECT sum(c.credit) FROM customers c JOIN nowhere n ON n.id = c.id', /nowhere is not in the schema/],
    [
      'SELECT sum(c.credit) FROM customers c JOIN (VALUES (1), (2)) AS v (id) ON v.id = c.id',
      /list of values/,
    ],
    [
      'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT sum(c.credit) FROM customers c JOIN r ON r.n = c.id',
      /recursive/,
    ],
    ['DELETE FROM orders', /Only SELECT/],
    ['SELECT 1; SELECT 2', /first statement/],
  ])('%s', async (sql, why) => {
    const { warnings, notAnalysed } = await analyse(sql);
    expect(warnings).toEqual([]);
    expect(notAnalysed.join(' ')).toMatch(why);
  });

  test('SQL that is none is refused', async () => {
    await expect(analyse('SELECT FROM WHERE')).rejects.toMatchObject({ code: 'SQL_SYNTAX' });
  });
});

describe('joins', () => {
  test.each([
    [`SELECT 1 ${oi}`, ['o(id) inner 1:n i(order_id) key']],
    [
      'SELECT 1 FROM items JOIN orders ON orders.id = items.order_id',
      ['items(order_id) inner n:1 orders(id) key'],
    ],
    ['SELECT 1 FROM orders o LEFT JOIN details d ON d.order_id = o.id', ['o(id) left 1:1 d(order_id) key']],
    ['SELECT 1 FROM items NATURAL JOIN products', ['items(product_id) inner n:1 products(product_id)']],
    [
      'SELECT 1 FROM orders o, reviews r WHERE o.customer_id = r.customer_id',
      ['o(customer_id) inner n:m r(customer_id)'],
    ],
    ['SELECT 1 FROM orders, customers', ['orders() cross n:m customers()']],
    [
      'SELECT 1 FROM customers c JOIN big_orders b ON b.customer_id = c.id',
      ['c(id) inner unknown b(customer_id)'],
    ],
    [
      'SELECT 1 FROM orders o JOIN (SELECT order_id AS k FROM items GROUP BY order_id) i ON i.k = o.id',
      ['o(id) inner 1:1 i(order_id) key'],
    ],
    [
      "SELECT 1 FROM products p JOIN prices s ON (p.product_id, DATE '2024-01-02') = (s.product_id, s.valid_on)",
      ['p(product_id) inner 1:1 s(product_id)'],
    ],
    ['SELECT 1 FROM customers a RIGHT JOIN customers b ON a.id = b.id', ['a(id) right 1:1 b(id)']],
  ])('%s', async (sql, expected) => {
    expect(await joinsOf(sql)).toEqual(expected);
  });

  test('tables inside sub-queries belong to the path, each once', async () => {
    const sql = `WITH t AS (SELECT * FROM orders) SELECT 1 FROM t JOIN public.customers c ON c.id = t.customer_id
      WHERE c.id IN (SELECT customer_id FROM reviews) AND EXISTS (SELECT 1 FROM orders)`;
    const { tables } = await analyse(sql);
    expect(tables.map(({ table }) => table).toSorted()).toEqual(['customers', 'orders', 'reviews']);
  });

  test('the join at fault is marked, and only it', async () => {
    const { joins } = await analyse(`SELECT sum(o.total) ${co} JOIN items i ON i.order_id = o.id`);
    expect(joins.map(({ right, multiplies }) => [right.name, multiplies])).toEqual([
      ['o', false],
      ['i', true],
    ]);
  });

  test('the words say which aggregate, which join and what to do', async () => {
    const { warnings } = await analyse(`SELECT sum(o.total) ${oi}`);
    expect(warnings[0]).toMatchObject({
      effect: 'inflated',
      join: 'i.order_id = o.id',
      message:
        'Each row of orders (o) counts once for every row of items (i) that it meets (i.order_id = o.id): sum(o.total) comes out too large.',
    });
    expect(warnings[0]?.advice).toContain('GROUP BY order_id');
  });
});

describe('executed', () => {
  const valueOf = async (sql: string): Promise<unknown> =>
    Object.values((await client.rows(sql))[0] ?? {})[0];
  const own = 'SELECT sum(total) FROM orders';

  test.each([
    [`SELECT sum(o.total) ${oi}`, own],
    [`SELECT avg(o.total) ${oi}`, 'SELECT avg(total) FROM orders'],
    [`SELECT count(o.id) ${oi}`, 'SELECT count(id) FROM orders'],
    [
      'SELECT sum(credit) FROM customers c JOIN orders o ON o.customer_id = c.id',
      'SELECT sum(credit) FROM customers c WHERE EXISTS (SELECT 1 FROM orders WHERE customer_id = c.id)',
    ],
    [
      'SELECT sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN reviews r ON r.customer_id = c.id',
      'SELECT sum(total) FROM orders WHERE customer_id IN (SELECT customer_id FROM reviews)',
    ],
    ['SELECT sum(o.total) FROM orders o, products p', own],
    [
      `SELECT length(string_agg(o.id::text, ',')) ${oi}`,
      "SELECT length(string_agg(id::text, ',')) FROM orders",
    ],
  ])('%s is not %s', async (warned, right) => {
    expect((await analyse(warned)).warnings).not.toEqual([]);
    expect(await valueOf(warned)).not.toEqual(await valueOf(right));
  });

  test.each([
    ['SELECT sum(o.total) FROM orders o JOIN details d ON d.order_id = o.id', own],
    [
      'SELECT sum(o.total) FROM orders o JOIN (SELECT order_id, sum(qty) AS n FROM items GROUP BY order_id) i ON i.order_id = o.id',
      own,
    ],
    [`SELECT sum(o.total) ${oi} AND i.line = 1`, own],
    [`SELECT count(DISTINCT o.id) ${oi}`, 'SELECT count(*) FROM orders'],
    [
      "SELECT sum(p.weight) FROM products p JOIN prices s ON s.product_id = p.product_id WHERE s.valid_on = '2024-01-02'",
      'SELECT sum(weight) FROM products',
    ],
    ['SELECT sum(o.total) FROM orders o JOIN customers c ON c.id = o.customer_id', own],
  ])('%s is %s', async (unmarked, right) => {
    expect((await analyse(unmarked)).warnings).toEqual([]);
    expect(await valueOf(unmarked)).toEqual(await valueOf(right));
  });
});
