import { z } from 'zod';
import { call } from './define.ts';
import { tableScopeSchema } from './linking.ts';

export const repairSchema = z.discriminatedUnion('kind', [
  /** A statement that PostgreSQL plans. It has not run. */
  z.object({
    kind: z.literal('repaired'),
    sql: z.string(),
    /** `model`: it read the message and wrote this; `names`: wrong names were replaced by the closest of the schema. */
    by: z.enum(['model', 'names']),
    /** The model's name. */
    model: z.string().optional(),
  }),
  z.object({ kind: z.literal('impossible'), message: z.string(), hint: z.string() }),
]);
export type Repair = z.infer<typeof repairSchema>;

export const repairContract = {
  /**
   * Gives a statement and PostgreSQL's message back to the model, once, where the model can read them; else, and where
   * that does not help, tries the closest names of the schema. Nothing is run.
   */
  'generation.repair': call(
    z.object({
      connectionId: z.string(),
      sql: z.string().trim().min(1).max(20_000),
      /** PostgreSQL's own. */
      message: z.string().max(5_000),
      /** What the statement is meant to answer, where that is known. */
      question: z.string().trim().max(2_000).optional(),
      /** Defaults to the embedded starter model. */
      modelPath: z.string().optional(),
      tables: tableScopeSchema.optional(),
    }),
    repairSchema,
  ),
};
