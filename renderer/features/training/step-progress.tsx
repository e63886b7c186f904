import type { TrainingRunInfo } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';
import { isLive } from './training-queries.ts';
import { formatElapsed } from './format-elapsed.ts';

const text = copy.training;

/** How many of its steps a run has done, and how long the rest takes by the trainer's own word. */
export function StepProgress({ run, isBrief = false }: { run: TrainingRunInfo; isBrief?: boolean }) {
  const { step, totalSteps, etaSeconds, name } = run;
  if (step === undefined) return isBrief ? <span className="text-text-2">{text.missing}</span> : null;
  const percent = totalSteps ? Math.min(100, (step / totalSteps) * 100) : undefined;
  const left = isLive(run) && etaSeconds !== undefined ? text.left(formatElapsed(etaSeconds)) : undefined;
  const count = text.stepOf(step, totalSteps);
  return (
    <div className="grid min-w-0 gap-1">
      <div
        role="progressbar"
        aria-label={text.progressOf(name)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent === undefined ? undefined : Math.round(percent)}
        aria-valuetext={[count, left].filter(Boolean).join(', ')}
        className="h-[6px] w-full overflow-hidden rounded-s bg-surface-3"
      >
        <div
          className={`h-full rounded-s ${isLive(run) ? 'bg-accent' : 'bg-border-strong'}`}
          style={{ width: `${percent ?? 0}%` }}
        />
      </div>
      <p className="flex min-w-0 flex-wrap gap-x-3 text-xs text-text-2 tabular-nums">
        <span>{count}</span>
        {percent !== undefined && !isBrief && <span>{`${percent.toFixed(1)} %`}</span>}
        {left && <span>{left}</span>}
      </p>
    </div>
  );
}
