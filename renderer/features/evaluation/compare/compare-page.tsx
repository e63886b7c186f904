import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, ArrowLeftRight } from 'lucide-react';
import { lazy, Suspense, useMemo, useState } from 'react';
import {
  questionChangeSchema,
  type ComparedQuestion,
  type EvaluationComparison,
  type QuestionChange,
} from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { hrefOf, navigate } from '../../../lib/navigation.ts';
import { layOutSql } from '../../../lib/lay-out-sql.ts';
import '../../../styles/dataset.css';
import { QuestionList } from '../run/question-list.tsx';
import { formatInterval, formatShare } from '../shares.ts';

const SqlDiff = lazy(async () => ({
  default: (await import('../../../components/sql-diff/sql-diff.tsx')).SqlDiff,
}));

const text = copy.evaluation.compare;

/** Two runs on the same questions: what was fixed, and what it cost. */
export function ComparePage({ before, after }: { before: string; after: string }) {
  const core = useCore();
  const compared = useQuery({
    queryKey: ['evaluation.compare', before, after],
    queryFn: ({ signal }) => core['evaluation.compare']({ before, after }, { signal }),
  });
  return (
    <div className="page flex flex-col">
      <div className="flex flex-none flex-wrap items-center gap-3 px-6 pt-4 pb-2">
        <div className="grow">
          <a className="inline-flex items-center gap-1 text-s" href={hrefOf('evaluation')}>
            <ArrowLeft aria-hidden size={16} />
            {copy.evaluation.run.back}
          </a>
          <h1>{text.title}</h1>
        </div>
        <Button icon={ArrowLeftRight} onClick={() => navigate('evaluation', 'compare', after, before)}>
          {text.swap}
        </Button>
      </div>
      {compared.isError && (
        <div className="px-6">
          <FailureNotice title={text.failed} error={compared.error} onRetry={() => void compared.refetch()} />
        </div>
      )}
      {compared.isPending && (
        <p className="px-6" role="status">
          {copy.common.loading}
        </p>
      )}
      {compared.data && <Comparison comparison={compared.data} />}
    </div>
  );
}

function Comparison({ comparison }: { comparison: EvaluationComparison }) {
  const [change, setChange] = useState<QuestionChange | undefined>(() => firstChange(comparison));
  return (
    <div className="scroll grid min-h-0 flex-1 grid-rows-[auto_minmax(420px,1fr)] gap-4 px-6 pb-4">
      <div className="grid grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-4 max-[1100px]:grid-cols-1">
        <div className="grid content-start gap-3">
          <Sides comparison={comparison} />
          <ChangeTiles comparison={comparison} chosen={change} onChoose={setChange} />
          <Significance comparison={comparison} />
        </div>
        <HardnessTable comparison={comparison} />
      </div>
      <Questions questions={comparison.questions} change={change} onShowAll={() => setChange(undefined)} />
    </div>
  );
}

/** What one comes to see: what broke, else what was fixed. */
function firstChange({ broken, fixed, bothWrong }: EvaluationComparison): QuestionChange | undefined {
  if (broken > 0) return 'broken';
  if (fixed > 0) return 'fixed';
  return bothWrong > 0 ? 'both-wrong' : undefined;
}

function Sides({ comparison }: { comparison: EvaluationComparison }) {
  const sides = [
    { name: text.before, run: comparison.before, share: comparison.executionBefore },
    { name: text.after, run: comparison.after, share: comparison.executionAfter },
  ];
  return (
    <dl className="grid grid-cols-2 gap-3">
      {sides.map(({ name, run, share }) => (
        <div key={name} className="card min-w-0 px-4 py-3">
          <dt className="text-s text-text-2">
            {name}: <span className="text-text [overflow-wrap:anywhere]">{run.model}</span>,{' '}
            {copy.evaluation.modes[run.mode].name}, {copy.evaluation.when(run.measuredAt)}
          </dt>
          <dd>
            <span className="text-xl font-semibold tabular-nums">{formatShare(share.share)}</span>{' '}
            <span className="text-xs text-text-2 tabular-nums">
              {copy.evaluation.run.figures.of(share.count, share.n)} {formatInterval(share)}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const tones: Record<QuestionChange, string> = {
  fixed: 'text-success',
  broken: 'text-danger',
  'both-wrong': 'text-warning',
  'both-right': 'text-text',
};

interface ChangeTilesProps {
  comparison: EvaluationComparison;
  chosen: QuestionChange | undefined;
  onChoose(change: QuestionChange): void;
}

function ChangeTiles({ comparison, chosen, onChoose }: ChangeTilesProps) {
  const { fixed, broken, bothWrong, bothRight } = comparison;
  const counts = { fixed, broken, 'both-wrong': bothWrong, 'both-right': bothRight };
  return (
    <div className="grid grid-cols-4 gap-3" role="group" aria-label={text.show}>
      {questionChangeSchema.options.map((change) => (
        <button
          key={change}
          type="button"
          aria-pressed={chosen === change}
          title={copy.evaluation.changes[change].about}
          className="card px-4 py-2 text-left hover:bg-surface-2 aria-pressed:border-accent aria-pressed:bg-accent-soft"
          onClick={() => onChoose(change)}
        >
          <span className={`block text-xl font-semibold tabular-nums ${tones[change]}`}>
            {counts[change]}
          </span>
          <span className="text-s text-text-2">{copy.evaluation.changes[change].name}</span>
        </button>
      ))}
    </div>
  );
}

/** Five in a hundred, as everywhere. */
const chanceLevel = 0.05;

function Significance({
  comparison: { p, n, fixed, broken, onlyBefore, onlyAfter },
}: {
  comparison: EvaluationComparison;
}) {
  const shown = p < 0.001 ? '< 0.001' : p.toFixed(3);
  return (
    <p className="text-s text-text-2">
      {text.common(n)} {fixed + broken === 0 ? text.noChange : text.p(shown, p >= chanceLevel)}
      {onlyBefore + onlyAfter > 0 && ` ${text.only(onlyBefore, onlyAfter)}`}
    </p>
  );
}

function HardnessTable({ comparison: { byHardness } }: { comparison: EvaluationComparison }) {
  const cell = 'border-b border-border px-2 py-1 text-right whitespace-nowrap tabular-nums';
  const head = [
    copy.evaluation.run.columns.n,
    copy.evaluation.changes.fixed.name,
    copy.evaluation.changes.broken.name,
    text.accuracyBefore,
    text.accuracyAfter,
  ];
  return (
    <section className="card scroll self-start" tabIndex={0} aria-label={text.table}>
      <table className="w-full border-collapse text-s">
        <caption className="visually-hidden">{text.table}</caption>
        <thead>
          <tr className="text-xs text-text-2">
            <th scope="col" className={`${cell} text-left! font-semibold`}>
              {copy.evaluation.run.columns.hardness}
            </th>
            {head.map((one) => (
              <th key={one} scope="col" className={`${cell} font-semibold`}>
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {byHardness
            .filter(({ n }) => n > 0)
            .map((level) => (
              <tr key={level.hardness}>
                <th scope="row" className={`${cell} text-left! font-medium`}>
                  {copy.evaluation.hardness[level.hardness]}
                </th>
                <td className={cell}>{level.n}</td>
                <td className={cell}>{level.fixed}</td>
                <td className={cell}>{level.broken}</td>
                <td className={cell}>{formatShare(level.executionBefore.share)}</td>
                <td className={cell}>{formatShare(level.executionAfter.share)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

interface QuestionsProps {
  questions: readonly ComparedQuestion[];
  change: QuestionChange | undefined;
  onShowAll(): void;
}

function Questions({ questions, change, onShowAll }: QuestionsProps) {
  const [chosenId, setChosenId] = useState<string>();
  const listed = useMemo(
    () =>
      questions
        .filter((one) => change === undefined || one.change === change)
        .map((one) => ({ ...one, causes: [...one.causesAfter, ...one.causesBefore] })),
    [questions, change],
  );
  const chosen = listed.find(({ id }) => id === chosenId) ?? listed[0];
  return (
    <div className="grid min-h-0 grid-cols-[minmax(300px,380px)_minmax(0,1fr)] gap-4">
      <section className="card flex min-h-0 flex-col" aria-label={text.list}>
        <div className="card-head">
          <h2>{change === undefined ? text.all : copy.evaluation.changes[change].name}</h2>
          <span className="grow" />
          {change !== undefined && (
            <Button small variant="ghost" onClick={onShowAll}>
              {text.all}
            </Button>
          )}
        </div>
        {listed.length === 0 ? (
          <p className="p-4 text-s text-text-2">{copy.evaluation.questions.none}</p>
        ) : (
          <QuestionList
            rows={listed}
            chosenId={chosen?.id}
            onOpen={setChosenId}
            describe={({ change: own }) => copy.evaluation.changes[own].name}
          />
        )}
      </section>
      <section className="card flex min-h-0 flex-col" aria-label={copy.evaluation.questions.statements}>
        {chosen ? <Compared question={chosen} /> : <p className="m-auto p-6 text-text-2">{text.pick}</p>}
      </section>
    </div>
  );
}

function verdictOf(causes: readonly (keyof typeof copy.evaluation.causes)[], isRight: boolean): string {
  const [first] = causes;
  if (isRight) return text.rightOf;
  return text.causeOf(
    first === undefined ? copy.evaluation.causes.other.name : copy.evaluation.causes[first].name,
  );
}

function Compared({ question }: { question: ComparedQuestion }) {
  const { change, sqlBefore, sqlAfter, goldSql, causesBefore, causesAfter } = question;
  const before = verdictOf(causesBefore, change === 'broken' || change === 'both-right');
  const after = verdictOf(causesAfter, change === 'fixed' || change === 'both-right');
  return (
    <div className="scroll min-h-0 flex-1" tabIndex={0} role="region" aria-label={question.question}>
      <div className="grid gap-3 p-4">
        <div>
          <p className={`text-xs font-semibold ${tones[change]}`}>{copy.evaluation.changes[change].name}</p>
          <h2 className="text-l! font-semibold">{question.question}</h2>
          <p className="text-s text-text-2">
            <span className="mono">{question.id}</span> · {question.db} ·{' '}
            {copy.evaluation.hardness[question.hardness]}
          </p>
        </div>
        <div className="grid gap-1">
          <div className="grid grid-cols-2 text-xs font-semibold text-text-2">
            <span>{`${text.sqlBefore} (${before})`}</span>
            <span className="pl-1">{`${text.sqlAfter} (${after})`}</span>
          </div>
          <div className="overflow-hidden rounded-m border border-border">
            <Suspense fallback={<p className="p-3">{copy.common.loading}</p>}>
              <SqlDiff
                before={layOutSql(sqlBefore)}
                after={layOutSql(sqlAfter)}
                beforeLabel={text.sqlBefore}
                afterLabel={text.sqlAfter}
                isUnified={false}
                ignoresCase
              />
            </Suspense>
          </div>
        </div>
        <div className="grid gap-1">
          <h3 className="m-0 text-xs font-semibold text-text-2">{text.gold}</h3>
          <pre
            className="scroll m-0 rounded-m border border-border bg-surface-2 p-3"
            tabIndex={0}
            role="region"
            aria-label={text.gold}
          >
            {layOutSql(goldSql)}
          </pre>
        </div>
      </div>
    </div>
  );
}
