import { Check, Circle, Square } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { formatDuration } from '../../lib/format-values.ts';
import type { Stage, Work } from './ask-state.ts';

const stages: Stage[] = ['schema', 'model', 'prompt', 'generating', 'checking', 'executing'];

interface ProgressRowProps {
  work: Work;
  /** Whether this question's statement will be run. */
  execute: boolean;
  onCancel(): void;
}

/** Where the work is, how long it has been going on, and the way out. */
export function ProgressRow({ work, execute, onCancel }: ProgressRowProps) {
  const now = work.stage === 'starting' ? copy.ask.starting : copy.ask.stageNow[work.stage];
  const shown =
    work.kind === 'query'
      ? (['executing'] satisfies Stage[])
      : stages.filter((stage) => execute || stage !== 'executing');
  return (
    <section className="card progress-row" aria-label={copy.ask.progress}>
      <span className="visually-hidden" role="status">
        {now}
      </span>
      <ol className="stages" aria-hidden>
        {shown.map((stage) => (
          <StageMark key={stage} stage={stage} now={work.stage} />
        ))}
      </ol>
      <Elapsed startedAt={work.startedAt} />
      <Button small icon={Square} keyHint={copy.ask.cancelHint} onClick={onCancel}>
        {copy.common.cancel}
      </Button>
    </section>
  );
}

function StageMark({ stage, now }: { stage: Stage; now: Work['stage'] }) {
  const position = stages.indexOf(stage);
  const current = now === 'starting' ? -1 : stages.indexOf(now);
  const state = position < current ? 'done' : position === current ? 'now' : 'later';
  return (
    <li className={`stage ${state}`}>
      {state === 'done' ? <Check /> : state === 'now' ? <Spinner size={14} /> : <Circle />}
      {copy.ask.stages[stage]}
    </li>
  );
}

const tickMs = 100;

function Elapsed({ startedAt }: { startedAt: number }) {
  const [now, setNow] = useState(startedAt);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return <span className="elapsed">{formatDuration(Math.max(0, now - startedAt))}</span>;
}
