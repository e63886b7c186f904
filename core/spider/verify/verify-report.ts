import { z } from 'zod';
import { spiderSplitSchema } from '../../contract/dataset.ts';

/** Something that keeps the dataset from being what it should be. */
export const verifyProblemSchema = z.object({
  /** Relative to the Spider folder. */
  file: z.string(),
  what: z.string(),
  cure: z.string(),
});
export type VerifyProblem = z.infer<typeof verifyProblemSchema>;

/** A foreign key that rows do not keep, or that SQLite cannot check. */
export const brokenForeignKeySchema = z.object({
  dbId: z.string(),
  /** `item(maker_id) > maker`. */
  key: z.string(),
  /** Rows without a partner; absent where the key cannot be checked. */
  rows: z.number().int().optional(),
  reason: z.string(),
});
export type BrokenForeignKey = z.infer<typeof brokenForeignKeySchema>;

export const goldFailureSchema = z.object({ index: z.number().int(), dbId: z.string(), error: z.string() });

/** What `data verify` found. Problems say that files are not as they should be; all else are facts of the release. */
export const verifyReportSchema = z.object({
  source: z.object({ name: z.string(), sha256: z.string() }),
  files: z.number().int(),
  bytes: z.number().int(),
  databases: z.object({
    count: z.number().int(),
    tables: z.number().int(),
    rows: z.number().int(),
    /** No table has a row. */
    empty: z.array(z.string()),
    partlyEmpty: z.array(z.object({ dbId: z.string(), tables: z.array(z.string()) })),
    /** Tables that tables.json names and the file does not have. */
    missingTables: z.array(z.object({ dbId: z.string(), tables: z.array(z.string()) })),
    brokenForeignKeys: z.array(brokenForeignKeySchema),
    /** Texts that are not in the database's encoding, and are read as Latin-1. */
    otherEncodings: z.array(z.object({ dbId: z.string(), column: z.string(), values: z.number().int() })),
  }),
  gold: z.record(
    spiderSplitSchema,
    z.object({
      examples: z.number().int(),
      run: z.number().int(),
      failed: z.number().int(),
      failures: z.array(goldFailureSchema),
    }),
  ),
  /** How this copy differs from the official release, as far as that can be seen. */
  differences: z.array(z.string()),
  problems: z.array(verifyProblemSchema),
});
export type VerifyReport = z.infer<typeof verifyReportSchema>;
