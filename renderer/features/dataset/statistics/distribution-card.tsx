import { lazy, Suspense, useCallback } from 'react';
import type { Distribution } from '../../../../core/contract/index.ts';
import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { Loading } from '../dataset-gate.tsx';
import { barWidthOf } from './chart-data.ts';
import { describeHistogram } from './chart-options.ts';

const Chart = lazy(async () => ({
  default: (await import('../../../components/chart/chart.tsx')).Chart,
}));

const text = copy.dataset.statistics;
const heightPx = 220;

interface DistributionCardProps {
  title: string;
  distribution: Distribution;
  isTable: boolean;
}

/** A histogram with its percentiles, or its bars as a table. */
export function DistributionCard({ title, distribution, isTable }: DistributionCardProps) {
  const { p50, p95, p99, max } = distribution;
  const describe = useCallback(
    (colors: ChartColors) => describeHistogram(distribution, colors),
    [distribution],
  );
  return (
    <section className="card min-w-0" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
      </div>
      <div className="card-body grid gap-2">
        <p className="text-s text-text-2">{text.percentiles(p50, p95, p99, max)}</p>
        {isTable ? (
          <BarTable title={title} distribution={distribution} />
        ) : (
          <Suspense fallback={<Loading />}>
            <Chart label={text.chart(title)} heightPx={heightPx} describe={describe} />
          </Suspense>
        )}
      </div>
    </section>
  );
}

function BarTable({ title, distribution }: { title: string; distribution: Distribution }) {
  const width = barWidthOf(distribution);
  const head = 'sticky top-0 border-b border-border bg-surface px-3 py-1 text-right font-semibold';
  const cell = 'border-b border-border px-3 py-1 text-right tabular-nums';
  return (
    <div
      className="scroll max-h-[240px]"
      role="region"
      aria-label={`${title}, ${text.asTable.toLowerCase()}`}
      tabIndex={0}
    >
      <table className="w-full border-collapse text-s">
        <caption className="visually-hidden">{title}</caption>
        <thead>
          <tr>
            {[text.from, text.to, text.count, text.share].map((column) => (
              <th key={column} scope="col" className={head}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {distribution.bars.map(({ from, count }) => (
            <tr key={from}>
              <td className={cell}>{formatCount(from)}</td>
              <td className={cell}>{formatCount(from + width)}</td>
              <td className={cell}>{formatCount(count)}</td>
              <td className={cell}>{((count / Math.max(1, distribution.count)) * 100).toFixed(1)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
