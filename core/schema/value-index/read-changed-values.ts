import type { DatabaseSchema, Table } from '../../contract/index.ts';
import {
  isTextColumn,
  readColumnValues,
  readTableStates,
  tableKey,
  type ReadValuesOptions,
  type ValueDatabase,
} from './read-column-values.ts';
import type { StoredColumn, StoredValues, TableState } from './stored-values.ts';
import type { ValueLimits } from './value-limits.ts';

/** Views and foreign tables have no counters. */
const uncountedMs = 24 * 60 * 60_000;
const uncountedKinds: ReadonlySet<Table['kind']> = new Set(['view', 'foreign-table', 'materialized-view']);

/**
 * Values as they are now: tables that changed since `before` are read again, the others' are taken over; all are read
 * where there is no `before`. The same object where nothing changed.
 */
export async function readChangedValues(
  database: ValueDatabase,
  schema: DatabaseSchema,
  before: StoredValues | undefined,
  options: Omit<ReadValuesOptions, 'tables'>,
): Promise<StoredValues> {
  const states = await readTableStates(database, options.signal);
  const changed = findChanged(schema, before, states);
  const order = new Map(schema.tables.map((table, at) => [tableKey(table), at]));
  const keyOf = ({ namespace, table }: StoredColumn) => tableKey({ namespace, name: table });
  const stays = (before?.columns ?? []).filter(
    (column) => order.has(keyOf(column)) && !changed.has(keyOf(column)),
  );
  if (before && changed.size === 0 && stays.length === before.columns.length) return before;
  const limits = lessen(options.limits, stays);
  const read = await readColumnValues(database, schema, { ...options, limits, tables: changed });
  const columns = [...stays, ...read].toSorted(
    (a, b) => (order.get(keyOf(a)) ?? 0) - (order.get(keyOf(b)) ?? 0),
  );
  return { version: 1, readAt: new Date().toISOString(), columns, tables: states };
}

/** What the columns that stay leave of the limits. */
function lessen(limits: ValueLimits, stays: readonly { values: string[] }[]): ValueLimits {
  const values = stays.reduce((sum, column) => sum + column.values.length, 0);
  const bytes = stays.reduce((sum, column) => sum + Buffer.byteLength(column.values.join('')), 0);
  const columns = stays.filter((column) => column.values.length > 0).length;
  return {
    ...limits,
    values: limits.values - values,
    bytes: limits.bytes - bytes,
    columns: limits.columns - columns,
  };
}

/** Tables whose counters or text columns are others than before, and those without counters once a day. */
function findChanged(
  schema: DatabaseSchema,
  before: StoredValues | undefined,
  states: Readonly<Record<string, TableState>>,
): Set<string> {
  if (!before) return new Set(schema.tables.map(tableKey));
  const isOld = Date.now() - Date.parse(before.readAt) > uncountedMs;
  const columnsOf = Map.groupBy(before.columns, ({ namespace, table }) =>
    tableKey({ namespace, name: table }),
  );
  const changed = schema.tables.filter((table) => {
    const key = tableKey(table);
    const known = (columnsOf.get(key) ?? []).map(({ column }) => column).join('\0');
    const now = table.columns
      .filter(isTextColumn)
      .map(({ name }) => name)
      .join('\0');
    return (
      known !== now ||
      before.tables[key]?.changes !== states[key]?.changes ||
      (uncountedKinds.has(table.kind) && isOld)
    );
  });
  return new Set(changed.map(tableKey));
}
