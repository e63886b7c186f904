import { AppError, type Column, type DatabaseSchema, type Table } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import { kindOfColumn } from '../../sql/sketch/schema-view.ts';
import { personalByName, personalByValues } from './personal-data.ts';
import type { StoredColumn, TableState } from './stored-values.ts';
import type { ValueLimits } from './value-limits.ts';

/** What reading needs of a database: trusted statements of our own, read-only, with a timeout. */
export interface ValueDatabase {
  readRows(
    sql: string,
    params?: unknown[],
    options?: { timeoutMs?: number; signal?: AbortSignal | undefined },
  ): Promise<Record<string, unknown>[]>;
}

export interface ReadValuesOptions {
  limits: ValueLimits;
  /** Columns that are read whatever they look like: `table.column`, `namespace.table.column`, or `*` for all. */
  allowed?: readonly string[] | undefined;
  /** Only these tables, as `namespace.table`; all by default. */
  tables?: ReadonlySet<string> | undefined;
  signal?: AbortSignal | undefined;
}

export const tableKey = ({ namespace, name }: Pick<Table, 'namespace' | 'name'>) => `${namespace}.${name}`;

/** Text that is worth keeping: no codes that only machines read, no enum, whose labels the schema has. */
export function isTextColumn(column: Column): boolean {
  return kindOfColumn(column) === 'text' && !column.enumLabels && !/^(uuid|"char"|name)$/.test(column.type);
}

/**
 * Distinct values of a schema's text columns, the commonest first, within the limits. Columns that look like personal
 * data by their names are not read at all, those whose values look like it are dropped, unless they are allowed. A
 * column whose statement takes too long is left out and says so. @throws AppError CANCELLED, or why nothing can be read
 */
export async function readColumnValues(
  database: ValueDatabase,
  schema: DatabaseSchema,
  options: ReadValuesOptions,
): Promise<StoredColumn[]> {
  const { limits, tables, signal } = options;
  const found: StoredColumn[] = [];
  const left = { values: limits.values, bytes: limits.bytes, columns: limits.columns };
  const until = performance.now() + limits.totalMs;
  for (const table of schema.tables.filter((each) => tables?.has(tableKey(each)) ?? true)) {
    for (const column of table.columns.filter(isTextColumn)) {
      signal?.throwIfAborted();
      const stored = await readColumn(database, table, column, { ...options, left, until });
      left.columns -= stored.leftOut === undefined ? 1 : 0;
      left.values -= stored.values.length;
      left.bytes -= stored.values.reduce((sum, value) => sum + Buffer.byteLength(value), 0);
      found.push(stored);
    }
  }
  return found;
}

interface ReadState extends ReadValuesOptions {
  left: { values: number; bytes: number; columns: number };
  until: number;
}

async function readColumn(
  database: ValueDatabase,
  table: Table,
  column: Column,
  state: ReadState,
): Promise<StoredColumn> {
  const { left, limits, until, signal } = state;
  const place = { namespace: table.namespace, table: table.name, column: column.name };
  const without = (leftOut: string): StoredColumn => ({ ...place, values: [], isComplete: false, leftOut });
  const isAllowed = mayRead(table, column, state.allowed ?? []);
  const byName = isAllowed ? undefined : personalByName(table.name, column.name);
  if (byName) return without(`looks like a ${byName} by its name`);
  const remainingMs = Math.min(limits.columnMs, until - performance.now());
  if (left.columns <= 0 || left.values <= 0 || left.bytes <= 0) return without('the index is full');
  if (remainingMs < 1) return without('there was no time left');
  const limit = Math.min(limits.valuesPerColumn, left.values);
  let values: string[];
  try {
    const rows = await database.readRows(
      writeStatement(table, column, limits),
      [limits.valueLength, limit + 1],
      {
        timeoutMs: Math.ceil(remainingMs),
        signal,
      },
    );
    values = rows.map((row) => String(row['value']));
  } catch (error) {
    signal?.throwIfAborted();
    const { code } = AppError.from(error);
    if (code === 'SQL_TIMEOUT') return without('reading it took too long');
    if (code === 'PERMISSION_DENIED' || code === 'SQL_EXECUTION') return without('it could not be read');
    throw error;
  }
  const byValues = isAllowed ? undefined : personalByValues(values);
  if (byValues) return without(`looks like a ${byValues} by its values`);
  const kept = keepWithin(values.slice(0, limit), left.bytes);
  const isComplete = kept.length === values.length && (table.rowEstimate ?? 0) <= limits.rows;
  return { ...place, values: kept, isComplete };
}

function mayRead(table: Table, column: Column, allowed: readonly string[]): boolean {
  const short = `${table.name}.${column.name}`;
  return allowed.some((each) => each === '*' || each === short || each === `${table.namespace}.${short}`);
}

function keepWithin(values: readonly string[], bytes: number): string[] {
  let left = bytes;
  return values.filter((value) => (left -= Buffer.byteLength(value)) >= 0);
}

/** Kinds of relations that PostgreSQL can draw a sample of pages from. */
const sampled: ReadonlySet<Table['kind']> = new Set(['table', 'materialized-view', 'partitioned-table']);

function writeStatement(table: Table, column: Column, { rows }: ValueLimits): string {
  const name = `${quoteIdentifier(table.namespace)}.${quoteIdentifier(table.name)}`;
  const value = `${quoteIdentifier(column.name)}::text`;
  const isLarge = (table.rowEstimate ?? 0) > rows;
  const share = (100 * rows) / Math.max(1, table.rowEstimate ?? 1);
  const source =
    isLarge && sampled.has(table.kind)
      ? `${name} TABLESAMPLE SYSTEM (${share.toFixed(6)}) REPEATABLE (1)`
      : sampled.has(table.kind)
        ? name
        : `(SELECT ${quoteIdentifier(column.name)} FROM ${name} LIMIT ${rows}) AS part`;
  return `
    SELECT value FROM (
      SELECT ${value} AS value, count(*) AS uses FROM ${source}
      WHERE length(${value}) BETWEEN 1 AND $1 AND ${value} ~ '[^[:space:]]'
      GROUP BY 1) AS found
    ORDER BY uses DESC, value COLLATE "C" LIMIT $2`;
}

/** One cheap statement of the catalogue and the statistics: no table is touched. */
const statesSql = `
SELECT n.nspname AS namespace, c.relname AS name, greatest(c.reltuples, 0)::float8 AS rows,
       coalesce(s.n_tup_ins + s.n_tup_upd + s.n_tup_del, parts.changes, 0)::float8 AS changes
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_all_tables AS s ON s.relid = c.oid AND c.relkind <> 'p'
LEFT JOIN LATERAL (
  SELECT sum(leaf.n_tup_ins + leaf.n_tup_upd + leaf.n_tup_del) AS changes
  FROM pg_partition_tree(c.oid) AS tree JOIN pg_stat_all_tables AS leaf ON leaf.relid = tree.relid
  WHERE tree.isleaf) AS parts ON c.relkind = 'p'
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'`;

/** How much was changed in each table so far, by `namespace.table`. Views and foreign tables count nothing. */
export async function readTableStates(
  database: ValueDatabase,
  signal?: AbortSignal,
): Promise<Record<string, TableState>> {
  const rows = await database.readRows(statesSql, [], { signal });
  return Object.fromEntries(
    rows.map((row) => [
      tableKey({ namespace: String(row['namespace']), name: String(row['name']) }),
      { changes: Number(row['changes']), rows: Number(row['rows']) },
    ]),
  );
}
