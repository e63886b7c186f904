import { lazy, Suspense } from 'react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { JobProgressBar } from '../../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../../components/jobs/job-state.tsx';
import { Notice } from '../../../components/notice.tsx';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { useActiveJobs } from '../../../lib/jobs.tsx';
import { hrefOf } from '../../../lib/navigation.ts';
import { isLive } from '../training-queries.ts';
import { AfterRun } from './after-run.tsx';
import type { RunCurves } from './run-curves.ts';
import { RunNotice } from './run-notice.tsx';
import type { RunVerbs } from './use-run-verbs.ts';

const RunCharts = lazy(async () => ({ default: (await import('./run-charts.tsx')).RunCharts }));

const text = copy.training.overview;

interface RunOverviewProps {
  run: TrainingRunInfo;
  verbs: RunVerbs;
  curves: RunCurves;
  onResume(): void;
}

/** How a run goes: what its state asks for, its last figures, its curves. */
export function RunOverview({ run, verbs, curves, onResume }: RunOverviewProps) {
  return (
    <div className="grid content-start gap-4">
      <RunNotice run={run} verbs={verbs} onResume={onResume} />
      {verbs.tensorBoardUrl !== undefined && <TensorBoardNotice url={verbs.tensorBoardUrl} />}
      <Fetches runId={run.id} />
      {run.step !== undefined && <Figures run={run} />}
      {!isLive(run) && <AfterRun run={run} />}
      {(run.started !== undefined || run.step !== undefined) && (
        <Suspense fallback={<p role="status">{copy.common.loading}</p>}>
          <RunCharts curves={curves} />
        </Suspense>
      )}
    </div>
  );
}

function TensorBoardNotice({ url }: { url: string }) {
  return (
    <Notice
      tone="info"
      title={text.tensorBoard}
      hint={text.tensorBoardHint}
      actions={
        <a href={url} target="_blank" rel="noreferrer">
          {url}
        </a>
      }
    />
  );
}

/** Files that are brought here; what is exported and measured is shown by its own step. */
function Fetches({ runId }: { runId: string }) {
  const jobs = useActiveJobs().filter(
    ({ kind, subjectId }) => subjectId === runId && kind === 'training-fetch',
  );
  return jobs.map((job) => (
    <section key={job.id} className="card" aria-label={job.title}>
      <div className="card-body grid gap-2">
        <p className="flex flex-wrap items-center gap-3">
          <JobStateMark state={job.state} />
          <a href={hrefOf('jobs', job.id)}>{job.title}</a>
        </p>
        <JobProgressBar job={job} />
      </div>
    </section>
  ));
}

function Figures({ run }: { run: TrainingRunInfo }) {
  const { trainingLoss, validationLoss, executionAccuracy, lastEvaluation, checkpoints, step = 0 } = run;
  const best = checkpoints.find(({ isBest }) => isBest);
  const executed = lastEvaluation?.executed ?? undefined;
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(200px,1fr))] gap-3">
      <Figure name={text.training} value={trainingLoss?.toFixed(4)} note={text.atStep(formatCount(step))} />
      <Figure
        name={text.validation}
        value={validationLoss?.toFixed(4)}
        note={lastEvaluation ? text.atStep(formatCount(lastEvaluation.step)) : text.noEvaluation}
      />
      <Figure
        name={text.accuracy}
        value={executionAccuracy === undefined ? undefined : `${(executionAccuracy * 100).toFixed(1)} %`}
        note={executed === undefined ? text.notExecuted : text.executed(executed)}
      />
      <Figure
        name={text.best}
        value={best && formatCount(best.step)}
        note={
          best?.executionAccuracy !== undefined
            ? text.byAccuracy(`${(best.executionAccuracy * 100).toFixed(1)} %`)
            : best?.validationLoss !== undefined
              ? text.byLoss(best.validationLoss.toFixed(4))
              : text.noCheckpoint
        }
      />
    </dl>
  );
}

function Figure({ name, value, note }: { name: string; value: string | undefined; note: string }) {
  return (
    <div className="card px-4 py-3">
      <dt className="text-s text-text-2">{name}</dt>
      <dd>
        <span className="text-xl font-semibold tabular-nums">{value ?? copy.training.missing}</span>
        <span className="block text-xs text-text-2 tabular-nums">{note}</span>
      </dd>
    </div>
  );
}
