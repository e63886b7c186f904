import { Play, Square } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { formatDuration } from '../../../lib/format-values.ts';
import { useNow } from '../../../lib/use-now.ts';
import type { CheckState } from './checks.ts';

interface CheckRunProps<Result> {
  check: CheckState<Result>;
  words: { cancel: string; failed: string; cancelled: string; again: string; run: string };
  runningText: string;
  runningHint?: string;
  canRun: boolean;
  onRun(): void;
  onCancel(): void;
  /** Besides trying again: what helps where the trainer's Python is missing. */
  environment: ReactNode;
  children(result: Result): ReactNode;
}

/** A check on its way, why there is none, or what it found. */
export function CheckRun<Result>(props: CheckRunProps<Result>) {
  const { check, words, canRun, onRun, children } = props;
  const again = (label: string) => (
    <Button icon={Play} variant="primary" disabled={!canRun} onClick={onRun}>
      {label}
    </Button>
  );
  if (check.kind === 'none') return <div>{again(words.run)}</div>;
  if (check.kind === 'running') return <Running {...props} startedAt={check.startedAt} />;
  if (check.kind === 'done') return children(check.result);
  if (check.error.code !== 'CANCELLED') {
    return (
      <>
        <FailureNotice title={words.failed} error={check.error} onRetry={onRun} />
        {check.error.code === 'PYTHON_MISSING' && props.environment}
      </>
    );
  }
  return <Notice tone="info" title={words.cancelled} actions={again(words.run)} />;
}

function Running<Result>({
  words,
  runningText,
  runningHint,
  onCancel,
  startedAt,
}: CheckRunProps<Result> & { startedAt: number }) {
  const now = useNow(true);
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <p role="status" className="flex min-w-0 items-center gap-2">
          <Spinner /> {runningText}
        </p>
        <span className="grow text-s text-text-2 tabular-nums">
          {formatDuration(Math.max(1, Math.round((now - startedAt) / 1_000)) * 1_000)}
        </span>
        <Button small icon={Square} onClick={onCancel}>
          {words.cancel}
        </Button>
      </div>
      {runningHint !== undefined && <p className="text-s text-text-2">{runningHint}</p>}
    </div>
  );
}
