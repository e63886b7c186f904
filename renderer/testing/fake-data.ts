import type {
  Connection,
  DatabaseSchema,
  DemoDatabase,
  QueryResult,
  Table,
} from '../../core/contract/index.ts';

/** Rows and names for the fake core. Nothing of it is in the shipped bundle. */

export const fakeDemos: DemoDatabase[] = [
  {
    name: 'ecommerce',
    title: 'E-commerce',
    description: 'A shop: customers, products, orders, reviews.',
    questions: [
      'How many customers are there?',
      'List the names of products that cost more than 500.',
      'Which five customers placed the most orders?',
      'What is the average rating of each product category?',
      'Show the total revenue of each month of 2024, in order.',
      'Which products were never ordered?',
    ].map((question, index) => ({
      id: `ecommerce-0${index + 1}`,
      question,
      goldSql: 'SELECT count(*) FROM customers',
      hardness: 'easy' as const,
      ordered: false,
    })),
  },
];

function demoConnection(name: string, title: string): Connection {
  return {
    id: `demo:${name}`,
    name: title,
    kind: 'demo',
    host: '127.0.0.1',
    port: 54_329,
    database: name,
    user: 'postgres',
    sslMode: 'disable',
    hasPassword: false,
  };
}

export const fakeConnections: Connection[] = [
  demoConnection('ecommerce', 'E-commerce'),
  demoConnection('finance', 'Finance'),
  demoConnection('healthcare', 'Healthcare'),
  {
    id: '6e1b2b3e-0000-4000-8000-000000000001',
    name: 'Reporting replica',
    kind: 'user',
    host: 'reports.internal.example',
    port: 5432,
    database: 'warehouse',
    user: 'analyst',
    sslMode: 'verify-full',
    hasPassword: true,
  },
];

function table(name: string, columns: [name: string, type: string][], more: Partial<Table> = {}): Table {
  return {
    namespace: 'public',
    name,
    kind: 'table',
    rowEstimate: 1_200,
    columns: columns.map(([column, type]) => ({ name: column, type, nullable: column !== 'id' })),
    primaryKey: columns.some(([column]) => column === 'id') ? ['id'] : [],
    foreignKeys: [],
    ...more,
  };
}

export const fakeSchema: DatabaseSchema = {
  database: 'ecommerce',
  serverVersion: '18.4',
  searchPath: ['public'],
  tables: [
    table(
      'customers',
      [
        ['id', 'bigint'],
        ['name', 'text'],
        ['email', 'text'],
        ['country', 'text'],
        ['created_at', 'timestamp with time zone'],
      ],
      { comment: 'People who bought at least once or made an account.' },
    ),
    table(
      'orders',
      [
        ['id', 'bigint'],
        ['customer_id', 'bigint'],
        ['status', 'order_status'],
        ['total', 'numeric(10,2)'],
      ],
      {
        foreignKeys: [
          {
            columns: ['customer_id'],
            targetNamespace: 'public',
            targetTable: 'customers',
            targetColumns: ['id'],
          },
        ],
      },
    ),
    table('Order Notes', [
      ['id', 'bigint'],
      ['text', 'text'],
    ]),
    table('monthly_revenue', [['month', 'date']], { kind: 'view', rowEstimate: undefined }),
  ],
};

export const fakeCount: QueryResult = {
  columns: [{ name: 'count', type: 'bigint' }],
  rows: [['1200']],
  rowCount: 1,
  truncated: false,
  durationMs: 3.2,
};

const people = ['Ada Byron', 'Grace Hopper', 'Ærøskøbing Søren', 'Ada "Countess" King, née Byron', 'Li Wei'];

/** Customers with numbers, NULLs and text that needs quoting. */
export function fakeCustomers(rowCount: number, truncated = false): QueryResult {
  return {
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'name', type: 'text' },
      { name: 'country', type: 'text' },
      { name: 'total', type: 'numeric' },
      { name: 'created_at', type: 'timestamp with time zone' },
    ],
    rows: Array.from({ length: rowCount }, (_, index) => [
      String(index + 1),
      people[index % people.length] ?? '',
      index % 4 === 3 ? null : 'Denmark',
      `${(index * 37.25).toFixed(2)}`,
      `2024-0${(index % 9) + 1}-11 08:30:00+00`,
    ]),
    rowCount,
    truncated,
    durationMs: 12.4,
  };
}
