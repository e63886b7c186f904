import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { hasEnded, type JobKind } from '../../../core/contract/index.ts';
import { JobActions } from '../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../components/jobs/job-progress.tsx';
import { copy } from '../../copy.ts';
import { useJobs } from '../../lib/jobs.tsx';
import { queryKeys } from '../../lib/queries.ts';

const kinds = new Set<JobKind>(['model-download', 'model-quantize', 'model-report']);

/** Downloads, quantizing and comparing as they go on; what they made is on the lists when they have ended. */
export function RunningJobs() {
  const { jobs = [] } = useJobs();
  const cache = useQueryClient();
  const ours = jobs.filter(({ kind }) => kinds.has(kind));
  const ended = ours.filter(hasEnded).length;
  useEffect(() => {
    void cache.invalidateQueries({ queryKey: queryKeys.models });
  }, [cache, ended]);
  const shown = ours.filter((job) => !hasEnded(job) || (job.canResume && job.kind === 'model-download'));
  if (shown.length === 0) return null;
  return (
    <section className="card" aria-label={copy.models.running}>
      <div className="card-head">
        <h2>{copy.models.running}</h2>
      </div>
      <ul className="m-0 list-none p-0">
        {shown.map((job) => (
          <li
            key={job.id}
            className="flex flex-wrap items-center gap-[16px] border-t border-border p-[16px] first:border-t-0"
          >
            <div className="min-w-[280px] flex-1">
              <p className="font-semibold [overflow-wrap:anywhere]">{job.title}</p>
              <JobProgressBar job={job} />
              {job.error && <p className="text-s text-danger">{job.error.message}</p>}
            </div>
            <JobActions job={job} small />
          </li>
        ))}
      </ul>
    </section>
  );
}
