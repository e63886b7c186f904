import type { Database } from 'better-sqlite3';

export interface SqliteColumn {
  name: string;
  /** The type as declared, '' where the declaration has none. */
  declaredType: string;
  notNull: boolean;
}

export interface SqliteForeignKey {
  columns: string[];
  targetTable: string;
  /** Empty where the declaration names no columns: the target's primary key is meant. */
  targetColumns: string[];
}

export interface SqliteTable {
  name: string;
  columns: SqliteColumn[];
  primaryKey: string[];
  /** Sets of columns that a UNIQUE constraint or unique index covers. */
  uniqueKeys: string[][];
  foreignKeys: SqliteForeignKey[];
}

/**
 * Asks SQLite itself for the schema: its pragmas know inline, composite and table-level keys alike. Tables stand in
 * the order of their creation; views, virtual tables and SQLite's own are left out, generated columns are not.
 */
export function readSqliteSchema(database: Database): SqliteTable[] {
  const names = database
    .prepare(
      `SELECT s.name FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name AND l.schema = 'main'
      WHERE l.type = 'table' AND s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.rowid`,
    )
    .pluck()
    .all() as string[];
  return names.map((name) => readTable(database, name));
}

interface TableInfoRow {
  name: string;
  type: string;
  notnull: number;
  pk: number;
}

function readTable(database: Database, name: string): SqliteTable {
  const rows = database
    // 1 is a hidden column of a virtual table; 2 and 3 are generated columns.
    .prepare('SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1')
    .all(name) as TableInfoRow[];
  const keyed = rows.filter((row) => row.pk > 0).sort((a, b) => a.pk - b.pk);
  return {
    name,
    columns: rows.map((row) => ({ name: row.name, declaredType: row.type, notNull: row.notnull === 1 })),
    primaryKey: keyed.map((row) => row.name),
    uniqueKeys: readUniqueKeys(database, name),
    foreignKeys: readForeignKeys(database, name),
  };
}

function readUniqueKeys(database: Database, table: string): string[][] {
  const indexes = database
    .prepare('SELECT name FROM pragma_index_list(?) WHERE "unique" = 1 AND partial = 0 ORDER BY seq')
    .pluck()
    .all(table) as string[];
  const columns = database.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').pluck();
  // A null name is an expression in the index: it says nothing about columns.
  return indexes.map((index) => columns.all(index) as (string | null)[]).filter(isNamed);
}

function isNamed(columns: (string | null)[]): columns is string[] {
  return columns.every((column) => column !== null);
}

interface ForeignKeyRow {
  id: number;
  table: string;
  from: string;
  to: string | null;
}

function readForeignKeys(database: Database, table: string): SqliteForeignKey[] {
  const rows = database
    .prepare('SELECT id, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq')
    .all(table) as ForeignKeyRow[];
  const byId = new Map<number, SqliteForeignKey>();
  for (const row of rows) {
    const key = byId.get(row.id) ?? { columns: [], targetTable: row.table, targetColumns: [] };
    key.columns.push(row.from);
    if (row.to !== null) key.targetColumns.push(row.to);
    byId.set(row.id, key);
  }
  return [...byId.values()];
}
