import { hasEnded, type CoreHandlers, type Job, type jobsContract } from '../contract/index.ts';
import type { Jobs } from './create-jobs.ts';

export type JobsHandlers = Pick<CoreHandlers, keyof typeof jobsContract>;

/** Metrics that one message holds at most. */
const batchSize = 500;
/** How often a job of another process is looked at. */
const foreignMs = 1_000;

/** What the jobs offer through the contract. */
export function createJobsHandlers({ jobs }: { jobs: Jobs }): JobsHandlers {
  return {
    'jobs.list': async () => jobs.list(),
    'jobs.get': async ({ jobId }) => jobs.get(jobId),
    'jobs.watchAll': (_, { signal }) => watchAll(jobs, signal),
    'jobs.watch': ({ jobId, afterSeq }, { signal }) => watchJob(jobs, jobId, afterSeq, signal),
    'jobs.cancel': async ({ jobId }) => jobs.cancel(jobId),
    'jobs.resume': async ({ jobId }) => jobs.resume(jobId),
    'jobs.remove': async ({ jobId }) => {
      jobs.remove(jobId);
      return {};
    },
    'jobs.clear': async () => {
      const ended = jobs.list().filter(hasEnded);
      for (const { id } of ended) jobs.remove(id);
      return { removed: ended.length };
    },
    'jobs.log': async ({ jobId, from, limit }) => {
      jobs.get(jobId);
      return { lines: jobs.files.log(jobId, from, limit), total: jobs.files.countLog(jobId) };
    },
  };
}

async function* watchAll(jobs: Jobs, signal: AbortSignal): ReturnType<JobsHandlers['jobs.watchAll']> {
  const changes = jobs.changes.watch();
  try {
    const all = jobs.list();
    const foreign = new Set(all.filter((job) => !hasEnded(job) && !jobs.isOurs(job.id)).map(({ id }) => id));
    yield { kind: 'all', jobs: all };
    for (;;) {
      const changed = await changes.next(signal, foreign.size > 0 ? foreignMs : undefined);
      for (const jobId of new Set([...changed, ...foreign])) {
        const job = jobs.find(jobId);
        if (!job || hasEnded(job)) foreign.delete(jobId);
        yield job ? { kind: 'changed', job } : { kind: 'removed', jobId };
      }
    }
  } finally {
    changes.close();
  }
}

async function* watchJob(
  jobs: Jobs,
  jobId: string,
  afterSeq: number,
  signal: AbortSignal,
): ReturnType<JobsHandlers['jobs.watch']> {
  const changes = jobs.changes.watch(jobId);
  let [seq, lines, shown] = [afterSeq, -1, ''];
  try {
    for (;;) {
      // First the job, then what it said: an end is told after all that came before it.
      const job: Job = jobs.get(jobId);
      for (;;) {
        const metrics = jobs.files.metrics(jobId, seq, batchSize);
        if (metrics.length === 0) break;
        seq = metrics.at(-1)?.seq ?? seq;
        yield { kind: 'metrics', metrics };
      }
      const now = jobs.files.countLog(jobId);
      if (now !== lines) yield { kind: 'log', lines: (lines = now) };
      const text = JSON.stringify(job);
      if (text !== shown) yield { kind: 'job', job };
      shown = text;
      if (hasEnded(job)) return;
      await changes.next(signal, jobs.isOurs(jobId) ? undefined : foreignMs);
    }
  } finally {
    changes.close();
  }
}
