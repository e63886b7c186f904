import { describe, expect, test } from 'vitest';
import type { DatabaseSchema, Table } from '../../contract/index.ts';
import { viewSchema } from '../../sql/sketch/index.ts';
import { splitQuestion } from '../question-words.ts';
import { likenessOfShortForm } from './abbreviations.ts';
import { rankSchema, selectTables, type RankOptions } from './index.ts';
import { readNeededNames } from './needed-names.ts';
import { splitCompound } from './split-compound.ts';

interface Draft {
  columns: string[];
  keys?: Record<string, string>;
  comment?: string;
}

function makeSchema(tables: Record<string, Draft>): DatabaseSchema {
  return {
    database: 'x',
    serverVersion: '18',
    searchPath: ['public'],
    tables: Object.entries(tables).map(([name, { columns, keys = {}, comment }]): Table => ({
      namespace: 'public',
      name,
      kind: 'table',
      ...(comment === undefined ? {} : { comment }),
      columns: columns.map((column) => ({ name: column, type: 'text', nullable: true })),
      primaryKey: [columns[0] ?? ''],
      foreignKeys: Object.entries(keys).map(([column, target]) => ({
        columns: [column],
        targetNamespace: 'public',
        targetTable: target,
        targetColumns: [tables[target]?.columns[0] ?? ''],
      })),
    })),
  };
}

const shop = makeSchema({
  app_user: { columns: ['uid', 'login', 'email'] },
  cust_mst: { columns: ['cst_id', 'cname', 'city', 'birthdate'], keys: { cname: 'app_user' } },
  ord_hdr: { columns: ['ord_id', 'cst_ref', 'placed'], keys: { cst_ref: 'cust_mst', placed: 'app_user' } },
  ord_ln: {
    columns: ['ln_id', 'ord_ref', 'prd_ref', 'qty'],
    keys: { ord_ref: 'ord_hdr', prd_ref: 'product' },
  },
  product: { columns: ['prd_id', 'title', 'price'], keys: { title: 'app_user' } },
  zeta: { columns: ['zid', 'k7'], comment: 'Parking fines of company cars' },
  visit: { columns: ['vid', 'seen'], keys: { seen: 'app_user' } },
});
const view = viewSchema(shop);
const rank = (question: string, options?: RankOptions) => rankSchema(view, splitQuestion(question), options);
const topTables = (question: string, count: number, options?: RankOptions) =>
  rank(question, options)
    .tables.slice(0, count)
    .map(({ table }) => table.word);

describe('ranking', () => {
  test.each([
    ['What does each product cost?', 'product'],
    ['How many customers are there?', 'cust_mst'],
    ['quantity per line', 'ord_ln'],
    ['total of parking fines', 'zeta'],
    ['oldest customer by birth date', 'cust_mst'],
  ])('%s → %s', (question, table) => {
    expect(topTables(question, 1)).toEqual([table]);
  });

  test('columns by their own words, by abbreviation and by words run together', () => {
    const first = (question: string) => rank(question).columns[0]?.column.word;
    expect(first('quantity of lines')).toBe('qty');
    expect(first('birth date of customers')).toBe('birthdate');
    expect(first('price of products')).toBe('price');
  });

  test('meaning counts as the function says that is given', () => {
    const related = (word: string, other: string) => (word === 'grub' && other === 'product' ? 0.9 : 0);
    expect(topTables('cheapest grub', 1, { related })).toEqual(['product']);
  });

  test('a value that is stored in a table brings it up', () => {
    const hints = [{ table: 'visit', column: 'seen', value: 'yesterday' }];
    expect(topTables('yesterday', 1, { hints })).toEqual(['visit']);
    expect(rank('yesterday', { hints }).columns[0]?.column.word).toBe('seen');
  });

  test('a hub gains less from its neighbours than what joins two tables that are named', () => {
    const order = topTables('customers and their products', 7);
    expect(order.indexOf('ord_ln')).toBeLessThan(order.indexOf('visit'));
    expect(order.slice(0, 3)).toEqual(expect.arrayContaining(['cust_mst', 'product']));
  });

  test('nothing that matches leaves the order of the schema', () => {
    expect(topTables('xyzzy', 7)).toEqual(view.tables.map(({ word }) => word));
  });
});

test('another form of a table comes behind it, unless it is asked for', () => {
  const columns = ['id', 'placed', 'total'];
  const kept = viewSchema(
    makeSchema({
      orders_bak19: { columns },
      orders: { columns },
      orders_hist: { columns },
      stg_orders: { columns },
    }),
  );
  const first = (question: string) => rankSchema(kept, splitQuestion(question)).tables[0]?.table.word;
  expect(first('total of all orders')).toBe('orders');
  expect(first('total of all orders in the history')).toBe('orders_hist');
});

describe('selection', () => {
  const select = (question: string, budget: number, needed: string[] = []) =>
    selectTables(rank(question), { budget, costOf: () => 1, needed }).map(({ word }) => word);

  test('brings the tables in between', () => {
    const chosen = select('customers and the price of products', 4);
    // By the declared keys both reach app_user, the hub, in one step: no worse a join than by way of the orders.
    expect(chosen).toEqual(expect.arrayContaining(['cust_mst', 'product']));
    expect(chosen.length).toBeGreaterThan(2);
  });

  test('joins what is needed, within the budget, and is stable', () => {
    expect(select('', 3, ['ord_ln', 'cust_mst'])).toEqual(['cust_mst', 'ord_hdr', 'ord_ln']);
    expect(select('', 2, ['ord_ln', 'cust_mst'])).not.toContain('cust_mst');
    expect(select('customers', 4)).toEqual(select('customers', 4));
  });

  test('keeps one table, whatever it costs', () => {
    expect(select('products', 0)).toEqual(['product']);
  });
});

describe('names', () => {
  test.each([
    ['cstmr', 'customer', 0.85],
    ['cstm', 'customer', 0.7],
    ['inv', 'invoice', 0.7],
    ['invc', 'invoice', 0.85],
    ['prdt', 'product', 0.6],
    ['cat', 'computer', 0],
    ['line', 'lane', 0],
    ['st', 'store', 0],
  ])('%s for %s: %d', (short, word, likeness) => {
    expect(likenessOfShortForm(short, word)).toBe(likeness);
  });

  test('words run together come apart, others stay', () => {
    expect(splitCompound('birthdate')).toEqual(['birth', 'date']);
    expect(splitCompound('custname')).toEqual(['cust', 'name']);
    expect(splitCompound('department')).toEqual(['department']);
    expect(splitCompound('xqzvwk')).toEqual(['xqzvwk']);
  });

  test('what a statement reads: tables of sub-queries too, columns without those of joins', async () => {
    const names = await readNeededNames(
      view,
      `SELECT p.title FROM product AS p JOIN ord_ln AS l ON l.prd_ref = p.prd_id
       WHERE l.qty > (SELECT count(*) FROM visit) ORDER BY price`,
    );
    expect(names.tables.toSorted()).toEqual(['ord_ln', 'product', 'visit']);
    expect(names.columns.toSorted()).toEqual(['ord_ln.qty', 'product.price', 'product.title']);
  });
});
