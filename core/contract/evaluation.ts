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

/** A line of a file of predictions, as the trainer writes it at an evaluation. Unknown keys are passed over. */
export const predictedQuerySchema = z.object({
  /** Of the dataset's example: `dev:17`. */
  id: z.string().min(1),
  /** One of Spider's databases. */
  dbId: z.string().regex(/^\w+$/),
  question: z.string().optional(),
  /** What the model wrote; it may be anything. */
  predictedSql: z.string(),
  goldSql: z.string().min(1),
});
export type PredictedQuery = z.infer<typeof predictedQuerySchema>;

/** `error`: refused by the guard, or by PostgreSQL. `gold-failed`: the gold SQL did not run, so nothing is judged. */
export const predictionOutcomeSchema = z.enum(['correct', 'wrong', 'error', 'timeout', 'gold-failed']);
export type PredictionOutcome = z.infer<typeof predictionOutcomeSchema>;

export const judgedPredictionSchema = predictedQuerySchema.extend({
  outcome: predictionOutcomeSchema,
  /** Why it is not correct. */
  message: z.string().optional(),
  /** Milliseconds that the predicted SQL took, the guard included. */
  ms: z.number(),
});
export type JudgedPrediction = z.infer<typeof judgedPredictionSchema>;

export const predictionReportSchema = z.object({
  engine: z.literal('postgresql'),
  /** Predictions that were judged. */
  n: z.number().int(),
  /** Share of the judged ones whose rows are the gold rows, 0 to 1; null where none was judged. */
  executionAccuracy: z.number().nullable(),
  outcomes: z.object({
    correct: z.number().int(),
    wrong: z.number().int(),
    error: z.number().int(),
    timeout: z.number().int(),
  }),
  /** Those that could not be judged: their gold SQL did not run. Not in `n`. */
  goldFailed: z.number().int(),
  seconds: z.number(),
  rows: z.array(judgedPredictionSchema),
});
export type PredictionReport = z.infer<typeof predictionReportSchema>;

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
