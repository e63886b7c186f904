import { z } from 'zod';
import { call, stream } from './define.ts';
import { cellSchema, defaultTimeoutMs, resultColumnSchema } from './postgres.ts';
import { exportFormats } from './row-formats.ts';

/** The most rows that one fetch gives. */
export const mostFetchedRows = 2_000;
/** How long a result stays open without a fetch, in milliseconds: its transaction holds back the server's clean-up. */
export const resultIdleMs = 5 * 60_000;
/** How many results of one connection stay open; the one that was used longest ago makes room. */
export const mostOpenResults = 4;

export const resultSortSchema = z.object({
  /** 0-based. */
  column: z.number().int().min(0).max(1_600),
  descending: z.boolean(),
});
export type ResultSort = z.infer<typeof resultSortSchema>;

/** A statement whose rows are read on: the same one again, through the same guard and read-only path. */
export const resultStatementSchema = z.object({
  connectionId: z.string(),
  sql: z.string(),
  /** Who wrote it: a model's is held to the narrower list of functions. */
  origin: z.enum(['user', 'model']).default('user'),
  /** Wraps the statement in `SELECT * FROM (…) AS result ORDER BY n`. */
  sort: resultSortSchema.optional(),
  /** Of each step on the server, in milliseconds. */
  timeoutMs: z.number().int().min(1).max(3_600_000).default(defaultTimeoutMs),
});
export type ResultStatement = z.infer<typeof resultStatementSchema>;

export const rowPageSchema = z.object({
  rows: z.array(z.array(cellSchema)),
  /** How many rows the result has, once its end was reached. */
  total: z.number().int().optional(),
});
export type RowPage = z.infer<typeof rowPageSchema>;

/** `idle`: nobody read for a while; `replaced`: others were opened; `lost`: the connection; `failed`: a step did. */
export const closeReasonSchema = z.enum(['idle', 'replaced', 'lost', 'failed']);
export type CloseReason = z.infer<typeof closeReasonSchema>;

export const resultEventSchema = z.discriminatedUnion('kind', [
  rowPageSchema.extend({
    kind: z.literal('opened'),
    resultId: z.string(),
    columns: z.array(resultColumnSchema),
  }),
  /** The last item: its rows can be fetched no more. */
  z.object({ kind: z.literal('closed'), reason: closeReasonSchema, message: z.string() }),
]);
export type ResultEvent = z.infer<typeof resultEventSchema>;

export const exportFormatSchema = z.enum(exportFormats);

export const exportRequestSchema = resultStatementSchema.extend({
  format: exportFormatSchema,
  /** Suggested to a browser that saves it. */
  fileName: z.string().min(1).max(200),
  /** For SQL INSERTs. Defaults to `result`. */
  tableName: z.string().min(1).max(300).optional(),
});
export type ExportRequest = z.infer<typeof exportRequestSchema>;

export const resultsContract = {
  /**
   * Opens the statement as a cursor on a connection of its own and gives its first rows. The stream stays open as long
   * as the result does: leaving it closes the cursor.
   */
  'postgres.openResult': stream(
    resultStatementSchema.extend({ limit: z.number().int().min(1).max(mostFetchedRows).default(200) }),
    resultEventSchema,
  ),
  /** Rows from a 0-based offset on; fewer than asked for at the end, or where they are very long. @throws NOT_FOUND */
  'postgres.fetchRows': call(
    z.object({
      resultId: z.string(),
      offset: z.number().int().min(0),
      limit: z.number().int().min(1).max(mostFetchedRows),
    }),
    rowPageSchema,
  ),
  /** Goes to the end of an open result on the server; no row travels. Leaving the stream stops it and keeps the result. */
  'postgres.countRows': stream(
    z.object({ resultId: z.string() }),
    z.object({ counted: z.number().int(), isTotal: z.boolean() }),
  ),
  /** Checks the statement and keeps it for one export, to be begun within a minute. */
  'postgres.prepareExport': call(exportRequestSchema, z.object({ exportId: z.string() })),
  /** All rows as text, part by part, in the chosen format. `rows` counts those so far. */
  'postgres.streamExport': stream(
    z.object({ exportId: z.string() }),
    z.object({ text: z.string(), rows: z.number().int(), fileName: z.string() }),
  ),
  /** All rows into a file, written aside and renamed at the end. Leaving the stream leaves no file. @throws DISK_FULL */
  'postgres.exportToFile': stream(
    z.object({ exportId: z.string(), path: z.string().min(1) }),
    z.object({ rows: z.number().int(), bytes: z.number().int(), done: z.boolean() }),
  ),
};
