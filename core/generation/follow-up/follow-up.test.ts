import { describe, expect, test } from 'vitest';
import type { ValueHint } from '../../schema/index.ts';
import { describeSchema } from '../testing/shop-schema.ts';
import { readChanges } from './read-changes.ts';
import { rewriteFollowUp } from './rewrite-query.ts';

const schema = describeSchema(`
  customers: id integer, name text, email text, city text, country text, is_active boolean |
  orders: id integer, customer_id integer > customers, ordered_at timestamp, status text, total numeric`);

const names = "SELECT name FROM customers WHERE country = 'Germany'";
const count = 'SELECT count(*) FROM orders';
const groups = 'SELECT status, avg(total) FROM orders GROUP BY status';
const top = 'SELECT status, total FROM orders ORDER BY total DESC LIMIT 5';

const hint = (table: string, column: string, value: string): ValueHint => ({ table, column, value });
const berlin = hint('customers', 'city', 'Berlin');
const france = hint('customers', 'country', 'France');
const paid = hint('orders', 'status', 'paid');

async function rewrite(sql: string, question: string, hints: ValueHint[] = []): Promise<string | undefined> {
  const text = await rewriteFollowUp({ schema, sql, question, hints });
  return text?.replaceAll(/\s+/g, ' ');
}

describe('rewriteFollowUp', () => {
  test.each<[string, string, ValueHint[], string]>([
    [names, 'only those in Berlin', [berlin], `${names} AND customers.city = 'Berlin'`],
    [names, 'What about France?', [france], "SELECT name FROM customers WHERE customers.country = 'France'"],
    [names, 'without Berlin', [berlin], `${names} AND NOT customers.city = 'Berlin'`],
    [names, 'only the active ones', [], `${names} AND customers.is_active`],
    [names, 'how many are there?', [], `SELECT count(*) FROM (${names}) AS earlier`],
    [names, 'sort by name descending', [], `${names} ORDER BY customers.name DESC`],
    [
      names,
      'also show their email',
      [],
      "SELECT name, customers.email FROM customers WHERE country = 'Germany'",
    ],
    [names, 'just 3', [], `${names} LIMIT 3`],
    [count, 'and by status?', [], 'SELECT orders.status, count(*) FROM orders GROUP BY orders.status'],
    [count, 'how many of them are paid?', [paid], `${count} WHERE orders.status = 'paid'`],
    [
      count,
      'by country',
      [],
      'SELECT customers.country, count(*) FROM orders JOIN public.customers ON orders.customer_id = customers.id GROUP BY customers.country',
    ],
    [
      count,
      'what about 2023?',
      [],
      `${count} WHERE orders.ordered_at >= '2023-01-01' AND orders.ordered_at < '2024-01-01'`,
    ],
    [
      count,
      'and by month?',
      [],
      "SELECT date_trunc('month', orders.ordered_at)::date, count(*) FROM orders GROUP BY date_trunc('month', orders.ordered_at)::date",
    ],
    [count, 'the average total', [], 'SELECT avg(orders.total) FROM orders'],
    [groups, 'highest first', [], `${groups} ORDER BY avg(total) DESC`],
    [groups, 'only the top 2', [], `${groups} ORDER BY avg(total) DESC LIMIT 2`],
    [groups, 'the maximum instead', [], 'SELECT status, max(orders.total) FROM orders GROUP BY status'],
    [top, 'top 10', [], 'SELECT status, total FROM orders ORDER BY total DESC LIMIT 10'],
    [top, 'and the cheapest ones?', [], 'SELECT status, total FROM orders ORDER BY total ASC LIMIT 5'],
    [
      top,
      'over 100',
      [],
      'SELECT status, total FROM orders WHERE orders.total > 100 ORDER BY total DESC LIMIT 5',
    ],
  ])('%s + %s', async (sql, question, hints, expected) => {
    const plain = (text: string | undefined) => text?.replaceAll(/[()]/g, ' ').replaceAll(/\s+/g, ' ').trim();
    expect(plain(await rewrite(sql, question, hints))).toBe(plain(expected));
  });

  test.each([
    [names, 'Which orders are unpaid?'],
    [names, 'How many orders are there?'],
    [names, 'Show the orders of each customer'],
    [names, 'and which of them never ordered anything?'],
    [names, 'only those with a blue hat'],
    [names, 'by moon phase'],
    [count, 'how many are there?'],
    ['SELECT 1', 'by country'],
    ['no SQL', 'top 5'],
    [`${names} UNION SELECT status FROM orders`, 'only those in Berlin'],
  ])('%s + %s is a question of its own', async (sql, question) => {
    expect(await rewrite(sql, question)).toBeUndefined();
  });

  test('a value goes to the column that the query filters already', async () => {
    const billing = describeSchema('invoices: id integer, ship_country text, bill_country text');
    const hints = [hint('invoices', 'ship_country', 'France'), hint('invoices', 'bill_country', 'France')];
    const sql = "SELECT id FROM invoices WHERE bill_country = 'Germany'";
    const text = await rewriteFollowUp({ schema: billing, sql, question: 'and France?', hints });
    expect(text).toContain("invoices.bill_country = 'France'");
    expect(text).not.toContain('Germany');
  });

  test('a value with a quote stays a value', async () => {
    const text = await rewrite(names, "only those in O'Fallon", [hint('customers', 'city', "O'Fallon")]);
    expect(text).toContain("city = 'O''Fallon'");
  });
});

test('a long question is one of its own', () => {
  const long = 'and what is the name of each customer who ordered at least once in the year before last year';
  expect(readChanges(long)).toBeUndefined();
});
