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

/** What is kept of the values of one connection's text columns. */
export const valueIndexStatusSchema = z.object({
  /** Whether values are kept: off until the user asks for it, on for the demo databases. */
  enabled: z.boolean(),
  /** Whether they are being read in the background. */
  isReading: z.boolean(),
  /** Columns kept whatever they look like: `table.column`, `namespace.table.column`, or `*` for all. */
  allowed: z.array(z.string()),
  readAt: z.iso.datetime().optional(),
  /** Why the last reading ended early. */
  failure: z.string().optional(),
  valueCount: z.number(),
  /** Bytes of the values in UTF-8. */
  bytes: z.number(),
  columns: z.array(
    z.object({
      namespace: z.string(),
      table: z.string(),
      column: z.string(),
      valueCount: z.number(),
      /** Whether these are all distinct values of the column. */
      isComplete: z.boolean(),
      /** Why none is kept: what the column looks like, or what stopped the reading. */
      leftOut: z.string().optional(),
    }),
  ),
});
export type ValueIndexStatus = z.infer<typeof valueIndexStatusSchema>;

const connectionIdSchema = z.object({ connectionId: z.string() });

export const schemaContract = {
  'schema.introspect': call(
    z.object({ connectionId: z.string(), refresh: z.boolean().optional() }),
    databaseSchemaSchema,
  ),
  'schema.valueStatus': call(connectionIdSchema, valueIndexStatusSchema),
  /** Reads and keeps the values. `allowed` replaces the columns that were allowed before. */
  'schema.enableValues': call(
    connectionIdSchema.extend({ allowed: z.array(z.string()).optional() }),
    valueIndexStatusSchema,
  ),
  /** Keeps none from now on, and removes those that are kept. */
  'schema.disableValues': call(connectionIdSchema, valueIndexStatusSchema),
  /** Reads what changed since, or everything. */
  'schema.refreshValues': call(
    connectionIdSchema.extend({ everything: z.boolean().optional() }),
    valueIndexStatusSchema,
  ),
  /** Removes what is kept of one connection, or of all. Where it is on, the next question reads it anew. */
  'schema.clearValues': call(
    z.object({ connectionId: z.string().optional() }),
    z.object({ cleared: z.number() }),
  ),
  /** The stored values that a question names, the surest first, by the names that the database has. */
  'schema.searchValues': call(
    connectionIdSchema.extend({ question: z.string() }),
    z.object({
      matches: z.array(
        z.object({
          table: z.string(),
          column: z.string(),
          value: z.string(),
          /** 1 where the question's words are the value's but for case and endings. */
          score: z.number(),
          isExact: z.boolean(),
        }),
      ),
    }),
  ),
};
