import { RotateCcw, Square } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { AppError, hasEnded, type Job } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatCount } from '../../../lib/format-values.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import type { DatasetJob } from './use-dataset-job.ts';

const text = copy.dataset.pipeline;

interface JobCardProps {
  job: Job;
  log: DatasetJob['log'];
  onChanged(job: Job): void;
}

/** The run that goes on, or the latest one: how far it is, what it says, and how to stop it or go on. */
export function JobCard({ job, log, onChanged }: JobCardProps) {
  const core = useCore();
  const [error, setError] = useState<AppError>();
  const isOver = hasEnded(job);
  async function change(method: 'jobs.cancel' | 'jobs.resume'): Promise<void> {
    setError(undefined);
    try {
      onChanged(await core[method]({ jobId: job.id }));
    } catch (failure) {
      setError(AppError.from(failure));
    }
  }
  return (
    <section className="card" aria-label={isOver ? text.lastTitle : text.jobTitle}>
      <div className="card-head">
        <h2>{isOver ? text.lastTitle : text.jobTitle}</h2>
        <span className="badge min-w-0 truncate">{job.title}</span>
        <span className="grow" />
        <a className="text-s" href={hrefOf('jobs', job.id)}>
          {text.openJob}
        </a>
        {!isOver && (
          <Button
            small
            icon={Square}
            disabled={job.state === 'cancelling'}
            onClick={() => void change('jobs.cancel')}
          >
            {text.cancel}
          </Button>
        )}
        {isOver && job.canResume && job.state !== 'succeeded' && (
          <Button small icon={RotateCcw} onClick={() => void change('jobs.resume')}>
            {text.resume}
          </Button>
        )}
      </div>
      <div className="card-body grid gap-3">
        <p className="text-s font-medium" role="status">
          {text.jobStates[job.state]}
        </p>
        {!isOver && <Progress job={job} />}
        {job.error && (
          <Notice
            tone="error"
            title={text.jobStates.failed}
            message={job.error.message}
            hint={job.error.hint}
          />
        )}
        {error && <Notice tone="error" title={text.startFailed} message={error.message} hint={error.hint} />}
        <Log log={log} isOpen={!isOver} />
      </div>
    </section>
  );
}

function Progress({ job: { progress } }: { job: Job }) {
  const { done = 0, total, note, remainingMs } = progress ?? {};
  const share = total === undefined || total === 0 ? undefined : Math.min(1, done / total);
  return (
    <div className="grid gap-1">
      <div
        className="h-2 overflow-hidden rounded-m bg-surface-3"
        role="progressbar"
        aria-label={text.progress}
        aria-valuemin={0}
        aria-valuemax={total ?? 1}
        aria-valuenow={share === undefined ? undefined : done}
        aria-valuetext={note}
      >
        <div
          className="h-full rounded-m bg-accent transition-[width]"
          style={{ width: `${(share ?? 0) * 100}%` }}
        />
      </div>
      <p className="flex flex-wrap gap-x-3 text-s text-text-2">
        <span className="min-w-0 flex-1 truncate" title={note}>
          {note}
        </span>
        {total !== undefined && (
          <span className="tabular-nums">
            {formatCount(done)} / {formatCount(total)}
          </span>
        )}
        {remainingMs !== undefined && remainingMs > 0 && <span>{text.remaining(remainingMs)}</span>}
      </p>
    </div>
  );
}

/** The last lines, the newest in sight. */
function Log({ log: { lines, total }, isOpen }: { log: DatasetJob['log']; isOpen: boolean }) {
  const endRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = endRef.current;
    if (box) box.scrollTop = box.scrollHeight;
  }, [total]);
  return (
    <details className="text-s" open={isOpen}>
      <summary className="cursor-pointer font-semibold">{text.log}</summary>
      <div
        ref={endRef}
        role="log"
        aria-label={text.log}
        tabIndex={0}
        className="scroll mt-2 max-h-[240px] rounded-m border border-border bg-surface-2 p-3 font-mono text-xs"
      >
        {total > lines.length && <p className="text-text-2">{text.earlierLines(total - lines.length)}</p>}
        {lines.length === 0 && <p className="text-text-2">{text.logEmpty}</p>}
        {lines.map((line, at) => (
          <p key={total - lines.length + at} className={line.level === 'error' ? 'text-danger' : ''}>
            {line.text}
          </p>
        ))}
      </div>
    </details>
  );
}
