import { AppError, type Column, type Table } from '../../contract/index.ts';
import type { LoadedColumn, LoadedTable } from '../../conversion/load.ts';
import type { Database } from '../../postgres/index.ts';
import { introspectSchema } from '../../schema/index.ts';
import type { SuiteSource } from '../../evaluation/test-suite/index.ts';

type Reader = Pick<Database, 'readRows'>;

export interface FoundTables {
  namespace: string;
  tables: LoadedTable[];
  enums: SuiteSource['enums'];
  /** Types by `table.column` where the makers of rows know none such. */
  types: [string, string][];
}

/** Types that the makers of rows know, by PostgreSQL's names without lengths. */
const knownTypes = new Map<string, LoadedColumn['type']>([
  ['smallint', 'integer'],
  ['integer', 'integer'],
  ['bigint', 'bigint'],
  ['real', 'double precision'],
  ['double precision', 'double precision'],
  ['numeric', 'numeric'],
  ['text', 'text'],
  ['character varying', 'text'],
  ['character', 'text'],
  ['date', 'date'],
  ['timestamp without time zone', 'timestamp without time zone'],
  ['timestamp with time zone', 'timestamp without time zone'],
]);

/**
 * The tables of any PostgreSQL database, of its first namespace that has some, as the makers of rows want them.
 * Lengths are dropped: a filling may hold longer values. Fixed-length text is taken for text.
 * @throws AppError NOT_FOUND where there is no table
 */
export async function readTables(database: Reader, signal?: AbortSignal): Promise<FoundTables> {
  const read = (sql: string, params?: unknown[]) => database.readRows(sql, params, { signal });
  const schema = await introspectSchema(read, { signal });
  const isTable = ({ kind }: Table) => kind === 'table' || kind === 'partitioned-table';
  const all = schema.tables.filter(isTable);
  const namespace = schema.searchPath.find((name) => all.some((table) => table.namespace === name));
  const own = all.filter((table) => table.namespace === (namespace ?? all[0]?.namespace));
  const [first] = own;
  if (first === undefined) throw new AppError('NOT_FOUND', 'The database has no table to fill.');
  const unique = await readUniqueKeys(database, first.namespace, signal);
  const numbers = await readTextNumbers(database, own, signal);
  return {
    namespace: first.namespace,
    enums: listEnums(own),
    types: own.flatMap((table) => table.columns.flatMap((column) => unknownType(table, column))),
    tables: own.map((table) => toLoadedTable(table, unique.get(table.name) ?? [], numbers)),
  };
}

function toLoadedTable(table: Table, uniqueKeys: string[][], numbers: ReadonlySet<string>): LoadedTable {
  return {
    name: table.name,
    columns: table.columns.map((column) =>
      toLoadedColumn(column, numbers.has(`${table.name}.${column.name}`)),
    ),
    primaryKey: table.primaryKey,
    primaryKeyDeclared: true,
    uniqueKeys,
    foreignKeys: table.foreignKeys
      .filter((key) => key.targetNamespace === table.namespace)
      .map(({ columns, targetTable, targetColumns }) => ({
        columns,
        targetTable,
        targetColumns,
        declared: true,
      })),
    refused: [],
    rows: 0,
    cellsNulled: 0,
  };
}

/** What is not said here is not known: see `LoadedColumn`. */
function toLoadedColumn({ name, type, nullable }: Column, allNumericText: boolean): LoadedColumn {
  return {
    name,
    type: knownTypes.get(withoutLength(type)) ?? 'text',
    notNull: !nullable,
    hasNulls: false,
    allNumericText,
    allIntegerText: false,
    wholeNumbers: false,
    unsignedText: false,
    yearText: false,
    cellsNulled: 0,
    samples: [],
  };
}

function unknownType(table: Table, { name, type }: Column): [string, string][] {
  return knownTypes.has(withoutLength(type)) ? [] : [[`${table.name}.${name}`, type]];
}

function withoutLength(type: string): string {
  return type.replace(/\(\d+(,-?\d+)?\)/, '');
}

function listEnums(tables: readonly Table[]): FoundTables['enums'] {
  const found = tables
    .flatMap((table) => table.columns)
    .flatMap(({ type, enumLabels }): [string, string[]][] => (enumLabels ? [[type, enumLabels]] : []));
  return [...new Map(found)].map(([name, labels]) => ({ name, labels }));
}

/** Unique indexes on plain columns, without a condition. */
async function readUniqueKeys(database: Reader, namespace: string, signal?: AbortSignal) {
  const rows = await database.readRows(
    `SELECT c.relname AS table, json_agg(a.attname ORDER BY k.place) AS columns
       FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace
       CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
      WHERE n.nspname = $1 AND i.indisunique AND NOT i.indisprimary
        AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
      GROUP BY i.indexrelid, c.relname ORDER BY c.relname, i.indexrelid`,
    [namespace],
    { signal },
  );
  const byTable = Map.groupBy(rows, (row) => String(row['table']));
  return new Map([...byTable].map(([name, own]) => [name, own.map((row) => row['columns'] as string[])]));
}

/** `table.column` of text columns that hold numbers only, by their first rows. */
async function readTextNumbers(database: Reader, tables: readonly Table[], signal?: AbortSignal) {
  const numbers = new Set<string>();
  for (const table of tables) {
    const texts = table.columns.filter(({ type }) => knownTypes.get(withoutLength(type)) === 'text');
    if (texts.length === 0) continue;
    const checks = texts.map(({ name }) => `bool_and(${quoted(name)} ~ '^-?[0-9]+([.][0-9]+)?$')`).join(', ');
    const [row] = await database.readRows(
      `SELECT json_build_array(${checks}) AS checks FROM (SELECT * FROM ${quoted(table.namespace)}.${quoted(table.name)} LIMIT 2000) AS first_rows`,
      [],
      { signal },
    );
    const checked = row?.['checks'] as (boolean | null)[] | undefined;
    for (const [index, { name }] of texts.entries()) {
      if (checked?.[index] === true) numbers.add(`${table.name}.${name}`);
    }
  }
  return numbers;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
