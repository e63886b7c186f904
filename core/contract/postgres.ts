import { z } from 'zod';
import { call } from './define.ts';

/** 64-bit, numeric, temporal, array and JSON values travel as text, with their column's type. */
export const cellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof cellSchema>;

export const resultColumnSchema = z.object({ name: z.string(), type: z.string() });
export type ResultColumn = z.infer<typeof resultColumnSchema>;

export const queryResultSchema = z.object({
  columns: z.array(resultColumnSchema),
  /** One array a row, in the order of `columns`. */
  rows: z.array(z.array(cellSchema)),
  /** Rows returned here; with `truncated`, the statement had more. */
  rowCount: z.number().int(),
  truncated: z.boolean(),
  durationMs: z.number(),
});
export type QueryResult = z.infer<typeof queryResultSchema>;

export const defaultTimeoutMs = 30_000;
export const defaultMaxRows = 1_000;

export const limitsSchema = z.object({
  /** Statement timeout in milliseconds. */
  timeoutMs: z.number().int().min(1).max(3_600_000).default(defaultTimeoutMs),
  /** Row cap. */
  maxRows: z.number().int().min(1).max(100_000).default(defaultMaxRows),
});
export type Limits = z.infer<typeof limitsSchema>;

export const serverStatusSchema = z.object({
  state: z.enum(['stopped', 'starting', 'running', 'failed']),
  port: z.number().int().optional(),
  version: z.string().optional(),
  message: z.string().optional(),
});
export type ServerStatus = z.infer<typeof serverStatusSchema>;

export const postgresContract = {
  /** A statement typed by the user, through the guard and the read-only path. Kept in the history. */
  'postgres.query': call(
    z.object({
      connectionId: z.string(),
      sql: z.string(),
      /** The history entry that this statement was edited from. */
      historyId: z.string().optional(),
      ...limitsSchema.shape,
    }),
    queryResultSchema,
  ),
  'postgres.serverStatus': call(z.object({}), serverStatusSchema),
  /** Stops a server that was left running, unless another process of the app uses it: then it ends with that one. */
  'postgres.stopServer': call(z.object({}), serverStatusSchema),
  /** Throws away the embedded server's folder and makes a new one with fresh demo databases. */
  'postgres.resetServer': call(z.object({}), serverStatusSchema),
};
