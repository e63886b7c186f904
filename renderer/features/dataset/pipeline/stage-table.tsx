import { CircleCheck, CircleDashed, Play, RotateCcw, TriangleAlert } from 'lucide-react';
import type { DatasetStage, DatasetStageRun, StageCheck } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';

const text = copy.dataset.pipeline;

interface StageTableProps {
  checks: readonly StageCheck[];
  /** The stage that runs now. */
  running: DatasetStage | undefined;
  /** Stages that the present or latest run has ended. */
  runs: readonly DatasetStageRun[];
  isBusy: boolean;
  onRun(stage: DatasetStage, force: boolean): void;
}

/** The stages in their order, each with its state, the reason for it, and a way to run it. */
export function StageTable({ checks, running, runs, isBusy, onRun }: StageTableProps) {
  return (
    <ol aria-label={text.stagesTitle}>
      {checks.map((check) => (
        <Stage
          key={check.stage}
          check={check}
          isRunning={check.stage === running}
          run={runs.find(({ stage }) => stage === check.stage)}
          isBusy={isBusy}
          onRun={(force) => onRun(check.stage, force)}
        />
      ))}
    </ol>
  );
}

interface StageProps {
  check: StageCheck;
  isRunning: boolean;
  run: DatasetStageRun | undefined;
  isBusy: boolean;
  onRun(force: boolean): void;
}

function Stage({ check: { stage, state, reason }, isRunning, run, isBusy, onRun }: StageProps) {
  const isDone = state === 'done';
  return (
    <li
      className="flex items-center gap-4 border-b border-border px-4 py-2 last:border-b-0"
      aria-label={stage}
    >
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{stage}</p>
        <p className="text-s text-text-2">{text.stages[stage]}</p>
      </div>
      <div className="w-[300px] min-w-0 flex-none text-s">
        <StageState state={isRunning ? 'running' : state} />
        {!isRunning && reason !== undefined && <p className="break-words text-text-2">{reason}</p>}
        {run && (
          <p className="text-xs text-text-2">
            {run.outcome === 'nothing-to-do' ? text.nothingToDo : text.took(run.seconds)}
          </p>
        )}
      </div>
      <div className="flex w-[116px] flex-none justify-end">
        <Button
          small
          variant={isDone ? 'ghost' : 'secondary'}
          icon={isDone ? RotateCcw : Play}
          disabled={isBusy}
          aria-label={isDone ? text.rerunStage(stage) : text.runStage(stage)}
          onClick={() => onRun(isDone)}
        >
          {isDone ? text.rerun : text.run}
        </Button>
      </div>
    </li>
  );
}

const signs = {
  done: { icon: CircleCheck, tone: 'text-success' },
  stale: { icon: TriangleAlert, tone: 'text-warning' },
  missing: { icon: CircleDashed, tone: 'text-text-2' },
} as const;

function StageState({ state }: { state: StageCheck['state'] | 'running' }) {
  const { icon: Icon, tone } = state === 'running' ? { icon: Spinner, tone: 'text-accent' } : signs[state];
  return (
    <p className="flex items-center gap-2 font-medium">
      <span className={`flex flex-none ${tone}`}>
        <Icon aria-hidden size={16} />
      </span>
      {text.states[state]}
    </p>
  );
}
