import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { useEffect } from 'react';
import { AppError, hasEnded, type ErrorCode, type Job, type JobKind } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { JobActions } from '../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../components/jobs/job-progress.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
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
  const unfinished = ours.filter((job) => hasEnded(job) && job.canResume && job.kind === 'model-download');
  return (
    <>
      <JobCard title={copy.models.running} jobs={ours.filter((job) => !hasEnded(job))} />
      <JobCard title={copy.jobs.unfinishedDownloads} jobs={unfinished} />
    </>
  );
}

function JobCard({ title, jobs }: { title: string; jobs: readonly Job[] }) {
  if (jobs.length === 0) return null;
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      {/* Many that failed do not push the models out of sight. */}
      <ul className="scroll m-0 max-h-[280px] list-none overflow-y-auto p-0">
        {jobs.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}

/** What is the same at the next try: the address or the file itself is wrong. */
const hopeless = new Set<ErrorCode>(['NOT_FOUND', 'INVALID_INPUT', 'MODEL_INCOMPATIBLE', 'CONFLICT']);

function JobLine({ job }: { job: Job }) {
  const { error } = job;
  const isOver = hasEnded(job);
  return (
    <li className="flex flex-wrap items-center gap-[16px] border-t border-border p-[16px] first:border-t-0">
      <div className="min-w-[280px] flex-1">
        <p className="font-semibold [overflow-wrap:anywhere]">{job.title}</p>
        {!isOver && <JobProgressBar job={job} />}
        {error && <p className="text-s text-danger">{error.message}</p>}
        {error?.hint && <p className="text-s text-text-2">{error.hint}</p>}
      </div>
      {!(isOver && error && hopeless.has(error.code)) && <JobActions job={job} small />}
      {isOver && <Dismiss job={job} />}
    </li>
  );
}

function Dismiss({ job }: { job: Job }) {
  const core = useCore();
  const toast = useToast();
  const remove = useMutation({
    mutationFn: () => core['jobs.remove']({ jobId: job.id }),
    onError: (error) => toast(`${copy.jobs.cannot}: ${AppError.from(error).message}`),
  });
  return (
    <Button
      small
      icon={Trash2}
      aria-label={copy.jobs.removeOf(job.title)}
      disabled={remove.isPending}
      onClick={() => remove.mutate()}
    >
      {copy.jobs.removeShort}
    </Button>
  );
}
