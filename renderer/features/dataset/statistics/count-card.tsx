import { lazy, Suspense, useCallback } from 'react';
import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import type { ChartPick } from '../../../components/chart/chart.tsx';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { Loading } from '../dataset-gate.tsx';
import { goToPlace, hrefOfPlace } from '../examples/example-place.ts';
import { labelOf, noSearch, type ExampleSearch } from '../examples/search-address.ts';
import type { CountChart } from './chart-data.ts';
import { describeBars, describeStacked } from './chart-options.ts';

const Chart = lazy(async () => ({
  default: (await import('../../../components/chart/chart.tsx')).Chart,
}));

const text = copy.dataset.statistics;
const { values } = copy.dataset;
const barPx = 26;

interface CountCardProps {
  title: string;
  /** Keep it stable: the picture is drawn anew with another. */
  chart: CountChart;
  isTable: boolean;
  empty?: string;
}

/** Counts as bars or as a table; both lead to the examples behind them. */
export function CountCard({ title, chart, isTable, empty }: CountCardProps) {
  return (
    <section className="card min-w-0" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body">
        {chart.values.length === 0 ? (
          <p className="muted text-s">{empty}</p>
        ) : isTable ? (
          <CountTable title={title} chart={chart} />
        ) : (
          <CountPicture title={title} chart={chart} />
        )}
      </div>
    </section>
  );
}

function searchOf(chart: CountChart, value: string, group: string): ExampleSearch {
  const groups = chart.groupFilter === undefined ? {} : { [chart.groupFilter]: [group] };
  return { ...noSearch, filters: { [chart.filter]: [value], ...groups } };
}

function CountPicture({ title, chart }: { title: string; chart: CountChart }) {
  const isGrouped = chart.groupFilter !== undefined;
  const describe = useCallback(
    (colors: ChartColors) => {
      const labels = {
        valueLabel: (value: string) => labelOf(chart.filter, value, values),
        groupLabel: (group: string) => labelOf(chart.groupFilter ?? '', group, values),
      };
      return (isGrouped ? describeStacked : describeBars)(chart, labels, colors);
    },
    [chart, isGrouped],
  );
  function pick({ series, index }: ChartPick): void {
    const last = (isGrouped ? chart.groups.length : chart.values.length) - 1;
    // The axis runs upwards, the lists downwards.
    const value = isGrouped
      ? chart.values.find((one) => labelOf(chart.filter, one, values) === series)
      : chart.values[last - index];
    const group = isGrouped ? chart.groups[last - index]?.group : '';
    if (value !== undefined && group !== undefined)
      goToPlace({ id: undefined, search: searchOf(chart, value, group) });
  }
  const rows = isGrouped ? chart.groups.length * 1.6 + 3 : chart.values.length + 1;
  return (
    <Suspense fallback={<Loading />}>
      <Chart
        label={text.chart(title)}
        heightPx={Math.max(140, rows * barPx)}
        describe={describe}
        onPick={pick}
      />
    </Suspense>
  );
}

function CountTable({ title, chart }: { title: string; chart: CountChart }) {
  const head = 'border-b border-border px-3 py-1 text-right font-semibold';
  const cell = 'border-b border-border px-3 py-1 text-right tabular-nums';
  const nameOf = (group: string, value: string): string =>
    [group && labelOf(chart.groupFilter ?? '', group, values), labelOf(chart.filter, value, values)]
      .filter(Boolean)
      .join(', ');
  return (
    <table className="w-full border-collapse text-s">
      <caption className="visually-hidden">{title}</caption>
      <thead>
        <tr>
          <th scope="col" className={`${head} text-left!`}>
            {text.value}
          </th>
          {chart.groups.map(({ group }) => (
            <th key={group} scope="col" className={head}>
              {group === '' ? text.count : labelOf(chart.groupFilter ?? '', group, values)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {chart.values.map((value, at) => (
          <tr key={value}>
            <th scope="row" className={`${cell} text-left! font-medium`}>
              {labelOf(chart.filter, value, values)}
            </th>
            {chart.groups.map(({ group, counts }) => (
              <td key={group} className={cell}>
                <a
                  href={hrefOfPlace({ id: undefined, search: searchOf(chart, value, group) })}
                  aria-label={`${text.show(nameOf(group, value))}: ${formatCount(counts[at] ?? 0)}`}
                >
                  {formatCount(counts[at] ?? 0)}
                </a>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
