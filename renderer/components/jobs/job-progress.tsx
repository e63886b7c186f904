import { hasEnded, type Job } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { formatCount, formatDuration } from '../../lib/format-values.ts';

interface JobProgressProps {
  job: Job;
  /** Defaults to showing what is being done under the bar. */
  isBrief?: boolean;
}

/** How far a job is, and how long it will take; nothing where it has not said. */
export function JobProgressBar({ job, isBrief = false }: JobProgressProps) {
  const { progress, state, title } = job;
  if (!progress) return state === 'preparing' ? <Bar title={title} /> : null;
  const { done, total, note, remainingMs } = progress;
  const share = total ? Math.min(1, done / total) : undefined;
  const isMoving = !hasEnded(job);
  const left =
    isMoving && remainingMs !== undefined && done !== total
      ? copy.jobs.left(formatDuration(remainingMs))
      : undefined;
  // Nothing done of who knows how much is no figure.
  const nothing = done === 0 ? undefined : formatCount(done);
  const count = total === undefined ? nothing : copy.jobs.doneOf(done, total);
  return (
    <div className="grid min-w-0 gap-1">
      <Bar title={title} share={share} text={[count, left].filter(Boolean).join(', ')} />
      <p className="flex min-w-0 flex-wrap gap-x-3 text-xs text-text-2">
        {count && <span className="tabular-nums">{count}</span>}
        {left && <span className="tabular-nums">{left}</span>}
      </p>
      {!isBrief && isMoving && note && <p className="truncate text-xs text-text-2">{note}</p>}
    </div>
  );
}

function Bar({ title, share, text }: { title: string; share?: number | undefined; text?: string }) {
  const percent = share === undefined ? undefined : Math.round(share * 100);
  return (
    <div
      role="progressbar"
      aria-label={copy.jobs.progressOf(title)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={text}
      className="h-[6px] w-full overflow-hidden rounded-s bg-surface-3"
    >
      <div
        className={`h-full rounded-s bg-accent ${percent === undefined ? 'w-1/3 animate-pulse' : ''}`}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
