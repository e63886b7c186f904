import { z } from 'zod';
import { hardnessSchema } from './dataset.ts';
import { stream } from './define.ts';
import { outcomeSchema } from './generation.ts';

/**
 * Which questions. `dev` is all of Spider's, `val` and `test` its two halves without what could not be proven; `own`
 * are the databases of data/own.
 */
export const evaluationSplitSchema = z.enum(['demo', 'dev', 'val', 'test', 'train', 'own']);
export type EvaluationSplit = z.infer<typeof evaluationSplitSchema>;

/**
 * How the statements are written. `greedy`: the model's most probable text, under no constraint; `constrained`: one
 * statement that names only what exists; `voted`: several of those, and the rows that most of them give.
 */
export const evaluationModeSchema = z.enum(['greedy', 'constrained', 'voted']);
export type EvaluationMode = z.infer<typeof evaluationModeSchema>;

export const evaluationRowSchema = z.object({
  id: z.string(),
  db: z.string(),
  question: z.string(),
  hardness: hardnessSchema,
  goldSql: z.string(),
  /** Present where the gold SQL is a rewriting that could not be proven equal to the published one. */
  goldUnproven: z.literal(true).optional(),
  predictedSql: z.string(),
  outcome: outcomeSchema,
  correct: z.boolean(),
  /** Why it is not correct. */
  message: z.string().optional(),
  /** The answer's own, 0 to 1. */
  confidence: z.number(),
  /** Milliseconds from question to answer. */
  ms: z.number(),
});
export type EvaluationRow = z.infer<typeof evaluationRowSchema>;

export const evaluationReportSchema = z.object({
  split: evaluationSplitSchema,
  engine: z.literal('postgresql'),
  model: z.string(),
  mode: evaluationModeSchema,
  /** Statements written for each question. */
  candidates: z.number().int(),
  /** Questions that were asked. */
  n: z.number().int(),
  /** Questions that were to be asked: more than `n` in a run that was ended early. */
  total: z.number().int(),
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

export const evaluationInputSchema = z.object({
  split: evaluationSplitSchema,
  modelPath: z.string().optional(),
  /** Only the first so many questions. */
  limit: z.number().int().min(1).optional(),
  /** Only the questions on this database. */
  db: z.string().optional(),
  /** Defaults to `constrained`, and to `voted` where several candidates are asked for. */
  mode: evaluationModeSchema.optional(),
  /** Statements for each question. Defaults to 8 where they vote, else 1. */
  candidates: z.number().int().min(1).max(16).optional(),
  /** An earlier run of the same kind: its questions are not asked again. */
  resume: evaluationReportSchema.optional(),
});
export type EvaluationInput = z.infer<typeof evaluationInputSchema>;

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
    evaluationInputSchema,
    z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('start'),
        /** What is going to be measured, and for how many questions. */
        run: evaluationReportSchema.pick({ split: true, mode: true, candidates: true, total: true }),
      }),
      z.object({
        kind: z.literal('row'),
        row: evaluationRowSchema,
        /** The model's name. */
        model: z.string(),
        done: z.number().int(),
        total: z.number().int(),
      }),
      z.object({ kind: z.literal('report'), report: evaluationReportSchema }),
    ]),
  ),
};
