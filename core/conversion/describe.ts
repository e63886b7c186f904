import type { DatabaseSchema } from '../contract/schema.ts';
import type { LoadedDatabase } from './load.ts';

/** The loaded database in the contract's shape, with all of Spider's keys, declared in PostgreSQL or not. */
export function describeSchema(database: LoadedDatabase, serverVersion: string): DatabaseSchema {
  return {
    database: database.dbId,
    serverVersion,
    searchPath: [database.namespace],
    tables: database.tables.map((table) => ({
      namespace: database.namespace,
      name: table.name,
      kind: 'table',
      rowEstimate: table.rows,
      columns: table.columns.map((column) => ({
        name: column.name,
        type: column.type,
        nullable: !column.notNull && !(table.primaryKeyDeclared && table.primaryKey.includes(column.name)),
      })),
      primaryKey: table.primaryKey,
      foreignKeys: table.foreignKeys
        .filter((key) => key.targetColumns.length === key.columns.length)
        .map((key) => ({
          columns: key.columns,
          targetNamespace: database.namespace,
          targetTable: key.targetTable,
          targetColumns: key.targetColumns,
        })),
    })),
  };
}

export interface ColumnSamples {
  table: string;
  column: string;
  values: string[];
}

export function listSamples(database: LoadedDatabase): ColumnSamples[] {
  return database.tables.flatMap((table) =>
    table.columns
      .filter((column) => column.samples.length > 0)
      .map((column) => ({ table: table.name, column: column.name, values: column.samples })),
  );
}
