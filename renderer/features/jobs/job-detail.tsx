import { useMutation } from '@tanstack/react-query';
import { ArrowLeft, ChartColumn, Trash2 } from 'lucide-react';
import { AppError, hasEnded, type Job } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { JobActions } from '../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../components/jobs/job-state.tsx';
import { Notice } from '../../components/notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { hrefOf, navigate } from '../../lib/navigation.ts';
import { useJobWatch } from '../../lib/use-job-watch.ts';
import { JobDuration } from './job-duration.tsx';
import { JobLog } from './job-log.tsx';
import { JobMetrics } from './job-metrics.tsx';
import { isOfTraining, resultOf } from './result-of.ts';

const text = copy.jobs;

/** What a job says of itself, while it runs and afterwards. */
export function JobDetail({ jobId }: { jobId: string }) {
  const { job, metrics, lines, error } = useJobWatch(jobId);
  return (
    <div className="mx-auto flex h-full max-w-[1200px] flex-col gap-4 px-6 py-6">
      <a className="inline-flex items-center gap-1 self-start text-s" href={hrefOf('jobs')}>
        <ArrowLeft aria-hidden size={16} />
        {text.back}
      </a>
      {!job && error !== undefined && <Missing error={error} />}
      {!job && error === undefined && (
        <div className="empty-state" role="status">
          <Spinner size={24} />
          {copy.common.loading}
        </div>
      )}
      {job && (
        <>
          <Head job={job} />
          <Outcome job={job} />
          <JobProgressBar job={job} />
          <Facts job={job} />
          <div className="grid min-h-[320px] flex-1 grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-4 max-[1100px]:grid-cols-1">
            <JobLog jobId={jobId} lines={lines} isLive={!hasEnded(job)} />
            <JobMetrics metrics={metrics} />
          </div>
        </>
      )}
    </div>
  );
}

function Missing({ error }: { error: unknown }) {
  const { message, hint = '' } = AppError.from(error);
  return (
    <EmptyState
      icon={Trash2}
      title={AppError.from(error).code === 'NOT_FOUND' ? text.notFound : message}
      hint={hint}
      actions={<Button onClick={() => navigate('jobs')}>{text.back}</Button>}
    />
  );
}

function Head({ job }: { job: Job }) {
  const core = useCore();
  const toast = useToast();
  const remove = useMutation({
    mutationFn: () => core['jobs.remove']({ jobId: job.id }),
    onSuccess: () => navigate('jobs'),
    onError: (error) => toast(`${text.cannot}: ${AppError.from(error).message}`),
  });
  const result = resultOf(job);
  return (
    <div className="flex flex-wrap items-center gap-3">
      <div className="grow">
        <h1 className="break-words">{job.title}</h1>
        <JobStateMark state={job.state} stopped={job.stopped} />
      </div>
      <JobActions job={job} />
      {hasEnded(job) && (
        <Button icon={Trash2} onClick={() => remove.mutate()}>
          {text.remove}
        </Button>
      )}
      {result && (
        <Button variant="primary" icon={ChartColumn} onClick={() => navigate(...result)}>
          {isOfTraining(job) ? text.openRun : text.openResult}
        </Button>
      )}
    </div>
  );
}

function Outcome({ job }: { job: Job }) {
  if (job.state === 'failed' && job.error) {
    return <Notice tone="error" title={text.failedTitle} message={job.error.message} hint={job.error.hint} />;
  }
  if (job.state !== 'interrupted') return null;
  const hint = [job.keepsWork ? text.interruptedHint : '', job.canResume ? text.interruptedResume : ''];
  return <Notice tone="warning" title={text.interruptedTitle} hint={hint.filter(Boolean).join(' ')} />;
}

function Facts({ job }: { job: Job }) {
  const facts: [string, React.ReactNode][] = [
    [text.facts.kind, text.kinds[job.kind]],
    [text.facts.created, formatMoment(job.createdAt)],
    ...(job.startedAt ? [[text.facts.started, formatMoment(job.startedAt)] as [string, string]] : []),
    ...(job.endedAt ? [[text.facts.ended, formatMoment(job.endedAt)] as [string, string]] : []),
    [text.facts.duration, <JobDuration key="duration" job={job} />],
    [text.facts.attempt, job.attempt],
  ];
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2 text-s">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-text-2">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
