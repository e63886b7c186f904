import { z } from 'zod';
import { call } from './define.ts';
import { cellSchema, defaultTimeoutMs, resultColumnSchema } from './postgres.ts';

/** How many changed rows a preview shows at most. */
export const mostPreviewedRows = 200;
/** How long a preview can be committed, in milliseconds. */
export const previewKeptMs = 10 * 60_000;

export const sideEffectSchema = z.object({
  /**
   * `sequence`: is advanced; `trigger`: fires, `name` on `detail`; `cascade`: the table `name` changes as well, by the
   * foreign key `detail`; `function`: volatile, not PostgreSQL's own; `notification`: is sent; `outside`: may reach
   * beyond the database.
   */
  kind: z.enum(['sequence', 'trigger', 'cascade', 'function', 'notification', 'outside']),
  name: z.string(),
  detail: z.string().optional(),
  /** The preview's rollback does not undo it. */
  survivesRollback: z.boolean(),
});
export type SideEffect = z.infer<typeof sideEffectSchema>;

export const changedRowSchema = z.object({
  change: z.enum(['insert', 'update', 'delete']),
  /** In the order of the preview's columns; absent where there is none, or where it cannot be known. */
  before: z.array(cellSchema).optional(),
  after: z.array(cellSchema).optional(),
});
export type ChangedRow = z.infer<typeof changedRowSchema>;

export const writePreviewSchema = z.object({
  previewId: z.string(),
  kind: z.enum(['insert', 'update', 'delete']),
  /** As PostgreSQL prints it. */
  table: z.string(),
  /** How many rows it would change. */
  rowCount: z.number().int(),
  columns: z.array(resultColumnSchema),
  /** The first of them. */
  rows: z.array(changedRowSchema),
  /** False for an UPDATE on a server before 18 of a table without a primary key, or of the key itself. */
  knowsBefore: z.boolean(),
  sideEffects: z.array(sideEffectSchema),
  /** SHA-256 of the statement, to name it again when it is committed. */
  statementHash: z.string(),
  durationMs: z.number(),
});
export type WritePreview = z.infer<typeof writePreviewSchema>;

export const commitResultSchema = z.discriminatedUnion('committed', [
  z.object({ committed: z.literal(true), rowCount: z.number().int(), durationMs: z.number() }),
  /** Another number of rows than in the preview: rolled back. */
  z.object({ committed: z.literal(false), expected: z.number().int(), found: z.number().int() }),
]);
export type CommitResult = z.infer<typeof commitResultSchema>;

export const writesContract = {
  /**
   * Runs one INSERT, UPDATE or DELETE that the user typed in a transaction, shows what it changed and rolls back.
   * Only on connections that allow writes. @throws SQL_NOT_READ_ONLY for every other statement, and for one that a model
   * wrote
   */
  'postgres.previewWrite': call(
    z.object({
      connectionId: z.string(),
      sql: z.string(),
      timeoutMs: z.number().int().min(1).max(3_600_000).default(defaultTimeoutMs),
    }),
    writePreviewSchema,
  ),
  /** Runs a previewed statement again and commits it where it changes as many rows. Once for each preview. */
  'postgres.commitWrite': call(
    z.object({ previewId: z.string(), statementHash: z.string() }),
    commitResultSchema,
  ),
};
