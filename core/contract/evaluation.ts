import { z } from 'zod';
import { hardnessSchema } from './dataset.ts';
import { stream } from './define.ts';
import { outcomeSchema } from './generation.ts';
import { suiteReportSchema } from './test-suite.ts';

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

/** Why an answer is wrong. */
export const failureCauseSchema = z.enum([
  /** No statement was offered: the question was taken for one that cannot be answered, or the model wrote none. */
  'abstained',
  /** The guard said no. */
  'refused',
  'timeout',
  /** It does not parse, or PostgreSQL refuses it or stops at it. */
  'syntax',
  /** Another table than the gold SQL's, or one more. */
  'wrong-table',
  'missing-join',
  /** The right tables, joined on other columns or in another way. */
  'wrong-join',
  'wrong-column',
  'wrong-aggregate',
  /** Sub-queries or set operations that the gold SQL has not, or the other way round. */
  'wrong-nesting',
  /** Another operator, a condition more or less, AND for OR. */
  'wrong-condition',
  'wrong-value',
  'wrong-grouping',
  /** Another ORDER BY, direction or LIMIT. */
  'wrong-order',
  'wrong-distinct',
  /** The components are the gold SQL's; what is made of them is not. */
  'other',
]);
export type FailureCause = z.infer<typeof failureCauseSchema>;

/** A share of `n` with its Wilson interval of 95 %. Shares are 0 to 1; null where `n` is 0. */
export const shareSchema = z.object({
  n: z.number().int(),
  count: z.number().int(),
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type Share = z.infer<typeof shareSchema>;

export const sharesByHardnessSchema = z.object({
  all: shareSchema,
  easy: shareSchema,
  medium: shareSchema,
  hard: shareSchema,
  extra: shareSchema,
});
export type SharesByHardness = z.infer<typeof sharesByHardnessSchema>;

/** How far an answer's confidence can be believed. */
export const calibrationSchema = z.object({
  /** Of equal width, without the empty ones: in each the mean confidence, and the share that was right. */
  bins: z.array(shareSchema.extend({ from: z.number(), to: z.number(), confidence: z.number() })),
  /** Mean distance of confidence and share, weighted by questions, 0 to 1 (Naeini et al. 2015); null without questions. */
  expectedError: z.number().nullable(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

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
  /** Present where it is correct as another row of those that tie in the gold order, or in their other order. */
  tied: z.literal(true).optional(),
  /** Exact set match by the rules of Spider's evaluation, values and DISTINCT apart; false where it does not parse. */
  exactMatch: z.boolean(),
  /** Why it is not correct: the primary cause first. Empty where it is. */
  causes: z.array(failureCauseSchema),
  /** What was noticed: of the rows, or by PostgreSQL. */
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
  /** Statements written for each question; absent where the app's own default was left. */
  candidates: z.number().int().optional(),
  /** ISO 8601, UTC. */
  measuredAt: z.string(),
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
  /** The same with intervals. */
  execution: sharesByHardnessSchema,
  exactMatch: sharesByHardnessSchema,
  /** Of the statements offered, those that pass the guard and PostgreSQL's planner: they name only what exists. */
  wellFormed: shareSchema,
  byDatabase: z.array(z.object({ db: z.string(), execution: shareSchema, exactMatch: shareSchema })),
  /** Of the wrong answers: how often each cause is the primary one, and how often it applies. */
  causes: z.array(
    z.object({ cause: failureCauseSchema, primary: z.number().int(), applies: z.number().int() }),
  ),
  calibration: calibrationSchema,
  /** Correct ones that are so only because the gold SQL leaves open which of several tied rows comes. */
  tied: z.number().int(),
  /** Questions whose gold SQL is an unproven rewriting. */
  goldUnproven: z.number().int(),
  /** Milliseconds from question to answer. */
  medianMs: z.number().nullable(),
  /** Present where test-suite accuracy was asked for. */
  testSuite: suiteReportSchema.optional(),
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
  /** Defaults to `voted`, as in the app, and to `constrained` where one candidate is asked for. */
  mode: evaluationModeSchema.optional(),
  /** Statements for each question, where they vote. Defaults to the app's own number. */
  candidates: z.number().int().min(1).max(16).optional(),
  /** Holds what is right to so many generated fillings of each database besides, and to those made from each gold SQL. */
  testSuite: z.number().int().min(1).max(100).optional(),
  /** An earlier run of the same kind: its questions are not asked again. */
  resume: evaluationReportSchema.optional(),
});
export type EvaluationInput = z.infer<typeof evaluationInputSchema>;

const comparedRowSchema = evaluationRowSchema.pick({
  id: true,
  db: true,
  question: true,
  hardness: true,
  goldSql: true,
});

/** Two runs on the same questions. Questions that only one of them asked are left out, and counted. */
export const runComparisonSchema = z.object({
  split: evaluationSplitSchema,
  before: evaluationReportSchema.pick({ model: true, mode: true, measuredAt: true }),
  after: evaluationReportSchema.pick({ model: true, mode: true, measuredAt: true }),
  /** Questions that both asked. */
  n: z.number().int(),
  onlyBefore: z.number().int(),
  onlyAfter: z.number().int(),
  executionBefore: shareSchema,
  executionAfter: shareSchema,
  bothRight: z.number().int(),
  bothWrong: z.number().int(),
  fixed: z.number().int(),
  broken: z.number().int(),
  /** McNemar's exact test, two-sided: how likely so uneven a change is by chance. */
  p: z.number(),
  /** The questions whose verdict changed. */
  changes: z.array(
    comparedRowSchema.extend({
      change: z.enum(['fixed', 'broken']),
      sqlBefore: z.string(),
      sqlAfter: z.string(),
      /** Of the wrong one of the two. */
      causes: z.array(failureCauseSchema),
    }),
  ),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;

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
  /** Present where test-suite accuracy was asked for. */
  testSuite: suiteReportSchema.optional(),
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
        run: evaluationReportSchema.pick({
          split: true,
          mode: true,
          candidates: true,
          measuredAt: true,
          total: true,
        }),
      }),
      z.object({
        kind: z.literal('row'),
        row: evaluationRowSchema,
        /** The model's name. */
        model: z.string(),
        done: z.number().int(),
        total: z.number().int(),
      }),
      /** How many of the right answers the test suite is through with. */
      z.object({ kind: z.literal('suite'), done: z.number().int(), total: z.number().int() }),
      z.object({ kind: z.literal('report'), report: evaluationReportSchema }),
    ]),
  ),
};
