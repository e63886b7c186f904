import { Copy, Play, RotateCw } from 'lucide-react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { JobProgressBar } from '../../../components/jobs/job-progress.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { useLinkState } from '../../../lib/core-context.tsx';
import { formatMoment } from '../../../lib/format-values.ts';
import { useJob } from '../../../lib/jobs.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { isLoading } from '../training-queries.ts';
import { cloneRun } from './clone-run.ts';
import { ColabSteps } from './colab-steps.tsx';
import { LogEnd } from './log-end.tsx';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training.notices;

interface RunNoticeProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  /** Opens the dialog of resuming. */
  onResume(): void;
}

/** What the state of a run asks of its owner; nothing where it just goes on. */
export function RunNotice({ run, verbs, onResume }: RunNoticeProps) {
  const { state, error, lastEventAt } = run;
  const heard = lastEventAt === undefined ? text.neverHeard : text.heard(formatMoment(lastEventAt));
  switch (state) {
    case 'preparing':
      return <Preparing run={run} />;
    case 'waiting':
      return run.target.kind === 'colab' && run.jobState !== 'queued' ? (
        <ColabSteps run={run} />
      ) : (
        <Preparing run={run} />
      );
    case 'unreachable':
      return (
        <Notice
          tone="warning"
          title={
            run.cancelAskedAt === undefined ? text.unreachable(run.where) : text.cancelPending(run.where)
          }
          message={[error?.message, heard].filter(Boolean).join(' ')}
          hint={[error?.hint, text.triesAgain].filter(Boolean).join(' ')}
        />
      );
    case 'paused':
      return (
        <Notice
          tone="warning"
          title={text.paused}
          message={error?.message}
          hint={error?.hint ?? text.pausedHint}
          actions={run.can.resume && <GoOn icon={RotateCw} verbs={verbs} onClick={() => verbs.resume()} />}
        />
      );
    case 'failed':
    case 'lost':
      return <Broken run={run} verbs={verbs} onResume={onResume} />;
    case 'stopping':
      return run.cancelAskedAt === undefined ? (
        <Notice tone="info" title={text.stopping} hint={text.stoppingHint} />
      ) : (
        <Notice tone="info" title={text.cancelling} hint={text.cancellingHint} />
      );
    case 'stopped':
      return <Notice tone="info" title={text.stopped(run.step)} hint={text.stoppedHint(run.can)} />;
    case 'cancelled':
      return (
        <Notice tone="info" title={text.cancelled} hint={text.cancelledHint(run.checkpoints.at(-1)?.step)} />
      );
    case 'stopped_early':
      return <Notice tone="success" title={text.stoppedEarly} hint={text.stoppedEarlyHint} />;
    case 'running':
      return isLoading(run) ? <Notice tone="info" title={text.loading} hint={text.loadingHint} /> : null;
    case 'finished':
      return null;
  }
}

interface GoOnProps {
  icon: typeof Play;
  verbs: RunVerbs;
  onClick(): void;
}

function GoOn({ icon, verbs, onClick }: GoOnProps) {
  const isConnected = useLinkState().kind === 'connected';
  return (
    <Button small variant="primary" icon={icon} disabled={!isConnected || verbs.isBusy} onClick={onClick}>
      {text.goOn}
    </Button>
  );
}

function Broken({ run, verbs, onResume }: RunNoticeProps) {
  const { error, state, can } = run;
  return (
    <Notice
      tone="error"
      title={state === 'lost' ? text.lost : text.failed}
      message={error?.message}
      hint={error?.hint}
      actions={
        <div className="grid w-full min-w-0 gap-2">
          <LogEnd runId={run.id} />
          <span className="flex flex-wrap gap-2">
            {can.resume && <GoOn icon={Play} verbs={verbs} onClick={onResume} />}
            {run.draft && (
              <Button small icon={Copy} onClick={() => cloneRun(run)}>
                {copy.training.verbs.clone}
              </Button>
            )}
          </span>
        </div>
      }
    />
  );
}

/** Bringing the environment, the code and the data takes minutes the first time: each step is shown. */
function Preparing({ run }: { run: TrainingRunInfo }) {
  const job = useJob(run.jobId);
  const isQueued = job?.state === 'queued' || run.jobState === 'queued';
  return (
    <section className="card" aria-label={text.preparing}>
      <div className="card-body grid gap-3">
        <div>
          <h2>{isQueued ? text.queued : text.preparing}</h2>
          <p className="text-s text-text-2">{isQueued ? text.queuedHint : text.preparingHint(run.where)}</p>
        </div>
        {job && !isQueued && <JobProgressBar job={job} />}
        {run.jobId !== undefined && (
          <a className="justify-self-start text-s" href={hrefOf('jobs', run.jobId)}>
            {text.preparingLog}
          </a>
        )}
      </div>
    </section>
  );
}
