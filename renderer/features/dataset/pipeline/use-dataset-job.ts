import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import {
  datasetStageRunSchema,
  hasEnded,
  type DatasetStageRun,
  type Job,
  type JobLogLine,
} from '../../../../core/contract/index.ts';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';

const jobKey = ['jobs', 'dataset'];
/** Lines of the log that are shown here; all of them are on the Jobs page. */
const shownLines = 200;

export interface DatasetJob {
  job: Job | undefined;
  /** Stages that have ended in it. */
  runs: DatasetStageRun[];
  log: { lines: JobLogLine[]; total: number };
  /** Shows a job that was just started. */
  follow(job: Job): void;
}

/** The latest run of the pipeline, whoever started it, as it goes. */
export function useDatasetJob(onEnd: () => void): DatasetJob {
  const core = useCore();
  const cache = useQueryClient();
  const isConnected = useLinkState().kind === 'connected';
  const latest = useQuery({
    queryKey: jobKey,
    queryFn: async ({ signal }) => {
      const jobs = await core['jobs.list']({}, { signal });
      return jobs.find(({ kind }) => kind === 'dataset') ?? null;
    },
  });
  const jobId = latest.data?.id;
  const attempt = latest.data?.attempt;
  const [seen, setSeen] = useState<{ jobId: string; job: Job; runs: DatasetStageRun[]; lines: number }>();
  useEffect(() => {
    if (jobId === undefined || !isConnected) return;
    const stop = new AbortController();
    let isFirst = true;
    const watch = async (): Promise<void> => {
      let state = { jobId, job: undefined as Job | undefined, runs: [] as DatasetStageRun[], lines: 0 };
      for await (const event of core['jobs.watch']({ jobId }, { signal: stop.signal })) {
        if (event.kind === 'job') {
          // What had ended before this page was opened is no news.
          if (hasEnded(event.job) && !isFirst) onEnd();
          isFirst = false;
          state = { ...state, job: event.job };
        }
        if (event.kind === 'log') state = { ...state, lines: event.lines };
        if (event.kind === 'metrics') state = { ...state, runs: [...state.runs, ...readRuns(event.metrics)] };
        if (state.job) setSeen({ ...state, job: state.job });
      }
    };
    // A lost core ends it; the next connection watches again.
    watch().catch(() => undefined);
    return () => stop.abort();
    // The callback only refreshes what is read; the latest of it is as good as any.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [core, jobId, attempt, isConnected]);
  const current = seen !== undefined && seen.jobId === jobId ? seen : undefined;
  return {
    job: current?.job ?? latest.data ?? undefined,
    runs: current?.runs ?? [],
    log: useLog(jobId, current?.lines ?? 0),
    follow: (job) => cache.setQueryData(jobKey, job),
  };
}

function useLog(jobId: string | undefined, lines: number): DatasetJob['log'] {
  const core = useCore();
  const log = useQuery({
    queryKey: [...jobKey, 'log', jobId, lines],
    queryFn: ({ signal }) =>
      core['jobs.log'](
        { jobId: jobId ?? '', from: Math.max(0, lines - shownLines), limit: shownLines },
        { signal },
      ),
    enabled: jobId !== undefined && lines > 0,
    placeholderData: (before) => before,
  });
  return log.data ?? { lines: [], total: 0 };
}

/** A newer app may measure more. */
function readRuns(metrics: { value?: unknown }[]): DatasetStageRun[] {
  return metrics.flatMap(({ value }) => datasetStageRunSchema.safeParse(value).data ?? []);
}
