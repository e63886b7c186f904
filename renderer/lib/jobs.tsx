import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { hasEnded, type CoreClient, type Job } from '../../core/contract/index.ts';
import { useCore, useLinkState } from './core-context.tsx';

/** All jobs as they are now, newest first; undefined before the first answer. */
interface JobsReading {
  jobs: readonly Job[] | undefined;
  /** Why they cannot be read, while the app is there. */
  error: unknown;
}

const JobsContext = createContext<JobsReading>({ jobs: undefined, error: undefined });

interface JobsProviderProps {
  children: ReactNode;
  /** Told of each job that ends while the window is open. */
  onEnded(job: Job): void;
}

/** Follows all jobs for the whole window, and again after each lost connection. */
export function JobsProvider({ children, onEnded }: JobsProviderProps) {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const [reading, setReading] = useState<JobsReading>({ jobs: undefined, error: undefined });
  useEffect(() => {
    if (!isConnected) return;
    const controller = new AbortController();
    const show = (jobs: readonly Job[]) => setReading({ jobs, error: undefined });
    followAll(core, controller.signal, show, onEnded).catch((error: unknown) => {
      if (!controller.signal.aborted) setReading((last) => ({ ...last, error }));
    });
    return () => controller.abort();
  }, [core, isConnected, onEnded]);
  return <JobsContext value={reading}>{children}</JobsContext>;
}

async function followAll(
  core: CoreClient,
  signal: AbortSignal,
  show: (jobs: readonly Job[]) => void,
  onEnded: (job: Job) => void,
): Promise<void> {
  let jobs: Job[] = [];
  for await (const item of core['jobs.watchAll']({}, { signal })) {
    if (item.kind === 'all') jobs = item.jobs;
    else if (item.kind === 'removed') jobs = jobs.filter(({ id }) => id !== item.jobId);
    else {
      const before = jobs.find(({ id }) => id === item.job.id);
      if (before && !hasEnded(before) && hasEnded(item.job)) onEnded(item.job);
      jobs = before ? jobs.map((job) => (job === before ? item.job : job)) : [item.job, ...jobs];
    }
    show(jobs);
  }
}

export function useJobs(): JobsReading {
  return use(JobsContext);
}

/** One job as it is now; undefined where there is none, or before the first answer. */
export function useJob(jobId: string | undefined): Job | undefined {
  const { jobs } = useJobs();
  return useMemo(() => jobs?.find(({ id }) => id === jobId), [jobs, jobId]);
}

/** Those that have not ended, a waiting one included. */
export function useActiveJobs(): readonly Job[] {
  const { jobs } = useJobs();
  return useMemo(() => (jobs ?? []).filter((job) => !hasEnded(job)), [jobs]);
}
