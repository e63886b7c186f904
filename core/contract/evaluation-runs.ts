import { z } from 'zod';
import { call } from './define.ts';
import {
  evaluationInputSchema,
  evaluationModeSchema,
  evaluationReportSchema,
  evaluationRowSchema,
  evaluationSplitSchema,
  failureCauseSchema,
  runComparisonSchema,
  shareSchema,
} from './evaluation.ts';
import { hardnessSchema } from './dataset.ts';
import { queryResultSchema } from './postgres.ts';
import { jobStateSchema } from './jobs.ts';
import { errorPayloadSchema } from './wire.ts';

/** A run that is kept: what was asked for, before anything of it was measured. */
export const evaluationRequestSchema = evaluationInputSchema.omit({ resume: true });
export type EvaluationRequest = z.infer<typeof evaluationRequestSchema>;

/** What a list shows of a run. Of one that has not ended, what was measured so far. */
export const evaluationSummarySchema = z.object({
  id: z.string(),
  /** The job that measures it, or did; it may have been removed since. */
  jobId: z.string().optional(),
  /** `succeeded` where its report is whole. */
  state: jobStateSchema,
  request: evaluationRequestSchema,
  mode: evaluationModeSchema,
  /** The model's name; before the first answer, its file's. */
  model: z.string(),
  /** ISO 8601, UTC. */
  startedAt: z.string(),
  endedAt: z.string().optional(),
  /** Milliseconds that its attempts took; an attempt that was killed is not in it. */
  spentMs: z.number(),
  /** Questions that were to be asked; absent before they were read. */
  total: z.number().int().optional(),
  /** Questions that were asked. */
  n: z.number().int(),
  execution: shareSchema,
  exactMatch: shareSchema,
  /** Right on the shipped rows and on every filling, 0 to 1. */
  testSuiteAccuracy: z.number().optional(),
  /** Milliseconds from question to answer. */
  medianMs: z.number().nullable(),
});
export type EvaluationSummary = z.infer<typeof evaluationSummarySchema>;

/** What a job of the kind `evaluation` measures, a metric for each question. */
export const evaluationMetricSchema = evaluationRowSchema
  .pick({ id: true, db: true, question: true, hardness: true, correct: true, outcome: true, ms: true })
  .extend({
    /** The primary one; absent where it is right. */
    cause: failureCauseSchema.optional(),
  });
export type EvaluationMetric = z.infer<typeof evaluationMetricSchema>;

export const splitInfoSchema = z.object({
  split: evaluationSplitSchema,
  /** Whether it is one of Spider's, which the dataset's pipeline makes. */
  needsDataset: z.boolean(),
  questions: z.number().int(),
  databases: z.array(z.object({ db: z.string(), questions: z.number().int() })),
  /** Why it cannot be asked. */
  missing: errorPayloadSchema.optional(),
});
export type SplitInfo = z.infer<typeof splitInfoSchema>;

export const questionChangeSchema = z.enum(['fixed', 'broken', 'both-wrong', 'both-right']);
export type QuestionChange = z.infer<typeof questionChangeSchema>;

/** Counts of the questions that both runs asked. */
const changeCountsSchema = z.object({
  n: z.number().int(),
  fixed: z.number().int(),
  broken: z.number().int(),
  bothWrong: z.number().int(),
  bothRight: z.number().int(),
  executionBefore: shareSchema,
  executionAfter: shareSchema,
});

export const comparedQuestionSchema = evaluationRowSchema
  .pick({ id: true, db: true, question: true, hardness: true, goldSql: true })
  .extend({
    change: questionChangeSchema,
    sqlBefore: z.string(),
    sqlAfter: z.string(),
    causesBefore: z.array(failureCauseSchema),
    causesAfter: z.array(failureCauseSchema),
  });
export type ComparedQuestion = z.infer<typeof comparedQuestionSchema>;

/** Two runs, question by question. */
export const evaluationComparisonSchema = runComparisonSchema.omit({ changes: true }).extend({
  byHardness: z.array(changeCountsSchema.extend({ hardness: hardnessSchema })),
  byDatabase: z.array(changeCountsSchema.extend({ db: z.string() })),
  questions: z.array(comparedQuestionSchema),
});
export type EvaluationComparison = z.infer<typeof evaluationComparisonSchema>;

/** What a statement gives now: its first rows, or why it does not run. */
export const ranStatementSchema = z.object({
  result: queryResultSchema.optional(),
  error: errorPayloadSchema.optional(),
});
export type RanStatement = z.infer<typeof ranStatementSchema>;

const runIdSchema = z.object({ id: z.string() });

export const evaluationRunsContract = {
  /** Which questions there are to ask. */
  'evaluation.splits': call(z.object({}), z.array(splitInfoSchema)),
  /** Queues a run as a job of the kind `evaluation`, whose result is the run's id. */
  'evaluation.start': call(evaluationRequestSchema, z.object({ id: z.string(), jobId: z.string() })),
  /** Goes on with a run that did not end: its questions are not asked again. */
  'evaluation.resume': call(runIdSchema, z.object({ jobId: z.string() })),
  /** Newest first. */
  'evaluation.list': call(z.object({}), z.array(evaluationSummarySchema)),
  /** Of a run that has not ended, the report of what was measured so far. */
  'evaluation.report': call(
    runIdSchema,
    z.object({ summary: evaluationSummarySchema, report: evaluationReportSchema }),
  ),
  /** @throws AppError CONFLICT where it has not ended */
  'evaluation.remove': call(runIdSchema, z.object({})),
  /** @throws AppError INVALID_INPUT where they are of two splits or have no question in common */
  'evaluation.compare': call(z.object({ before: z.string(), after: z.string() }), evaluationComparisonSchema),
  /** `html` is one page that needs nothing from outside. */
  'evaluation.export': call(
    runIdSchema.extend({ format: z.enum(['html', 'json']) }),
    z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() }),
  ),
  /** Runs the gold SQL and the predicted SQL of one question of a run, for reading, at most 500 rows of each. */
  'evaluation.runQuestion': call(
    runIdSchema.extend({ questionId: z.string() }),
    z.object({ gold: ranStatementSchema, predicted: ranStatementSchema }),
  ),
};
