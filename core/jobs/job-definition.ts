import type { z } from 'zod';
import type { JobKind, JobLogLevel, JobProgress } from '../contract/index.ts';

/** What a process can do once at a time only. */
export type JobResource = 'model' | 'dataset';

/** A kind of job, defined once at the core's start, so that a job of an earlier start can be resumed. */
export interface JobDefinition<I> {
  kind: JobKind;
  /** JSON only: it is kept with the job. */
  input: z.ZodType<I>;
  /** Jobs that share one run one after another, in the order of their start. Defaults to none. */
  resource?: JobResource;
  /** Whether `run` goes on with what an earlier attempt left. */
  canResume: boolean;
  /** Whether what was done stays when it is cancelled. */
  keepsWork: boolean;
  title(input: I): string;
  /** What it works on, by the name that its domain knows it by. Defaults to nothing in particular. */
  subject?(input: I): string | undefined;
  /** Rejects where it fails, or stops because of the signal. */
  run(input: I, context: JobContext): Promise<void>;
}

export interface JobContext {
  jobId: string;
  /** Counts from 1; resuming adds one. */
  attempt: number;
  /** Aborted by a cancel, and where the core closes. */
  signal: AbortSignal;
  report: JobReport;
}

/** The three channels of a job, and what it makes. */
export interface JobReport {
  /** The latest wins. The first one makes the job `running`. */
  progress(progress: Omit<JobProgress, 'remainingMs'>): void;
  /** Never dropped: written down before this returns. */
  metric(value: unknown): void;
  /** @param level defaults to `info` */
  log(text: string, level?: JobLogLevel): void;
  /** There is something to see under this name. */
  result(resultId: string): void;
  /** It ends short of its end, as it was asked to, and that is no failure. */
  stopped(): void;
}
