import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowDown, ArrowUp, GitCompareArrows, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { AppError, hasEnded, type EvaluationSummary } from '../../../core/contract/index.ts';
import { Button, IconButton } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { JobProgressBar } from '../../components/jobs/job-progress.tsx';
import { JobStateMark } from '../../components/jobs/job-state.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatDuration } from '../../lib/format-values.ts';
import { useJob } from '../../lib/jobs.tsx';
import { hrefOf, navigate } from '../../lib/navigation.ts';
import { formatInterval, formatShare } from './shares.ts';

const text = copy.evaluation.runs;

const sortKeys = ['model', 'split', 'mode', 'n', 'accuracy', 'when', 'duration'] as const;
type SortKey = (typeof sortKeys)[number];

const valueOf: Record<SortKey, (run: EvaluationSummary) => string | number> = {
  model: ({ model }) => model,
  split: ({ request }) => request.split,
  mode: ({ mode }) => mode,
  n: ({ n }) => n,
  accuracy: ({ execution }) => execution.share ?? -1,
  when: ({ startedAt }) => startedAt,
  duration: ({ spentMs }) => spentMs,
};

/** The kept runs; two that are ticked can be compared. */
export function RunsTable({ runs }: { runs: readonly EvaluationSummary[] }) {
  const [sort, setSort] = useState<{ key: SortKey; isDown: boolean }>({ key: 'when', isDown: true });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [deleted, setDeleted] = useState<EvaluationSummary>();
  const sorted = useMemo(() => sortRuns(runs, sort.key, sort.isDown), [runs, sort]);
  return (
    <section className="card" aria-label={text.title}>
      <div className="card-head flex-wrap">
        <h2>{text.title}</h2>
        <span className="grow" />
        <CompareChoice runs={runs} chosen={chosen} />
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={text.title}>
        <table className="w-full border-collapse text-s" aria-label={text.title}>
          <thead>
            <tr className="text-left text-xs text-text-2 [&>th]:border-b [&>th]:border-border [&>th]:px-3 [&>th]:py-1">
              <th scope="col">
                <span className="visually-hidden">{text.columns.choose}</span>
              </th>
              {sortKeys.map((key) => (
                <SortHead key={key} name={key} sort={sort} onSort={setSort} />
              ))}
              <th scope="col">
                <span className="visually-hidden">{text.delete}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((run) => (
              <RunRow
                key={run.id}
                run={run}
                isChosen={chosen.includes(run.id)}
                onChoose={(isChosen) =>
                  // The third tick takes the place of the first.
                  setChosen(isChosen ? [...chosen.slice(-1), run.id] : chosen.filter((id) => id !== run.id))
                }
                onDelete={() => setDeleted(run)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {deleted && <DeleteDialog run={deleted} onClose={() => setDeleted(undefined)} />}
    </section>
  );
}

function sortRuns(runs: readonly EvaluationSummary[], key: SortKey, isDown: boolean): EvaluationSummary[] {
  const order = (a: EvaluationSummary, b: EvaluationSummary) => {
    const [one, other] = [valueOf[key](a), valueOf[key](b)];
    return one < other ? -1 : one > other ? 1 : 0;
  };
  const sorted = runs.toSorted(order);
  return isDown ? sorted.toReversed() : sorted;
}

interface SortHeadProps {
  name: SortKey;
  sort: { key: SortKey; isDown: boolean };
  onSort(sort: { key: SortKey; isDown: boolean }): void;
}

function SortHead({ name, sort, onSort }: SortHeadProps) {
  const isSorted = sort.key === name;
  const Icon = sort.isDown ? ArrowDown : ArrowUp;
  return (
    <th scope="col" aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        className="inline-flex min-h-[28px] items-center gap-1 font-semibold hover:text-text"
        title={text.sortBy(text.columns[name])}
        onClick={() => onSort({ key: name, isDown: isSorted ? !sort.isDown : true })}
      >
        {text.columns[name]}
        {isSorted && <Icon aria-hidden size={12} />}
      </button>
    </th>
  );
}

interface RunRowProps {
  run: EvaluationSummary;
  isChosen: boolean;
  onChoose(isChosen: boolean): void;
  onDelete(): void;
}

function RunRow({ run, isChosen, onChoose, onDelete }: RunRowProps) {
  const name = describeRun(run);
  return (
    <tr className="hover:bg-surface-2 [&>td]:border-b [&>td]:border-border [&>td]:px-3 [&>td]:py-2 last:[&>td]:border-b-0">
      <td>
        <input
          type="checkbox"
          className="m-0 accent-accent"
          aria-label={text.choose(name)}
          checked={isChosen}
          disabled={run.n === 0}
          onChange={(event) => onChoose(event.target.checked)}
        />
      </td>
      <td className="max-w-[320px]">
        <a className="font-medium break-words" href={hrefOf('evaluation', 'runs', run.id)}>
          {run.model}
        </a>
      </td>
      <td className="whitespace-nowrap">
        {copy.evaluation.splits[run.request.split].name}
        {run.request.db !== undefined && <span className="text-text-2"> · {run.request.db}</span>}
      </td>
      <td>{copy.evaluation.modes[run.mode].name}</td>
      <td className="tabular-nums">{text.asked(run.n, run.total ?? run.n)}</td>
      <td>
        <Accuracy run={run} />
      </td>
      <td className="whitespace-nowrap tabular-nums">{copy.evaluation.when(run.startedAt)}</td>
      <td className="whitespace-nowrap tabular-nums">
        {run.spentMs > 0 ? formatDuration(run.spentMs) : '–'}
      </td>
      <td className="text-right">
        <IconButton icon={Trash2} label={text.deleteOf(name)} disabled={!hasEnded(run)} onClick={onDelete} />
      </td>
    </tr>
  );
}

function Accuracy({ run }: { run: EvaluationSummary }) {
  const job = useJob(run.jobId);
  if (job && !hasEnded(run)) {
    return (
      <div className="grid w-[200px] gap-1">
        <JobStateMark state={job.state} />
        <JobProgressBar job={job} isBrief />
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-x-2">
      <span className="font-semibold tabular-nums">{formatShare(run.execution.share)}</span>
      <span className="text-xs whitespace-nowrap text-text-2 tabular-nums">
        {formatInterval(run.execution)}
      </span>
      {run.testSuiteAccuracy !== undefined && (
        <span className="text-xs whitespace-nowrap text-text-2">
          {text.suite(formatShare(run.testSuiteAccuracy))}
        </span>
      )}
      {run.state !== 'succeeded' && <JobStateMark state={run.state} />}
    </div>
  );
}

/** Tells two runs of one model apart, also for whoever hears it. */
function describeRun({ model, request, mode, startedAt }: EvaluationSummary): string {
  const { name } = copy.evaluation.splits[request.split];
  return `${model}, ${name}, ${copy.evaluation.modes[mode].name}, ${copy.evaluation.when(startedAt)}`;
}

function CompareChoice({ runs, chosen }: { runs: readonly EvaluationSummary[]; chosen: readonly string[] }) {
  const two = runs
    .filter(({ id }) => chosen.includes(id))
    .toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
  const [before, after] = two;
  const isSame = before?.request.split === after?.request.split;
  return (
    <>
      <span className="text-xs text-text-2" role="status">
        {!before || !after ? text.compareHint : isSame ? '' : text.compareSplits}
      </span>
      <Button
        small
        icon={GitCompareArrows}
        disabled={!before || !after || !isSame}
        onClick={() => before && after && navigate('evaluation', 'compare', before.id, after.id)}
      >
        {text.compare}
      </Button>
    </>
  );
}

function DeleteDialog({ run, onClose }: { run: EvaluationSummary; onClose(): void }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const remove = useMutation({
    mutationFn: () => core['evaluation.remove']({ id: run.id }),
    onSuccess: () => {
      toast(text.deleted);
      return cache.invalidateQueries({ queryKey: ['evaluation.list'] });
    },
    onError: (error) => toast(AppError.from(error).message),
    onSettled: onClose,
  });
  return (
    <ConfirmDialog
      title={text.deleteTitle}
      text={text.deleteText(describeRun(run))}
      action={text.delete}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    />
  );
}
