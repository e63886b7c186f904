import type { Column, DatabaseSchema, Table } from '../../../contract/index.ts';

function column(definition: string): Column {
  const [name = '', type = '', ...flags] = definition.split(':');
  return { name, type, nullable: flags.includes('null') };
}

function table(name: string, columns: string, foreignKeys: [string, string][] = []): Table {
  return {
    namespace: 'public',
    name,
    kind: 'table',
    columns: columns.split(' ').map(column),
    primaryKey: ['id'],
    foreignKeys: foreignKeys.map(([from, target]) => ({
      columns: [from],
      targetNamespace: 'public',
      targetTable: target,
      targetColumns: ['id'],
    })),
  };
}

/** A small shop for tests: a reserved table name, a nullable key, a table in between. */
export const shopSchema: DatabaseSchema = {
  database: 'shop',
  serverVersion: '18.4',
  searchPath: ['public'],
  tables: [
    table('client', 'id:integer name:text city:text:null joined:date active:boolean'),
    table('order', 'id:integer client_id:integer:null placed:date status:text', [['client_id', 'client']]),
    table('line', 'id:integer order_id:integer item_id:integer quantity:integer price:numeric(10,2)', [
      ['order_id', 'order'],
      ['item_id', 'item'],
    ]),
    table('item', 'id:integer title:text weight:real:null'),
  ],
};
