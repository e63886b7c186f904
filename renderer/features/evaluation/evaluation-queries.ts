import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCore } from '../../lib/core-context.tsx';
import { useJob, useJobs } from '../../lib/jobs.tsx';
import { queryKeys } from '../../lib/queries.ts';

/** All runs, newest first; read again whenever an evaluation's job changes its state. */
export function useRuns() {
  const core = useCore();
  const { jobs } = useJobs();
  const states = (jobs ?? [])
    .filter(({ kind }) => kind === 'evaluation')
    .map(({ id, state, attempt }) => `${id} ${state} ${attempt}`);
  return useQuery({
    queryKey: ['evaluation.list', states],
    queryFn: ({ signal }) => core['evaluation.list']({}, { signal }),
    placeholderData: keepPreviousData,
  });
}

/** @param jobId of the job that measures it, whose state is part of what is read */
export function useRunReport(id: string, jobId: string | undefined) {
  const core = useCore();
  const job = useJob(jobId);
  return useQuery({
    queryKey: ['evaluation.report', id, job?.state, job?.attempt],
    queryFn: ({ signal }) => core['evaluation.report']({ id }, { signal }),
    placeholderData: keepPreviousData,
  });
}

export function useSplits() {
  const core = useCore();
  return useQuery({
    queryKey: ['evaluation.splits'],
    queryFn: ({ signal }) => core['evaluation.splits']({}, { signal }),
  });
}

export function useModels() {
  const core = useCore();
  return useQuery({
    queryKey: queryKeys.models,
    queryFn: ({ signal }) => core['models.list']({}, { signal }),
  });
}
