import { ArrowLeft, Download, Play, Square, X } from 'lucide-react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { useLinkState } from '../../../lib/core-context.tsx';
import { formatMoment } from '../../../lib/format-values.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { RunStateMark } from '../run-state.tsx';
import { StepProgress } from '../step-progress.tsx';
import { RunElapsed } from './run-elapsed.tsx';
import { RunMenu, type RunQuestion } from './run-menu.tsx';
import { resumeLabelOf } from './resume-label.ts';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training;

interface RunHeadProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  /** Opens a dialog before something is done. */
  onAsk(question: RunQuestion): void;
}

/** Which run it is, how it stands, and what can be done with it. */
export function RunHead({ run, verbs, onAsk }: RunHeadProps) {
  const isConnected = useLinkState().kind === 'connected';
  const isOff = !isConnected || verbs.isBusy;
  const { can } = run;
  return (
    <div className="grid flex-none gap-2 px-6 pt-4 pb-3">
      <a className="inline-flex items-center gap-1 justify-self-start text-s" href={hrefOf('training')}>
        <ArrowLeft aria-hidden size={16} />
        {text.allRuns}
      </a>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-[240px] grow">
          <h1 className="break-words">{run.name}</h1>
          <Facts run={run} />
        </div>
        {can.stop && (
          <Button icon={Square} disabled={isOff} title={text.verbs.stopHint} onClick={verbs.stop}>
            {text.verbs.stop}
          </Button>
        )}
        {can.cancel && (
          <Button icon={X} disabled={isOff} onClick={() => onAsk('cancel')}>
            {text.verbs.cancel}
          </Button>
        )}
        {can.resume && run.state !== 'paused' && (
          <Button icon={Play} disabled={isOff} onClick={() => onAsk('resume')}>
            {resumeLabelOf(run)}
          </Button>
        )}
        {can.export && (
          <Button icon={Download} disabled={isOff} onClick={() => onAsk('export')}>
            {text.verbs.export}
          </Button>
        )}
        <RunMenu run={run} verbs={verbs} isOff={isOff} onAsk={onAsk} />
      </div>
      <StepProgress run={run} />
    </div>
  );
}

function Facts({ run }: { run: TrainingRunInfo }) {
  const { where, startedAt, firstStartedAt = startedAt, createdAt, jobId, started } = run;
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-s text-text-2">
      <RunStateMark state={run.state} />
      <span>· {text.on(where, started?.device)}</span>
      <span>
        ·{' '}
        {firstStartedAt
          ? text.startedAt(formatMoment(firstStartedAt))
          : text.createdAt(formatMoment(createdAt))}
      </span>
      {startedAt !== undefined && started?.resumed && (
        <span>· {text.resumedAt(formatMoment(startedAt))}</span>
      )}
      <RunElapsed run={run} />
      {jobId !== undefined && (
        <span>
          · <a href={hrefOf('jobs', jobId)}>{text.openJob}</a>
        </span>
      )}
    </p>
  );
}
