import { ArrowDown, ArrowUp, GitCompareArrows } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { TrainingRunInfo } from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { copy } from '../../../copy.ts';
import { formatMoment } from '../../../lib/format-values.ts';
import { hrefOf, navigate } from '../../../lib/navigation.ts';
import { RunStateMark } from '../run-state.tsx';
import { StepProgress } from '../step-progress.tsx';
import { isLive } from '../training-queries.ts';

const text = copy.training;
const sortKeys = [
  'name',
  'state',
  'where',
  'progress',
  'training',
  'validation',
  'accuracy',
  'when',
] as const;
type SortKey = (typeof sortKeys)[number];

/** Runs that can be compared at once: the colours that can be told apart. */
const mostCompared = 5;

const whenOf = (run: TrainingRunInfo): string => run.startedAt ?? run.createdAt;
const valueOf: Record<SortKey, (run: TrainingRunInfo) => string | number> = {
  name: ({ name }) => name.toLowerCase(),
  state: (run) => `${isLive(run) ? 0 : 1}${text.states[run.state]}`,
  where: ({ where }) => where,
  progress: ({ step = -1, totalSteps }) => step / (totalSteps ?? step),
  training: ({ trainingLoss }) => trainingLoss ?? Infinity,
  validation: ({ validationLoss }) => validationLoss ?? Infinity,
  accuracy: ({ executionAccuracy }) => executionAccuracy ?? -1,
  when: whenOf,
};

interface Sort {
  key: SortKey;
  isDown: boolean;
}

/** The runs; those that are ticked can be compared. */
export function RunsTable({ runs }: { runs: readonly TrainingRunInfo[] }) {
  const [sort, setSort] = useState<Sort>({ key: 'when', isDown: true });
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const shown = useMemo(
    () =>
      sortRuns(
        runs.filter((run) => fits(run, words)),
        sort,
      ),
    [runs, words, sort],
  );
  const present = chosen.filter((id) => runs.some((run) => run.id === id));
  return (
    <section className="card min-w-0" aria-label={text.runs}>
      <div className="card-head flex-wrap">
        <h2>{text.runs}</h2>
        <input
          type="search"
          className="input small ml-2 w-[240px]"
          aria-label={text.find}
          placeholder={text.find}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
        <span className="grow" />
        <span className="text-xs text-text-2" role="status">
          {present.length < 2 ? text.compareHint : ''}
        </span>
        <Button
          small
          icon={GitCompareArrows}
          disabled={present.length < 2}
          onClick={() => navigate('training', 'compare', present.join(','))}
        >
          {text.compare.action(present.length)}
        </Button>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={text.runs}>
        <table className="w-full border-collapse text-s" aria-label={text.runs}>
          <thead>
            <tr className="text-left text-xs text-text-2 [&>th]:border-b [&>th]:border-border [&>th]:px-3 [&>th]:py-1">
              <th scope="col">
                <span className="visually-hidden">{text.columns.choose}</span>
              </th>
              {sortKeys.map((key) => (
                <SortHead key={key} name={key} sort={sort} onSort={setSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((run) => (
              <RunRow
                key={run.id}
                run={run}
                isChosen={present.includes(run.id)}
                isFull={present.length >= mostCompared}
                onChoose={(isChosen) =>
                  setChosen(isChosen ? [...present, run.id] : present.filter((id) => id !== run.id))
                }
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p className="px-4 py-4 text-text-2">{text.noMatch}</p>}
      </div>
    </section>
  );
}

function fits({ name, where, id, state }: TrainingRunInfo, words: string): boolean {
  const all = `${name} ${where} ${id} ${text.states[state]}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

function sortRuns(runs: readonly TrainingRunInfo[], { key, isDown }: Sort): TrainingRunInfo[] {
  const sorted = runs.toSorted((a, b) => {
    const [one, other] = [valueOf[key](a), valueOf[key](b)];
    return one < other ? -1 : one > other ? 1 : 0;
  });
  return isDown ? sorted.toReversed() : sorted;
}

function SortHead({ name, sort, onSort }: { name: SortKey; sort: Sort; onSort(sort: Sort): void }) {
  const isSorted = sort.key === name;
  const Icon = sort.isDown ? ArrowDown : ArrowUp;
  const hints: Partial<Record<SortKey, string>> = text.columnHints;
  return (
    <th scope="col" aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        className="inline-flex min-h-[28px] items-center gap-1 font-semibold whitespace-nowrap hover:text-text"
        title={hints[name]}
        onClick={() => onSort({ key: name, isDown: isSorted ? !sort.isDown : name === 'when' })}
      >
        {text.columns[name]}
        {isSorted && <Icon aria-hidden size={12} />}
      </button>
    </th>
  );
}

interface RunRowProps {
  run: TrainingRunInfo;
  isChosen: boolean;
  /** No more can be chosen. */
  isFull: boolean;
  onChoose(isChosen: boolean): void;
}

function RunRow({ run, isChosen, isFull, onChoose }: RunRowProps) {
  const { draft, trainingLoss, validationLoss, executionAccuracy } = run;
  const about = draft ? describeMethod(run) : text.outside;
  const figure = 'tabular-nums whitespace-nowrap';
  return (
    <tr className="hover:bg-surface-2 [&>td]:border-b [&>td]:border-border [&>td]:px-3 [&>td]:py-2 last:[&>td]:border-b-0">
      <td>
        <input
          type="checkbox"
          className="m-0 accent-accent"
          aria-label={text.choose(run.name)}
          checked={isChosen}
          disabled={run.step === undefined || (isFull && !isChosen)}
          onChange={(event) => onChoose(event.target.checked)}
        />
      </td>
      <td className="max-w-[300px] min-w-[200px]">
        <a
          className="line-clamp-2 font-medium break-words"
          title={run.name}
          href={hrefOf('training', 'run', run.id)}
        >
          {run.name}
        </a>
        <span className="block truncate text-xs text-text-2" title={about}>
          {about}
        </span>
      </td>
      <td>
        <RunStateMark state={run.state} />
        {run.error && isLive(run) && (
          <span className="block max-w-[180px] truncate text-xs text-text-2" title={run.error.message}>
            {run.error.message}
          </span>
        )}
      </td>
      <td className="whitespace-nowrap">{run.where}</td>
      <td className="w-[200px] min-w-[150px]">
        <StepProgress run={run} isBrief />
      </td>
      <td className={figure}>{trainingLoss?.toFixed(4) ?? text.missing}</td>
      <td className={figure}>{validationLoss?.toFixed(4) ?? text.missing}</td>
      <td className={figure}>
        {executionAccuracy === undefined ? text.missing : `${(executionAccuracy * 100).toFixed(1)} %`}
      </td>
      <td className={figure}>{formatMoment(whenOf(run))}</td>
    </tr>
  );
}

function describeMethod({ draft, started }: TrainingRunInfo): string {
  const method = draft?.recipe.method ?? started?.method;
  const base = draft?.base;
  const name = base?.kind === 'hub' ? base.id : base?.kind === 'folder' ? base.path : undefined;
  return [method && text.methods[method], name ?? (base && text.bases[base.kind])]
    .filter(Boolean)
    .join(' · ');
}
