import {
  AppError,
  hasEnded,
  type CoreClient,
  type Job,
  type jobsContract,
} from '../../core/contract/index.ts';

type JobsClient = Pick<CoreClient, keyof typeof jobsContract>;

/** Jobs that stand still: what a test needs besides, it replaces. */
export function createFakeJobs(initial: readonly Job[] = []): JobsClient {
  let jobs = [...initial];
  const get = (jobId: string): Job => {
    const job = jobs.find(({ id }) => id === jobId);
    if (job) return job;
    throw new AppError('NOT_FOUND', 'This job is not in the list any more.');
  };
  const change = (jobId: string, changed: Partial<Job>): Job => {
    const job = { ...get(jobId), ...changed };
    jobs = jobs.map((one) => (one.id === jobId ? job : one));
    return job;
  };
  return {
    'jobs.list': async () => jobs,
    'jobs.get': async ({ jobId }) => get(jobId),
    async *'jobs.watchAll'(_, options) {
      yield { kind: 'all', jobs };
      await untilAborted(options?.signal);
    },
    async *'jobs.watch'({ jobId }, options) {
      const job = get(jobId);
      yield { kind: 'log', lines: 0 };
      yield { kind: 'job', job };
      if (!hasEnded(job)) await untilAborted(options?.signal);
    },
    'jobs.cancel': async ({ jobId }) => change(jobId, { state: 'cancelled', canResume: true }),
    'jobs.resume': async ({ jobId }) => change(jobId, { state: 'running', canResume: false }),
    'jobs.remove': async ({ jobId }) => {
      jobs = jobs.filter(({ id }) => id !== jobId);
      return {};
    },
    'jobs.clear': async () => {
      const ended = jobs.filter(hasEnded);
      jobs = jobs.filter((job) => !ended.includes(job));
      return { removed: ended.length };
    },
    'jobs.log': async () => ({ lines: [], total: 0 }),
  };
}

function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
}
