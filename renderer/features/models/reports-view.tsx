import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ChartScatter, Download, Trash2 } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import { AppError, hasEnded, type EvaluationSplit, type ModelReport } from '../../../core/contract/index.ts';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FailureNotice } from '../../components/failure-notice.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { useToast } from '../../components/toaster.tsx';
import { copy } from '../../copy.ts';
import { downloadText } from '../../lib/clipboard.ts';
import { useCore } from '../../lib/core-context.tsx';
import { formatBytes, formatMoment } from '../../lib/format-values.ts';
import { quantizationName, useModelCatalogue } from '../../lib/models.ts';
import { queryKeys } from '../../lib/queries.ts';
import { QueryState } from './query-state.tsx';

const ReportChart = lazy(() =>
  import('./report-chart.tsx').then(({ ReportChart: view }) => ({ default: view })),
);

const text = copy.models.reports;
const splits: readonly EvaluationSplit[] = ['demo', 'own', 'dev', 'val', 'test'];

/** Accuracy, speed and memory of several files, side by side. */
export function ReportsView() {
  const core = useCore();
  const reports = useQuery({
    queryKey: [...queryKeys.models, 'reports'],
    queryFn: ({ signal }) => core['models.reports']({}, { signal }),
    // While one is measured its rows come one by one.
    refetchInterval: ({ state }) => (state.data?.some((report) => !hasEnded(report)) ? 2_000 : false),
  });
  return (
    <>
      <p className="muted">{text.hint}</p>
      <StartReport />
      <QueryState query={reports} failed={text.failed}>
        {(found) =>
          found.length === 0 ? (
            <EmptyState icon={ChartScatter} title={text.empty} hint={text.emptyHint} />
          ) : (
            found.map((report) => <Report key={report.id} report={report} />)
          )
        }
      </QueryState>
    </>
  );
}

function StartReport() {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const [splitId, limitId] = [useId(), useId()];
  const models = useModelCatalogue().data?.models ?? [];
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [split, setSplit] = useState<EvaluationSplit>('demo');
  const [limit, setLimit] = useState('');
  const count = Number(limit);
  const isGood = limit.trim() === '' || (Number.isInteger(count) && count > 0);
  const start = useMutation({
    mutationFn: () =>
      core['models.startReport']({
        paths: models.map(({ path }) => path).filter((path) => chosen.has(path)),
        split,
        ...(limit.trim() === '' ? {} : { limit: count }),
      }),
    onSuccess: async () => {
      toast(text.started);
      await cache.invalidateQueries({ queryKey: queryKeys.models });
    },
  });
  function toggle(path: string): void {
    setChosen((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });
  }
  return (
    <form
      className="card"
      aria-label={text.start}
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <div className="card-body grid gap-[12px]">
        <fieldset className="m-0 grid gap-[4px] border-0 p-0">
          <legend className="mb-[4px] font-semibold">{text.files}</legend>
          {models.map((model) => (
            <label key={model.path} className="flex items-baseline gap-[8px]">
              <input type="checkbox" checked={chosen.has(model.path)} onChange={() => toggle(model.path)} />
              <span className="[overflow-wrap:anywhere]">{model.name}</span>
              <span className="text-s text-text-2 [overflow-wrap:anywhere]">
                {quantizationName(model)}, {formatBytes(model.sizeBytes)}, {fileNameOf(model.path)}
              </span>
            </label>
          ))}
        </fieldset>
        <div className="flex flex-wrap items-end gap-[12px]">
          <div className="field">
            <label htmlFor={splitId}>{text.split}</label>
            <select
              id={splitId}
              className="input"
              value={split}
              onChange={(event) => setSplit(event.target.value as EvaluationSplit)}
            >
              {splits.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </div>
          <div className="field">
            <label htmlFor={limitId}>{text.limit}</label>
            <input
              id={limitId}
              className="input w-[120px]"
              inputMode="numeric"
              placeholder={text.all}
              title={text.limitHint}
              value={limit}
              onChange={(event) => setLimit(event.target.value)}
            />
          </div>
          <Button type="submit" variant="primary" disabled={chosen.size === 0 || !isGood || start.isPending}>
            {text.start}
          </Button>
        </div>
        {start.isError && (
          <FailureNotice title={text.startFailed} error={start.error} onRetry={() => start.mutate()} />
        )}
      </div>
    </form>
  );
}

function Report({ report }: { report: ModelReport }) {
  const core = useCore();
  const cache = useQueryClient();
  const toast = useToast();
  const { request, id, rows, createdAt } = report;
  const asked = request.limit === undefined ? text.all : text.first(request.limit);
  const title = text.title(request.split, asked);
  const onError = (error: unknown) => toast(`${copy.models.actFailed}: ${AppError.from(error).message}`);
  const exported = useMutation({
    mutationFn: () => core['models.exportReport']({ id }),
    onSuccess: ({ fileName, mediaType, text: content }) =>
      downloadText(fileName, content, `${mediaType};charset=utf-8`),
    onError,
  });
  const remove = useMutation({
    mutationFn: () => core['models.removeReport']({ id }),
    onError,
    onSettled: () => cache.invalidateQueries({ queryKey: queryKeys.models }),
  });
  const measured = rows.filter(({ execution, speed }) => execution && speed);
  return (
    <section className="card min-w-0" aria-label={`${title}, ${formatMoment(createdAt)}`}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="text-s text-text-2">{formatMoment(createdAt)}</span>
        {!hasEnded(report) && <Spinner />}
        <span className="grow" />
        <Button small icon={Download} disabled={exported.isPending} onClick={() => exported.mutate()}>
          {text.download}
        </Button>
        <Button
          small
          variant="ghost"
          icon={Trash2}
          disabled={!hasEnded(report) || remove.isPending}
          onClick={() => remove.mutate()}
        >
          {text.remove}
        </Button>
      </div>
      <div className="card-body grid gap-[16px]">
        <ReportTable report={report} title={title} />
        {measured.length > 0 && (
          <Suspense fallback={<Spinner />}>
            <ReportChart title={title} rows={measured} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

function ReportTable({ report, title }: { report: ModelReport; title: string }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={title}>
      <table className="w-full border-collapse text-s" aria-label={title}>
        <thead>
          <tr className="text-xs text-text-2">
            {text.columns.map((name, column) => (
              <th
                key={name}
                scope="col"
                className={`border-b border-border px-2 py-1 font-semibold ${column < 2 ? 'text-left' : 'text-right'}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <ReportRow key={row.path} row={row} isOpen={!hasEnded(report)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ReportRow({ row, isOpen }: { row: ModelReport['rows'][number]; isOpen: boolean }) {
  const { execution, speed, medianMs, error } = row;
  const missing = isOpen ? text.pending : '–';
  const cells = [
    formatBytes(row.sizeBytes),
    execution?.share === undefined || execution.share === null
      ? missing
      : `${(100 * execution.share).toFixed(1)} % (${execution.count}/${execution.n})`,
    speed ? speed.tokensPerSecond.toFixed(1) : missing,
    speed ? formatBytes(speed.memoryBytes + (speed.gpuMemoryBytes ?? 0)) : missing,
    typeof medianMs === 'number' ? (medianMs / 1_000).toFixed(2) : missing,
  ];
  return (
    <tr>
      <th scope="row" className="border-b border-border px-2 py-1 text-left font-normal">
        <span className="[overflow-wrap:anywhere]">{row.name}</span>
        {error && <span className="block text-danger">{error.message}</span>}
      </th>
      <td className="border-b border-border px-2 py-1 font-mono">{quantizationName(row)}</td>
      {cells.map((cell, column) => (
        <td key={column} className="border-b border-border px-2 py-1 text-right tabular-nums">
          {cell}
        </td>
      ))}
    </tr>
  );
}

/** What tells files of the same model apart. */
function fileNameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
