import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import type { RecipePreset, TrainingRunInfo } from '../../../../core/contract/index.ts';
import { loopKey } from '../../../components/loop/loop-queries.ts';
import { Switch } from '../../../components/switch.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { formatBytes, formatCount } from '../../../lib/format-values.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import { describeDraft, describeStart } from '../describe-draft.ts';
import { formatElapsed } from '../format-elapsed.ts';
import { Swatch } from '../plot/swatch.tsx';
import { RunStateMark } from '../run-state.tsx';
import { spentOf } from '../training-queries.ts';
import { useRecipes } from '../wizard/wizard-queries.ts';

const text = copy.training.compare;

interface CompareRow {
  name: string;
  values: (string | undefined)[];
  /** Places of the best. */
  best?: number[];
}

/** What came of each run, and what they were asked for: by default only where they differ. */
export function CompareTable({ runs }: { runs: readonly TrainingRunInfo[] }) {
  const [isAll, setAll] = useState(false);
  const results = [...listResults(runs), useGateRow(runs)];
  const presets = useRecipes().data;
  const settings = listSettings(runs, presets).filter(({ values }) => isAll || new Set(values).size > 1);
  return (
    <section className="card min-w-0" aria-label={text.table}>
      <div className="card-head">
        <h2>{text.table}</h2>
        <span className="grow" />
        <Switch label={text.showAll} hint={text.showAllHint} checked={isAll} onChange={setAll} />
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label={text.table}>
        <table className="w-full border-collapse text-s" aria-label={text.table}>
          <thead>
            <tr className="[&>th]:border-b [&>th]:border-border [&>th]:px-4 [&>th]:py-2 [&>th]:text-left [&>th]:align-bottom">
              <th scope="col">
                <span className="visually-hidden">{text.what}</span>
              </th>
              {runs.map((run, at) => (
                <th key={run.id} scope="col" className="min-w-[160px]">
                  <span className="flex items-center gap-2">
                    <Swatch color={at} />
                    <a className="font-semibold break-words" href={hrefOf('training', 'run', run.id)}>
                      {run.name}
                    </a>
                  </span>
                  <RunStateMark state={run.state} />
                </th>
              ))}
            </tr>
          </thead>
          <Rows title={text.results} rows={results} columns={runs.length} />
          <Rows
            title={isAll ? text.settings : text.differences}
            rows={settings}
            columns={runs.length}
            none={text.noDifference}
          />
        </table>
      </div>
    </section>
  );
}

interface RowsProps {
  title: string;
  rows: readonly CompareRow[];
  columns: number;
  none?: ReactNode;
}

function Rows({ title, rows, columns, none }: RowsProps) {
  const cell = 'border-b border-border px-4 py-2 align-top [overflow-wrap:anywhere]';
  return (
    <tbody>
      <tr>
        <th
          scope="colgroup"
          colSpan={columns + 1}
          className="bg-surface-2 px-4 py-1 text-left text-xs font-semibold text-text-2"
        >
          {title}
        </th>
      </tr>
      {rows.length === 0 && (
        <tr>
          <td className={`${cell} text-text-2`} colSpan={columns + 1}>
            {none}
          </td>
        </tr>
      )}
      {rows.map(({ name, values, best }) => (
        <tr key={name}>
          <th scope="row" className={`${cell} w-[220px] text-left font-normal text-text-2`}>
            {name}
          </th>
          {values.map((value, at) => (
            <td key={at} className={`${cell} tabular-nums`}>
              {best?.includes(at) ? (
                <span className="font-semibold text-success" title={text.best}>
                  {value}
                </span>
              ) : (
                (value ?? copy.training.missing)
              )}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

/** What each run's newest gate found; of a removed or failed one nothing. */
function useGateRow(runs: readonly TrainingRunInfo[]): CompareRow {
  const core = useCore();
  const gates = useQuery({
    queryKey: [...loopKey, 'gates'],
    queryFn: ({ signal }) => core['loop.gates']({}, { signal }),
  });
  const values = runs.map(({ id }) => {
    const report = gates.data?.find((gate) => gate.runId === id && gate.report)?.report;
    if (!report) return undefined;
    const { before, after, n } = report.overall;
    return text.gateFound(after.count, n, before.count, copy.loop.gate.verdictThen[report.verdict]);
  });
  return { name: text.rows.gate, values };
}

type Measure = (run: TrainingRunInfo) => number | undefined;

function listResults(runs: readonly TrainingRunInfo[]): CompareRow[] {
  const row = (name: string, of: Measure, show: (value: number) => string, better?: 'low' | 'high') => {
    const values = runs.map(of);
    const known = values.filter((value) => value !== undefined);
    const top = better === 'low' ? Math.min(...known) : Math.max(...known);
    const best = values.flatMap((value, at) => (value === top ? [at] : []));
    return {
      name,
      values: values.map((value) => (value === undefined ? undefined : show(value))),
      ...(better && known.length > 1 && best.length < known.length && { best }),
    };
  };
  const percent = (value: number) => `${(value * 100).toFixed(1)} %`;
  const fixed = (value: number) => value.toFixed(4);
  const best =
    (key: 'validationLoss' | 'executionAccuracy'): Measure =>
    ({ checkpoints }) =>
      checkpoints.find(({ isBest }) => isBest)?.[key];
  return [
    row(text.rows.accuracy, ({ executionAccuracy }) => executionAccuracy, percent, 'high'),
    row(text.rows.bestAccuracy, best('executionAccuracy'), percent, 'high'),
    row(text.rows.validation, ({ validationLoss }) => validationLoss, fixed, 'low'),
    row(text.rows.bestValidation, best('validationLoss'), fixed, 'low'),
    row(text.rows.training, ({ trainingLoss }) => trainingLoss, fixed),
    row(text.rows.step, ({ step }) => step, formatCount),
    row(text.rows.took, (run) => spentOf(run), formatElapsed),
    row(
      text.rows.adapter,
      ({ artifacts }) => artifacts.find(({ kind }) => kind === 'adapter')?.bytes,
      formatBytes,
    ),
  ];
}

function listSettings(runs: readonly TrainingRunInfo[], presets?: readonly RecipePreset[]): CompareRow[] {
  const facts = runs.map(({ draft, started }) => [
    ...(draft ? describeDraft(draft, presets) : []),
    ...(started ? describeStart(started) : []),
  ]);
  const names = [...new Set(facts.flat().map(({ name }) => name))];
  return names.map((name) => ({
    name,
    values: facts.map((own) => own.find((fact) => fact.name === name)?.value),
  }));
}
