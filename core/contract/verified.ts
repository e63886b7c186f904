import { z } from 'zod';
import { call } from './define.ts';

/** A question on one of the user's databases with SQL that the user says is right, and that PostgreSQL has run. */
export const verifiedExampleSchema = z.object({
  id: z.string(),
  connectionId: z.string(),
  question: z.string(),
  sql: z.string(),
  /** `model`: taken as it was written; `corrected`: a model's, changed by the user; `typed`: the user's own. */
  origin: z.enum(['model', 'corrected', 'typed']),
  /** SHA-256 of the schema that the SQL ran on: names, types and keys. */
  schemaFingerprint: z.string(),
  /** Rows that it gave when it was last run, up to `rowsCounted`. */
  rowCount: z.number().int(),
  /** The history's entry that it comes from. */
  historyId: z.string().optional(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type VerifiedExample = z.infer<typeof verifiedExampleSchema>;

/** Rows that are counted at most: more exist where an example has as many. */
export const rowsCounted = 1_000;

const questionSchema = z.string().trim().min(1).max(2_000);

export const verifiedContract = {
  /** The latest first. */
  'verified.list': call(z.object({ connectionId: z.string().optional() }), z.array(verifiedExampleSchema)),
  /**
   * Runs the SQL, and keeps both only where it ran; the same question of a connection is replaced.
   * @throws what `postgres.query` throws, NOT_FOUND where the schema cannot be read
   */
  'verified.save': call(
    z.object({
      connectionId: z.string(),
      question: questionSchema,
      sql: z.string().trim().min(1).max(20_000),
      origin: verifiedExampleSchema.shape.origin,
      historyId: z.string().optional(),
    }),
    verifiedExampleSchema,
  ),
  /** Another wording of the question. @throws NOT_FOUND, CONFLICT where another example asks the same */
  'verified.edit': call(z.object({ id: z.string(), question: questionSchema }), verifiedExampleSchema),
  'verified.remove': call(z.object({ id: z.string() }), z.object({})),
  /** Lines as the trainer reads them: prompt and completion with the present schema. */
  'verified.export': call(
    z.object({ connectionId: z.string() }),
    z.object({
      jsonl: z.string(),
      count: z.number().int(),
      /** Questions whose tables do not fit into the longest prompt that is trained on. */
      leftOut: z.array(z.string()),
    }),
  ),
};
