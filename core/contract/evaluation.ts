import { z } from 'zod';
import { stream } from './define.ts';
import { outcomeSchema } from './generation.ts';

export const evaluationRowSchema = z.object({
  id: z.string(),
  db: z.string(),
  question: z.string(),
  hardness: z.enum(['easy', 'medium', 'hard', 'extra']),
  goldSql: z.string(),
  predictedSql: z.string(),
  outcome: outcomeSchema,
  correct: z.boolean(),
  message: z.string().optional(),
  ms: z.number(),
});
export type EvaluationRow = z.infer<typeof evaluationRowSchema>;

export const evaluationReportSchema = z.object({
  split: z.string(),
  engine: z.literal('postgresql'),
  model: z.string(),
  n: z.number().int(),
  correct: z.number().int(),
  /** Shares, 0 to 1; null where the split has no question of that hardness. */
  executionAccuracy: z.object({
    all: z.number(),
    easy: z.number().nullable(),
    medium: z.number().nullable(),
    hard: z.number().nullable(),
    extra: z.number().nullable(),
  }),
  rows: z.array(evaluationRowSchema),
});
export type EvaluationReport = z.infer<typeof evaluationReportSchema>;

export const evaluationContract = {
  'evaluation.run': stream(
    z.object({
      split: z.enum(['demo', 'dev']),
      modelPath: z.string().optional(),
      limit: z.number().int().min(1).optional(),
    }),
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('row'),
        row: evaluationRowSchema,
        done: z.number().int(),
        total: z.number().int(),
      }),
      z.object({ kind: z.literal('report'), report: evaluationReportSchema }),
    ]),
  ),
};
