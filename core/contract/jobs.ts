import { z } from 'zod';
import { call, stream } from './define.ts';
import { errorPayloadSchema } from './wire.ts';

/** What can run as a job. Each kind is defined by its domain. */
export const jobKindSchema = z.enum([
  'evaluation',
  'dataset',
  'training',
  'training-environment',
  'training-fetch',
  'training-export',
  'model-download',
  'model-quantize',
  'model-report',
  'gate',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

/**
 * `queued`: waits for what another job holds. `preparing`: its work has begun and has not said how much there is.
 * `cancelling`: it was told to stop and has not yet. `interrupted`: the app ended before it did.
 */
export const jobStateSchema = z.enum([
  'queued',
  'preparing',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'interrupted',
]);
export type JobState = z.infer<typeof jobStateSchema>;

const endStates: readonly JobState[] = ['succeeded', 'failed', 'cancelled', 'interrupted'];

/** Whether nothing more happens in it, unless it is resumed. */
export function hasEnded({ state }: { state: JobState }): boolean {
  return endStates.includes(state);
}

/** The latest is what counts; older ones are dropped. */
export const jobProgressSchema = z.object({
  done: z.number().nonnegative(),
  /** Absent where it is not known yet. */
  total: z.number().nonnegative().optional(),
  /** What is being done: "Retail, question 12". */
  note: z.string().optional(),
  /** Milliseconds that are left at the pace of this attempt; absent before there is one. */
  remainingMs: z.number().nonnegative().optional(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** Times are ISO 8601, UTC. */
export const jobSchema = z.object({
  id: z.string(),
  kind: jobKindSchema,
  /** What it does, in a few words. */
  title: z.string(),
  state: jobStateSchema,
  createdAt: z.string(),
  /** Of the latest attempt. */
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Counts from 1; resuming adds one. */
  attempt: z.number().int().positive(),
  progress: jobProgressSchema.optional(),
  /** Why it failed. */
  error: errorPayloadSchema.optional(),
  /** What it works on, by the name that its domain knows it by: the run that it trains, fetches or exports. */
  subjectId: z.string().optional(),
  /** What it makes, by the name that its domain knows it by. Present as soon as there is something to see. */
  resultId: z.string().optional(),
  /** It succeeded by ending short of its end, as it was asked to; what it works on can go on. */
  stopped: z.boolean().optional(),
  /** Whether `jobs.resume` goes on with it now. */
  canResume: z.boolean(),
  /** Whether what it did so far stays when it is cancelled. */
  keepsWork: z.boolean(),
});
export type Job = z.infer<typeof jobSchema>;

export const jobMetricSchema = z.object({
  /** Counts from 1 through all attempts, without a gap. */
  seq: z.number().int().positive(),
  at: z.string(),
  /** What the job's kind measures; its domain has the schema. */
  value: z.unknown(),
});
export type JobMetric = z.infer<typeof jobMetricSchema>;

export const jobLogLineSchema = z.object({
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type JobLogLine = z.infer<typeof jobLogLineSchema>;
export type JobLogLevel = JobLogLine['level'];

const jobIdSchema = z.object({ jobId: z.string() });

export const jobsContract = {
  /** Newest first. */
  'jobs.list': call(z.object({}), z.array(jobSchema)),
  'jobs.get': call(jobIdSchema, jobSchema),
  /** All jobs first, then each that changes, at most five times a second. It never ends by itself. */
  'jobs.watchAll': stream(
    z.object({}),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('all'), jobs: z.array(jobSchema) }),
      z.object({ kind: z.literal('changed'), job: jobSchema }),
      z.object({ kind: z.literal('removed'), jobId: z.string() }),
    ]),
  ),
  /**
   * The job and its metrics after `afterSeq`, then what comes, until it ends. Metrics come once each and in order;
   * of the job itself and of its log's length only the latest. Leaving never stops the job.
   */
  'jobs.watch': stream(
    jobIdSchema.extend({ afterSeq: z.number().int().nonnegative().default(0) }),
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('job'), job: jobSchema }),
      z.object({ kind: z.literal('metrics'), metrics: z.array(jobMetricSchema) }),
      /** How many lines its log has. */
      z.object({ kind: z.literal('log'), lines: z.number().int().nonnegative() }),
    ]),
  ),
  /** Returns at once; the job is `cancelled` when its work has stopped. */
  'jobs.cancel': call(jobIdSchema, jobSchema),
  /** @throws AppError CONFLICT where its kind cannot be resumed, or it has not ended */
  'jobs.resume': call(jobIdSchema, jobSchema),
  /** Removes an ended job with its log and metrics; what it made stays. */
  'jobs.remove': call(jobIdSchema, z.object({})),
  /** Removes all ended ones. */
  'jobs.clear': call(z.object({}), z.object({ removed: z.number().int() })),
  /** Lines from number `from` on, counted from 0. */
  'jobs.log': call(
    jobIdSchema.extend({
      from: z.number().int().nonnegative().default(0),
      limit: z.number().int().min(1).max(1_000).default(200),
    }),
    z.object({ lines: z.array(jobLogLineSchema), total: z.number().int() }),
  ),
};
