import { useEffect, useRef, useState } from 'react';
import type { Job, JobMetric } from '../../core/contract/index.ts';
import { useCore, useLinkState } from './core-context.tsx';
import { useJob } from './jobs.tsx';

export interface JobWatch {
  /** Undefined before the first answer. */
  job: Job | undefined;
  /** All that were measured, in order, each once. */
  metrics: readonly JobMetric[];
  /** Lines that its log has. */
  lines: number;
  /** Why it cannot be watched, while the app is there. */
  error: unknown;
}

const nothing: JobWatch = { job: undefined, metrics: [], lines: 0, error: undefined };

/** Watches one job from its beginning. After a lost connection, and where it is resumed, it goes on where it was. */
export function useJobWatch(jobId: string | undefined): JobWatch {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  // A watch ends with its job's attempt.
  const attempt = useJob(jobId)?.attempt;
  const [watch, setWatch] = useState({ jobId, shown: nothing });
  const latest = useRef({ jobId, shown: nothing });
  useEffect(() => {
    if (jobId === undefined || !isConnected) return;
    if (latest.current.jobId !== jobId) latest.current = { jobId, shown: nothing };
    const controller = new AbortController();
    const change = (changed: Partial<JobWatch>) => {
      latest.current = { jobId, shown: { ...latest.current.shown, error: undefined, ...changed } };
      setWatch(latest.current);
    };
    const follow = async () => {
      const afterSeq = latest.current.shown.metrics.at(-1)?.seq ?? 0;
      const { signal } = controller;
      for await (const item of core['jobs.watch']({ jobId, afterSeq }, { signal })) {
        if (item.kind === 'job') change({ job: item.job });
        else if (item.kind === 'log') change({ lines: item.lines });
        else change({ metrics: [...latest.current.shown.metrics, ...item.metrics] });
      }
    };
    follow().catch((error: unknown) => {
      if (!controller.signal.aborted) change({ error });
    });
    return () => controller.abort();
  }, [core, isConnected, jobId, attempt]);
  return watch.jobId === jobId ? watch.shown : nothing;
}
