import { useEffect, useState } from 'react';
import {
  hasEnded,
  type CoreClient,
  type RunHappening,
  type TrainingRunInfo,
} from '../../../../core/contract/index.ts';
import { useCore, useLinkState } from '../../../lib/core-context.tsx';
import { useJob, useJobs } from '../../../lib/jobs.tsx';
import { createRunCurves, type RunCurves } from './run-curves.ts';

export interface RunWatch {
  /** Undefined before the first answer. */
  run: TrainingRunInfo | undefined;
  curves: RunCurves;
  happenings: readonly RunHappening[];
  /** Lines that its log has. */
  logLines: number;
  /** Why it cannot be watched, while the app is there. */
  error: unknown;
}

/** What React draws; the curves draw themselves. */
export type ShownRun = Omit<RunWatch, 'curves'>;

export const nothingShown: ShownRun = { run: undefined, happenings: [], logLines: 0, error: undefined };

/**
 * Watches one run from its beginning; after a lost connection, and where it is resumed, from its beginning again: what
 * is told anew replaces what was there.
 */
export function useRunWatch(runId: string): RunWatch & { restart(): void } {
  const core = useCore();
  const isConnected = useLinkState().kind === 'connected';
  const [curves] = useState(createRunCurves);
  const [shown, setShown] = useState(nothingShown);
  const [round, setRound] = useState(0);
  // A watch ends with the run; when its job begins anew, so does the run.
  const job = useJob(shown.run?.jobId);
  const attempt = job && `${job.id} ${job.attempt}`;
  const filesMade = useEndedSideJobs(runId);
  useEffect(() => {
    if (!isConnected) return;
    const controller = new AbortController();
    const change = (changed: (last: ShownRun) => Partial<ShownRun>) =>
      setShown((last) => ({ ...last, error: undefined, ...changed(last) }));
    followRun(core, runId, curves, controller.signal, change).catch((error: unknown) => {
      if (!controller.signal.aborted) change(() => ({ error }));
    });
    return () => controller.abort();
  }, [core, isConnected, runId, curves, attempt, filesMade, round]);
  return { ...shown, curves, restart: () => setRound((last) => last + 1) };
}

/** What an export or a fetch has brought is read when it ends: a run that has ended is not watched any more. */
function useEndedSideJobs(runId: string): number {
  const { jobs } = useJobs();
  const isSide = ({ kind }: { kind: string }) => kind === 'training-export' || kind === 'training-fetch';
  return (jobs ?? []).filter((job) => job.subjectId === runId && isSide(job) && hasEnded(job)).length;
}

/** Reads a run's watch to its end. */
export async function followRun(
  core: CoreClient,
  runId: string,
  curves: RunCurves,
  signal: AbortSignal,
  change: (changed: (last: ShownRun) => Partial<ShownRun>) => void,
): Promise<void> {
  let isFirst = true;
  for await (const item of core['training.watch']({ runId }, { signal })) {
    if (signal.aborted) return;
    if (item.kind === 'run') change(() => ({ run: item.run }));
    else if (item.kind === 'log') change(() => ({ logLines: item.lines }));
    else if (item.kind === 'steps') curves.takeSteps(item.points, item.firstStep);
    else if (item.kind === 'evaluations') curves.takeEvaluations(item.points, item.firstStep);
    else {
      const startsAnew = isFirst;
      isFirst = false;
      change(({ happenings }) => ({
        happenings: startsAnew ? item.happenings : [...happenings, ...item.happenings],
      }));
    }
  }
}
