import { useCallback, type ReactNode } from 'react';
import type { CoreClient, Job } from '../../core/contract/index.ts';
import { useToast } from '../components/toaster.tsx';
import { copy } from '../copy.ts';
import { useCore } from '../lib/core-context.tsx';
import { JobsProvider, useActiveJobs } from '../lib/jobs.tsx';

/** Follows the jobs and says when one ends, whatever page is open. */
export function JobWatcher({ children }: { children: ReactNode }) {
  const toast = useToast();
  const core = useCore();
  const onEnded = useCallback(
    (job: Job) => void describeEnd(core, job).then((words) => toast(words)),
    [core, toast],
  );
  return <JobsProvider onEnded={onEnded}>{children}</JobsProvider>;
}

/** A run that was stopped is not done, and is known by its name. */
async function describeEnd(core: CoreClient, job: Job): Promise<string> {
  const { kind, state, resultId: runId } = job;
  if (kind !== 'training' || state !== 'succeeded' || runId === undefined) return copy.jobs.ended(job);
  return core['training.get']({ runId }).then(
    (run) => copy.training.ended(run),
    () => copy.jobs.ended(job),
  );
}

/** How many jobs run, on the rail. */
export function JobBadge() {
  const { length } = useActiveJobs();
  if (length === 0) return null;
  return (
    <span className="absolute top-[2px] left-[calc(50%+6px)] min-w-[18px] rounded-[9px] bg-accent px-1 text-center text-[11px] leading-[18px] font-semibold text-on-accent">
      <span aria-hidden>{length}</span>
      <span className="visually-hidden">{copy.jobs.badge(length)}</span>
    </span>
  );
}
