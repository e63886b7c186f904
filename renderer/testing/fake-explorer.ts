import {
  AppError,
  type CoreClient,
  type JoinPath,
  type LintFinding,
  type Table,
  type TableDetails,
  type diagramContract,
  type DiagramPlaces,
  type schemaExplorerContract,
} from '../../core/contract/index.ts';
import { fakeCustomers, fakeSchema } from './fake-data.ts';

/** What lint says of the fake schema: one of each severity. */
export const fakeFindings: LintFinding[] = [
  {
    rule: 'mismatched-key-types',
    severity: 'error',
    namespace: 'public',
    table: 'orders',
    columns: ['customer_id'],
    title: 'orders.customer_id is integer, and customers.id is bigint.',
    explanation: 'integer cannot hold every value of bigint.',
    ddl: 'ALTER TABLE public.orders ALTER COLUMN customer_id TYPE bigint;',
  },
  {
    rule: 'unindexed-foreign-key',
    severity: 'warning',
    namespace: 'public',
    table: 'orders',
    columns: ['customer_id'],
    title: 'The foreign key orders_customer_id_fkey (customer_id) has no index.',
    explanation: 'Each delete from customers reads orders whole.',
    ddl: 'CREATE INDEX CONCURRENTLY ON public.orders (customer_id);',
  },
  {
    rule: 'missing-comment',
    severity: 'info',
    namespace: 'public',
    table: 'Order Notes',
    columns: [],
    title: 'Order Notes has no comment.',
    explanation: 'Comments are what people and models know of a table beyond its name.',
  },
];

/** A statement that reads orders and customers; `sum(c.` in it counts customers several times. */
export function fakeJoinPath(sql: string): JoinPath {
  if (!/\bjoin\b/i.test(sql)) {
    return {
      tables: [{ namespace: 'public', table: 'customers' }],
      joins: [],
      warnings: [],
      notAnalysed: [],
    };
  }
  const fansOut = /sum\(c\./.test(sql);
  return {
    tables: [
      { namespace: 'public', table: 'customers' },
      { namespace: 'public', table: 'orders' },
    ],
    joins: [
      {
        left: { name: 'c', table: { namespace: 'public', table: 'customers' }, columns: ['id'] },
        right: { name: 'o', table: { namespace: 'public', table: 'orders' }, columns: ['customer_id'] },
        ...{ kind: 'inner', alongForeignKey: true, cardinality: '1:n', multiplies: fansOut },
        part: 'the statement',
      },
    ],
    warnings: fansOut
      ? [
          {
            ...{
              kind: 'fan',
              aggregate: 'sum(c.credit)',
              effect: 'inflated',
              counted: 'c',
              multipliedBy: 'o',
            },
            join: 'o.customer_id = c.id',
            message:
              'Each row of c counts once for every row of o that it meets: sum(c.credit) comes out too large.',
            advice: 'Aggregate c in a sub-query of its own before joining o.',
            part: 'the statement',
          },
        ]
      : [],
    notAnalysed: [],
  };
}

function describeTable(table: Table): TableDetails & { ddl: string } {
  const key = `${table.name}_pkey`;
  return {
    ...table,
    owner: 'postgres',
    columns: table.columns.map((column) => ({
      ...column,
      ...(column.name === 'id' ? { identity: 'always' as const } : {}),
      statistics: { distinct: 1_200, nullFraction: column.nullable ? 0.25 : 0, averageBytes: 12 },
    })),
    constraints: [
      ...(table.primaryKey.length > 0
        ? [
            {
              ...{ name: key, kind: 'primary-key' as const, columns: table.primaryKey },
              ...{ definition: 'PRIMARY KEY (id)', validated: true, deferrable: false },
            },
          ]
        : []),
      ...table.foreignKeys.map((foreignKey) => ({
        ...{ name: `${table.name}_fkey`, kind: 'foreign-key' as const, columns: foreignKey.columns },
        definition: 'FOREIGN KEY (customer_id) REFERENCES customers(id)',
        ...{ validated: true, deferrable: false },
        target: {
          ...{ namespace: foreignKey.targetNamespace, table: foreignKey.targetTable },
          columns: foreignKey.targetColumns,
        },
      })),
    ],
    indexes:
      table.primaryKey.length > 0
        ? [
            {
              ...{ name: key, method: 'btree', keys: ['id'], included: [], unique: true, primary: true },
              ...{ valid: true, sizeBytes: 40_960, constraint: key, nullsNotDistinct: false },
              definition: `CREATE UNIQUE INDEX ${key} ON public.${table.name} USING btree (id)`,
            },
          ]
        : [],
    triggers: [],
    referencedBy: fakeSchema.tables.flatMap((other) =>
      other.foreignKeys
        .filter(({ targetTable }) => targetTable === table.name)
        .map(({ columns, targetColumns }) => ({
          ...{ namespace: other.namespace, table: other.name, constraint: `${other.name}_fkey` },
          ...{ columns, targetColumns },
        })),
    ),
    totalBytes: 163_840,
    indexBytes: 40_960,
    partitions: [],
    ddl: `CREATE TABLE public.${table.name} (\n  id bigint NOT NULL\n);\n`,
  };
}

/** The schema explorer over the fake schema; a connection of the user's refuses, as in `schema.introspect`. */
export function createFakeExplorer(): Pick<
  CoreClient,
  keyof typeof schemaExplorerContract | keyof typeof diagramContract
> {
  const kept = new Map<string, DiagramPlaces>();
  const find = (name: string): Table => {
    const table = fakeSchema.tables.find((one) => one.name === name);
    if (table) return table;
    throw new AppError('NOT_FOUND', `There is no table public.${name} that may be read.`, {
      hint: 'It may have been renamed or dropped: read the schema again.',
    });
  };
  return {
    'diagram.get': async ({ connectionId }) => ({ places: kept.get(connectionId) ?? {} }),
    async 'diagram.save'({ connectionId, places }) {
      kept.set(connectionId, places);
      return {};
    },
    'schema.overview': async () => ({
      databaseBytes: 9_400_320,
      tables: fakeSchema.tables.map(({ namespace, name, primaryKey }) => ({
        ...{ namespace, table: name, totalBytes: 163_840, indexes: 1 },
        uniqueKeys: primaryKey.length > 0 ? [primaryKey] : [],
      })),
    }),
    'schema.table': async ({ table }) => describeTable(find(table)),
    'schema.sampleRows': async ({ offset = 0, limit = 100 }) => {
      const { rows, ...sample } = fakeCustomers(250);
      const page = rows.slice(offset, offset + limit);
      return { ...sample, rows: page, rowCount: page.length, truncated: offset + limit < rows.length };
    },
    'schema.lint': async () => ({ findings: fakeFindings }),
    'schema.joinPath': async ({ sql }) => fakeJoinPath(sql),
  };
}
