import { useState, type FormEvent } from 'react';
import { mostSteps, type TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { copy } from '../../../copy.ts';
import { hasReachedEnd } from '../training-queries.ts';
import type { RunVerbs } from './use-run-verbs.ts';

const text = copy.training.ask.resume;

interface ResumeDialogProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  onClose(): void;
}

/** Asks how far a run shall go on; one that reached its end needs to be told. */
export function ResumeDialog({ run, verbs, onClose }: ResumeDialogProps) {
  const { step = 0, totalSteps } = run;
  const isFurther = hasReachedEnd(run);
  const isAgain = !isFurther && run.checkpoints.length === 0;
  const isDone = run.state === 'finished' || (totalSteps !== undefined && step >= totalSteps);
  const [steps, setSteps] = useState(String(isDone ? step * 2 : (totalSteps ?? '')));
  const wanted = steps.trim() === '' ? undefined : Number(steps);
  const problem = findProblem(wanted, step, isDone);
  function submit(event: FormEvent): void {
    event.preventDefault();
    if (problem) return;
    onClose();
    verbs.resume(wanted === totalSteps && !isFurther ? undefined : wanted);
  }
  return (
    <Dialog
      title={isFurther ? text.furtherTitle : isAgain ? text.againTitle : text.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{copy.common.cancel}</Button>
          <Button variant="primary" type="submit" form="resume-run" disabled={problem !== undefined}>
            {isFurther ? text.furtherAction : isAgain ? text.againAction : text.action}
          </Button>
        </>
      }
    >
      <form id="resume-run" className="grid gap-3" onSubmit={submit}>
        <p>{describeStart(run)}</p>
        {isFurther && run.artifacts.some(({ kind }) => kind === 'gguf') && (
          <p className="text-s text-text-2">{text.furtherFiles}</p>
        )}
        <label className="grid gap-1 text-s">
          {text.steps}
          <input
            className="input w-[160px]"
            inputMode="numeric"
            value={steps}
            aria-invalid={problem !== undefined}
            aria-describedby="resume-problem"
            onChange={(event) => setSteps(event.target.value)}
          />
        </label>
        <p id="resume-problem" className={`text-s ${problem ? 'text-danger' : 'text-text-2'}`}>
          {problem ?? (totalSteps === undefined ? text.hintNone : text.hint(totalSteps))}
        </p>
      </form>
    </Dialog>
  );
}

function describeStart({ state, step = 0, checkpoints }: TrainingRunInfo): string {
  if (state === 'finished') return text.further(step);
  return state === 'stopped_early' ? text.furtherEarly(step) : text.from(checkpoints.at(-1)?.step);
}

function findProblem(wanted: number | undefined, step: number, isDone: boolean): string | undefined {
  if (wanted === undefined) return isDone ? text.needed(step) : undefined;
  if (!Number.isInteger(wanted) || wanted < 1) return text.noNumber;
  if (wanted > mostSteps) return text.tooMany(mostSteps);
  return wanted <= step ? text.needed(step) : undefined;
}
