import type { GeneratedRows } from '../../contract/index.ts';

export interface SuiteColumn {
  name: string;
  /** As PostgreSQL's format_type prints it. */
  type: string;
  /** Whether fillings keep NULL out of it: it is declared so, or its shipped rows hold none. */
  notNull: boolean;
}

export interface SuiteKey {
  columns: string[];
  targetTable: string;
  targetColumns: string[];
  /** Whether PostgreSQL enforces it. Fillings keep the others too, where types allow. */
  declared: boolean;
}

export interface SuiteTable {
  name: string;
  columns: SuiteColumn[];
  primaryKey: string[];
  /** False where PostgreSQL did not accept the primary key; fillings keep it unique all the same. */
  primaryKeyDeclared: boolean;
  uniqueKeys: string[][];
  foreignKeys: SuiteKey[];
}

/** A row of a table, its values as PostgreSQL's text, in the order of the table's columns. */
export type TextRow = (string | null)[];

/** A database whose tables the suite fills anew. */
export interface SuiteSource {
  dbId: string;
  /** The PostgreSQL schema that its tables stand in. */
  namespace: string;
  tables: SuiteTable[];
  enums: { name: string; labels: string[] }[];
  /** Some shipped rows by table: what fillings are shuffled from. */
  shipped: ReadonlyMap<string, readonly TextRow[]>;
  /** Sets of rows made from a gold query's own literals and bounds; none where it cannot be read. */
  makeQueryRows(goldSql: string): GeneratedRows[];
}

/** Primary key, unique keys, and what a declared foreign key of another table makes unique. */
export function uniqueSetsOf(table: SuiteTable, tables: readonly SuiteTable[]): string[][] {
  const targets = tables
    .flatMap((other) => other.foreignKeys)
    .filter((key) => key.declared && key.targetTable === table.name)
    .map((key) => key.targetColumns);
  const sets = [table.primaryKey, ...table.uniqueKeys, ...targets].filter((columns) => columns.length > 0);
  return [...new Map(sets.map((columns) => [columns.toSorted().join('\n'), columns])).values()];
}
