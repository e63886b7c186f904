import type { LoadedColumn, LoadedForeignKey, LoadedTable } from '../load.ts';

/** A value of a generated row. Text, dates and numeric texts are strings. */
export type Cell = string | number | null;

/** A row in the making: what is not said yet is filled in when the row is completed. */
export interface DraftRow {
  table: LoadedTable;
  cells: Map<string, Cell>;
}

export function findColumn(table: LoadedTable, name: string): LoadedColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/** Foreign keys whose target exists, declared in PostgreSQL or not. */
export function resolvableKeys(
  table: LoadedTable,
  tables: Map<string, LoadedTable>,
): { key: LoadedForeignKey; target: LoadedTable }[] {
  return table.foreignKeys.flatMap((key) => {
    const target = tables.get(key.targetTable);
    if (target === undefined || key.targetColumns.length !== key.columns.length) return [];
    const isWhole =
      key.columns.every((name) => findColumn(table, name)) &&
      key.targetColumns.every((name) => findColumn(target, name));
    return isWhole ? [{ key, target }] : [];
  });
}

/** Primary key, unique keys, and what a declared foreign key of another table makes unique. */
export function uniqueSets(table: LoadedTable, tables: Map<string, LoadedTable>): string[][] {
  const targets = [...tables.values()].flatMap((other) =>
    other.foreignKeys
      .filter((key) => key.targetTable === table.name && key.declared)
      .map((key) => key.targetColumns),
  );
  const sets = [table.primaryKey, ...table.uniqueKeys, ...targets].filter((key) => key.length > 0);
  return [...new Map(sets.map((key) => [[...key].sort().join('\n'), key])).values()];
}

/** Whether a NULL can stand there at all: outside the primary key and not declared NOT NULL. */
export function isNullable(table: LoadedTable, name: string): boolean {
  return !table.primaryKey.includes(name) && findColumn(table, name)?.notNull === false;
}
