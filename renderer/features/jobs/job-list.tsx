import { useMutation } from '@tanstack/react-query';
import { ListChecks, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { hasEnded, type Job } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Notice } from '../../components/notice.tsx';
import { JobActions } from '../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../components/jobs/job-state.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useActions } from '../../lib/actions.ts';
import { useCore, useLinkState } from '../../lib/core-context.tsx';
import { formatMoment } from '../../lib/format-values.ts';
import { useJobs } from '../../lib/jobs.tsx';
import { hrefOf, navigate } from '../../lib/navigation.ts';
import { AppError } from '../../../core/contract/index.ts';
import { JobDuration } from './job-duration.tsx';
import { resultOf } from './result-of.ts';

const text = copy.jobs;

const filters = ['all', 'active', 'succeeded', 'failed'] as const;
type Filter = (typeof filters)[number];

const fits: Record<Filter, (job: Job) => boolean> = {
  all: () => true,
  active: (job) => !hasEnded(job),
  succeeded: isDone,
  failed: (job) => hasEnded(job) && !isDone(job),
};

function isDone({ state, stopped }: Job): boolean {
  return state === 'succeeded' && stopped !== true;
}

export function JobList() {
  const { jobs, error } = useJobs();
  const [filter, setFilter] = useState<Filter>('all');
  const clear = useClear();
  const hasFinished = (jobs ?? []).some(hasEnded);
  useListActions(hasFinished, clear);
  return (
    <div className="mx-auto grid max-w-[1200px] gap-4 px-6 py-6">
      <div className="flex flex-wrap items-center gap-3">
        <div className="grow">
          <h1>{copy.pages.jobs}</h1>
          <p className="text-text-2">{text.intro}</p>
        </div>
        {hasFinished && (
          <Button icon={Trash2} onClick={clear}>
            {text.clear}
          </Button>
        )}
      </div>
      <Away />
      {error !== undefined && (
        <Notice
          tone="error"
          title={text.loadFailed}
          message={AppError.from(error).message}
          hint={AppError.from(error).hint}
        />
      )}
      {jobs === undefined && error === undefined && <Loading />}
      {jobs?.length === 0 && <None />}
      {jobs !== undefined && jobs.length > 0 && (
        <>
          <FilterChoice jobs={jobs} filter={filter} onChoose={setFilter} />
          <JobTable jobs={jobs.filter(fits[filter])} onShowAll={() => setFilter('all')} />
        </>
      )}
    </div>
  );
}

function Away() {
  const { kind } = useLinkState();
  return kind === 'reconnecting' ? <p className="text-s text-text-2">{text.disconnected}</p> : null;
}

function Loading() {
  return (
    <div className="empty-state" role="status">
      <Spinner size={24} />
      {copy.common.loading}
    </div>
  );
}

function None() {
  return (
    <EmptyState
      icon={ListChecks}
      title={text.noneTitle}
      hint={text.noneHint}
      actions={<Button onClick={() => navigate('evaluation')}>{text.startEvaluation}</Button>}
    />
  );
}

interface FilterProps {
  jobs: readonly Job[];
  filter: Filter;
  onChoose(filter: Filter): void;
}

function FilterChoice({ jobs, filter, onChoose }: FilterProps) {
  return (
    <div className="segmented justify-self-start" role="radiogroup" aria-label={text.filter}>
      {filters.map((one) => (
        <label key={one}>
          <input type="radio" name="job-filter" checked={filter === one} onChange={() => onChoose(one)} />
          {text.filters[one]}
          <span className="text-xs text-text-2 tabular-nums">{jobs.filter(fits[one]).length}</span>
        </label>
      ))}
    </div>
  );
}

function JobTable({ jobs, onShowAll }: { jobs: readonly Job[]; onShowAll(): void }) {
  // What runs stands on top; the core's order is the newest first.
  const sorted = useMemo(() => jobs.toSorted((a, b) => Number(hasEnded(a)) - Number(hasEnded(b))), [jobs]);
  if (sorted.length === 0) {
    return (
      <p className="flex items-center gap-3 text-text-2" role="status">
        {text.noMatch}
        <Button small onClick={onShowAll}>
          {text.showAll}
        </Button>
      </p>
    );
  }
  return (
    <div className="card scroll" tabIndex={0} role="region" aria-label={text.list}>
      <table className="w-full border-collapse text-s" aria-label={text.list}>
        <thead>
          <tr className="text-left text-xs text-text-2 [&>th]:border-b [&>th]:border-border [&>th]:px-4 [&>th]:py-2 [&>th]:font-semibold">
            <th scope="col">{text.columns.job}</th>
            <th scope="col">{text.columns.state}</th>
            <th scope="col">{text.columns.progress}</th>
            <th scope="col">{text.columns.started}</th>
            <th scope="col">{text.columns.duration}</th>
            <th scope="col">
              <span className="visually-hidden">{text.cancel}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function JobRow({ job }: { job: Job }) {
  // A training is followed on its run's page, which leads to the job's own.
  const place = (job.kind === 'training' && resultOf(job)) || (['jobs', job.id] as const);
  return (
    <tr className="hover:bg-surface-2 [&>td]:border-b [&>td]:border-border [&>td]:px-4 [&>td]:py-2 [&>td]:align-middle last:[&>td]:border-b-0">
      <td className="max-w-[420px]">
        <a className="block font-medium break-words" href={hrefOf(...place)}>
          {job.title}
        </a>
        <span className="text-xs text-text-2">{text.kinds[job.kind]}</span>
      </td>
      <td>
        <JobStateMark state={job.state} stopped={job.stopped} />
      </td>
      <td className="w-[260px] min-w-[160px]">
        <JobProgressBar job={job} isBrief />
      </td>
      <td className="whitespace-nowrap tabular-nums">{formatMoment(job.startedAt ?? job.createdAt)}</td>
      <td className="whitespace-nowrap tabular-nums">
        <JobDuration job={job} />
      </td>
      <td className="text-right">
        <JobActions job={job} small />
      </td>
    </tr>
  );
}

function useClear(): () => void {
  const core = useCore();
  const toast = useToast();
  const { mutate } = useMutation({
    mutationFn: () => core['jobs.clear']({}),
    onSuccess: ({ removed }) => toast(text.cleared(removed)),
    onError: (error) => toast(`${text.cannot}: ${AppError.from(error).message}`),
  });
  return mutate;
}

function useListActions(hasFinished: boolean, clear: () => void): void {
  const actions = useMemo(
    () =>
      hasFinished
        ? [{ id: 'jobs.clear', title: text.actions.clear, group: copy.pages.jobs, run: clear }]
        : [],
    [hasFinished, clear],
  );
  useActions(actions);
}
