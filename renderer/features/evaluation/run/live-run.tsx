import { useMemo } from 'react';
import {
  evaluationMetricSchema,
  type EvaluationMetric,
  type Hardness,
  type Job,
  type JobMetric,
} from '../../../../core/contract/index.ts';
import { JobActions } from '../../../components/jobs/job-actions.tsx';
import { JobProgressBar } from '../../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../../components/jobs/job-state.tsx';
import { copy } from '../../../copy.ts';
import { formatDuration } from '../../../lib/format-values.ts';
import { useJobWatch } from '../../../lib/use-job-watch.ts';
import { formatInterval, formatShare, shareOf } from '../shares.ts';
import { Figure } from './figure.tsx';

const text = copy.evaluation;
const levels: readonly Hardness[] = ['easy', 'medium', 'hard', 'extra'];
const latestShown = 12;
/** The pace is taken over the last so many milliseconds. */
const paceMs = 60_000;

/** A run while it is measured. */
export function LiveRun({ job }: { job: Job }) {
  const { metrics } = useJobWatch(job.id);
  const answers = useMemo(() => readAnswers(metrics), [metrics]);
  const right = answers.filter(({ correct }) => correct).length;
  const all = shareOf(right, answers.length);
  const pace = paceOf(metrics);
  return (
    <div className="grid gap-4 pb-6">
      <section className="card" aria-label={text.live.title}>
        <div className="card-head">
          <JobStateMark state={job.state} />
          <span className="grow" />
          <JobActions job={job} small />
        </div>
        <div className="card-body grid gap-3">
          <StateLine job={job} />
          <JobProgressBar job={job} />
          <dl className="grid grid-cols-[repeat(auto-fit,minmax(150px,1fr))] gap-3">
            <Figure
              name={text.run.figures.execution}
              value={formatShare(all.share)}
              note={`${text.run.figures.of(right, answers.length)} ${formatInterval(all)}`}
              isMain
            />
            {levels.map((level) => (
              <LevelFigure key={level} level={level} answers={answers} />
            ))}
          </dl>
          {pace !== undefined && (
            <p className="text-s text-text-2 tabular-nums">
              {text.live.perMinute(pace.toFixed(pace < 10 ? 1 : 0))}
            </p>
          )}
        </div>
      </section>
      <Latest answers={answers} />
    </div>
  );
}

function StateLine({ job: { state, progress } }: { job: Job }) {
  const line =
    state === 'queued'
      ? text.live.queued
      : state === 'preparing'
        ? text.live.preparing
        : progress?.note === 'Test suite'
          ? text.live.suite
          : undefined;
  return line === undefined ? null : <p className="text-s text-text-2">{line}</p>;
}

function LevelFigure({ level, answers }: { level: Hardness; answers: readonly EvaluationMetric[] }) {
  const own = answers.filter(({ hardness }) => hardness === level);
  const share = shareOf(own.filter(({ correct }) => correct).length, own.length);
  const note = `${text.run.figures.of(share.count, share.n)} ${formatInterval(share)}`;
  return <Figure name={text.hardness[level]} value={formatShare(share.share)} note={note} />;
}

function Latest({ answers }: { answers: readonly EvaluationMetric[] }) {
  const latest = answers.slice(-latestShown).toReversed();
  return (
    <section className="card" aria-label={text.live.latest}>
      <div className="card-head">
        <h2>{text.live.latest}</h2>
      </div>
      {latest.length === 0 && <p className="card-body text-s text-text-2">{text.live.none}</p>}
      <ul className="text-s">
        {latest.map((answer) => (
          <li
            key={answer.id}
            className="grid grid-cols-[56px_minmax(0,1fr)_auto_72px] items-center gap-3 border-b border-border px-4 py-[6px] last:border-b-0"
          >
            <Verdict isRight={answer.correct} />
            <span className="truncate" title={answer.question}>
              {answer.question}
            </span>
            <span className="text-xs text-text-2">
              {answer.cause ? text.causes[answer.cause].name : answer.db}
            </span>
            <span className="text-right text-xs text-text-2 tabular-nums">{formatDuration(answer.ms)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Verdict({ isRight }: { isRight: boolean }) {
  return (
    <span
      className={`justify-self-start rounded-s px-[6px] text-xs font-semibold ${isRight ? 'bg-success-soft text-success' : 'bg-danger-soft text-danger'}`}
    >
      {isRight ? text.live.right : text.live.wrong}
    </span>
  );
}

/** Each question once: one that was asked again after a killed process counts as it was answered last. */
function readAnswers(metrics: readonly JobMetric[]): EvaluationMetric[] {
  const answers = new Map<string, EvaluationMetric>();
  for (const { value } of metrics) {
    const parsed = evaluationMetricSchema.safeParse(value);
    if (parsed.success) answers.set(parsed.data.id, parsed.data);
  }
  return [...answers.values()];
}

/** Questions a minute, lately; undefined before there are two. */
function paceOf(metrics: readonly JobMetric[]): number | undefined {
  const last = Date.parse(metrics.at(-1)?.at ?? '');
  const recent = metrics.filter(({ at }) => last - Date.parse(at) <= paceMs);
  const spanMs = last - Date.parse(recent[0]?.at ?? '');
  return recent.length < 2 || spanMs <= 0 ? undefined : ((recent.length - 1) / spanMs) * 60_000;
}
