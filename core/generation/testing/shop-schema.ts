import type { Column, DatabaseSchema, Table } from '../../contract/index.ts';

/** `customers: id integer, city text | orders: id integer, customer_id integer > customers`; the first column is the key. */
export function describeSchema(text: string): DatabaseSchema {
  const tables = text.split('|').map(describeTable);
  return { database: 'shop', serverVersion: '18.0', searchPath: ['public'], tables };
}

function describeTable(text: string): Table {
  const [name = '', list = ''] = text.split(':').map((part) => part.trim());
  const parts = list.split(',').map((part) => part.trim().split(/\s+/));
  const columns = parts.map(([column = '', type = 'text']): Column => ({
    name: column,
    type,
    nullable: true,
  }));
  const foreignKeys = parts.flatMap(([column = '', , arrow, target = '']) =>
    arrow === '>'
      ? [{ columns: [column], targetNamespace: 'public', targetTable: target, targetColumns: ['id'] }]
      : [],
  );
  const primaryKey = columns.slice(0, 1).map((column) => column.name);
  return { namespace: 'public', name, kind: 'table', columns, primaryKey, foreignKeys };
}

export const shopSchema = describeSchema(`
  customers: id integer, name text, email text, city text, country text, created_at timestamp |
  products: id integer, name text, category text, price numeric, stock integer |
  orders: id integer, customer_id integer > customers, ordered_at timestamp, status text, total numeric |
  order_items: id integer, order_id integer > orders, product_id integer > products, quantity integer, price numeric |
  reviews: id integer, product_id integer > products, customer_id integer > customers, rating integer, comment text
`);
