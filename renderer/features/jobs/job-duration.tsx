import { hasEnded, type Job } from '../../../core/contract/index.ts';
import { formatDuration } from '../../lib/format-values.ts';
import { useNow } from '../../lib/use-now.ts';

/** How long the latest attempt took, or takes so far. */
export function JobDuration({ job }: { job: Job }) {
  const isRunning = job.startedAt !== undefined && !hasEnded(job);
  const now = useNow(isRunning);
  if (job.startedAt === undefined) return <>–</>;
  const end = job.endedAt === undefined ? now : Date.parse(job.endedAt);
  return <>{formatDuration(Math.max(0, end - Date.parse(job.startedAt)))}</>;
}
