import { z } from 'zod';
import { call } from './define.ts';

export const columnSchema = z.object({
  name: z.string(),
  /** As PostgreSQL's format_type prints it: `integer`, `numeric(10,2)`, `text[]`. */
  type: z.string(),
  nullable: z.boolean(),
  comment: z.string().optional(),
  /** Labels of the column's enum type. */
  enumLabels: z.array(z.string()).optional(),
});
export type Column = z.infer<typeof columnSchema>;

export const foreignKeySchema = z.object({
  columns: z.array(z.string()),
  /** Schema (namespace) of the referenced table. */
  targetNamespace: z.string(),
  targetTable: z.string(),
  targetColumns: z.array(z.string()),
});
export type ForeignKey = z.infer<typeof foreignKeySchema>;

export const tableSchema = z.object({
  namespace: z.string(),
  name: z.string(),
  kind: z.enum(['table', 'view', 'materialized-view', 'foreign-table', 'partitioned-table']),
  comment: z.string().optional(),
  /** pg_class.reltuples; absent when never analysed. */
  rowEstimate: z.number().optional(),
  columns: z.array(columnSchema),
  primaryKey: z.array(z.string()),
  foreignKeys: z.array(foreignKeySchema),
});
export type Table = z.infer<typeof tableSchema>;

export const databaseSchemaSchema = z.object({
  database: z.string(),
  serverVersion: z.string(),
  /** Namespaces on the search path, in order: their tables need no prefix. */
  searchPath: z.array(z.string()),
  tables: z.array(tableSchema),
});
export type DatabaseSchema = z.infer<typeof databaseSchemaSchema>;

export const schemaContract = {
  'schema.introspect': call(
    z.object({ connectionId: z.string(), refresh: z.boolean().optional() }),
    databaseSchemaSchema,
  ),
};
