import type { Column, DatabaseSchema, ForeignKey, Table } from '../contract/schema.ts';
import { AppError } from '../contract/errors.ts';
import { introspectionSql } from './introspect-queries.ts';

/** Runs one trusted catalogue query and answers with its rows. */
export type ReadRows = (sql: string, params?: unknown[]) => Promise<Record<string, unknown>[]>;

export interface IntrospectOptions {
  signal?: AbortSignal | undefined;
}

interface CatalogueTable {
  id: string;
  namespace: string;
  name: string;
  kind: 'r' | 'p' | 'v' | 'm' | 'f';
  comment: string | null;
  rowEstimate: number | null;
}

interface CatalogueColumn {
  table: string;
  name: string;
  type: string;
  nullable: boolean;
  comment: string | null;
  labels: string[] | null;
}

interface CatalogueKey {
  table: string;
  kind: 'p' | 'f';
  columns: string[];
  target: string;
  targetColumns: string[] | null;
}

interface Catalogue {
  database: string;
  role: string;
  serverVersion: string;
  searchPath: string[];
  tables: CatalogueTable[];
  columns: CatalogueColumn[];
  keys: CatalogueKey[];
}

const kinds: Record<CatalogueTable['kind'], Table['kind']> = {
  r: 'table',
  p: 'partitioned-table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
};

/**
 * Everything that the connection's role may read: tables and views with columns, keys and comments, by namespace and
 * name. Throws NOT_FOUND when that is nothing at all, because an empty schema would only look like an answer.
 */
export async function introspectSchema(
  read: ReadRows,
  options: IntrospectOptions = {},
): Promise<DatabaseSchema> {
  options.signal?.throwIfAborted();
  const [row] = await read(introspectionSql);
  options.signal?.throwIfAborted();
  const catalogue = JSON.parse(String(row?.['document'])) as Catalogue;
  if (catalogue.tables.length === 0) throw noTables(catalogue);
  return {
    database: catalogue.database,
    serverVersion: catalogue.serverVersion.split(' ')[0] ?? catalogue.serverVersion,
    searchPath: catalogue.searchPath,
    tables: assembleTables(catalogue),
  };
}

function noTables({ role, database }: Catalogue): AppError {
  return new AppError('NOT_FOUND', `No tables are visible to role "${role}" in database "${database}".`, {
    hint: 'Check the database name, or grant the role USAGE on a schema and SELECT on its tables.',
    details: { role, database },
  });
}

function assembleTables({ tables, columns, keys }: Catalogue): Table[] {
  const columnsOf = Map.groupBy(columns, (column) => column.table);
  const keysOf = Map.groupBy(keys, (key) => key.table);
  const tableOf = new Map(tables.map((table) => [table.id, table]));
  const isReadable = (table: string, names: string[]): boolean =>
    names.every((name) => columnsOf.get(table)?.some((column) => column.name === name));

  return tables.map((table) => {
    const readable = (keysOf.get(table.id) ?? []).filter((key) => isReadable(table.id, key.columns));
    return {
      namespace: table.namespace,
      name: table.name,
      kind: kinds[table.kind],
      ...optional({ comment: table.comment, rowEstimate: table.rowEstimate }),
      columns: (columnsOf.get(table.id) ?? []).map(assembleColumn),
      primaryKey: readable.find((key) => key.kind === 'p')?.columns ?? [],
      foreignKeys: readable.flatMap((key): ForeignKey[] => {
        const target = key.kind === 'f' ? tableOf.get(key.target) : undefined;
        const targetColumns = key.targetColumns ?? [];
        // A key into what the role may not read cannot be joined on.
        if (target === undefined || !isReadable(target.id, targetColumns)) return [];
        return [
          {
            columns: key.columns,
            targetNamespace: target.namespace,
            targetTable: target.name,
            targetColumns,
          },
        ];
      }),
    };
  });
}

function assembleColumn({ name, type, nullable, comment, labels }: CatalogueColumn): Column {
  return { name, type, nullable, ...optional({ comment, enumLabels: labels }) };
}

type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** The contract leaves out what the catalogue has as NULL. */
function optional<T extends Record<string, unknown>>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Present<T>;
}
