import type { LoadedDatabase } from './load.ts';

/** What PostgreSQL could not be told about a database, and why. */
export interface DatabaseLoad {
  dbId: string;
  tables: number;
  rows: number;
  /** `table (columns)` */
  primaryKeysNotDeclared: string[];
  foreignKeysNotDeclared: { key: string; reason: string }[];
  /** UNIQUE and NOT NULL: `table: declaration`. */
  othersNotDeclared: { key: string; reason: string }[];
  /** Cells whose text fits no number, in columns that are numbers otherwise: NULL in both engines. */
  cellsNulled: { column: string; cells: number }[];
}

export function describeLoad({ dbId, tables }: LoadedDatabase): DatabaseLoad {
  return {
    dbId,
    tables: tables.length,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    primaryKeysNotDeclared: tables
      .filter((table) => table.primaryKey.length > 0 && !table.primaryKeyDeclared)
      .map((table) => `${table.name} (${table.primaryKey.join(', ')})`),
    foreignKeysNotDeclared: tables.flatMap((table) =>
      table.foreignKeys
        .filter((key) => !key.declared)
        .map((key) => ({
          key: `${table.name} (${key.columns.join(', ')}) → ${key.targetTable} (${key.targetColumns.join(', ')})`,
          reason: key.reason ?? 'unknown',
        })),
    ),
    othersNotDeclared: tables.flatMap((table) =>
      table.refused.map(({ declaration, reason }) => ({ key: `${table.name}: ${declaration}`, reason })),
    ),
    cellsNulled: tables.flatMap((table) =>
      table.columns
        .filter((column) => column.cellsNulled > 0)
        .map((column) => ({ column: `${table.name}.${column.name}`, cells: column.cellsNulled })),
    ),
  };
}
