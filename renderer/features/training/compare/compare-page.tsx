import { ArrowLeft } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { AppError } from '../../../../core/contract/index.ts';
import { Notice } from '../../../components/notice.tsx';
import { Spinner } from '../../../components/spinner.tsx';
import { copy } from '../../../copy.ts';
import { hrefOf } from '../../../lib/navigation.ts';
import type { RunWatch } from '../run/use-run-watch.ts';
import { CompareTable } from './compare-table.tsx';
import { useRunWatches } from './use-run-watches.ts';

const CompareCharts = lazy(async () => ({ default: (await import('./compare-charts.tsx')).CompareCharts }));

const text = copy.training.compare;
const mostRuns = 5;

/** Two to five runs: their losses on one chart, what they were asked for, what came of it. */
export function ComparePage({ runIds }: { runIds: readonly string[] }) {
  const [ids] = useState(() => [...new Set(runIds)].slice(0, mostRuns));
  const watches = useRunWatches(ids);
  const runs = watches.flatMap(({ run }) => run ?? []);
  const isReady = watches.every(({ run, error }) => run !== undefined || error !== undefined);
  return (
    <div className="page scroll" tabIndex={0} role="region" aria-label={text.title}>
      <div className="mx-auto grid max-w-[1600px] gap-4 px-6 py-4">
        <div>
          <a className="inline-flex items-center gap-1 text-s" href={hrefOf('training')}>
            <ArrowLeft aria-hidden size={16} />
            {copy.training.allRuns}
          </a>
          <h1>{text.title}</h1>
        </div>
        <Failures ids={ids} watches={watches} />
        {ids.length < 2 && <Notice tone="warning" title={text.tooFew} hint={copy.training.compareHint} />}
        {!isReady && (
          <p className="flex items-center gap-2" role="status">
            <Spinner /> {copy.common.loading}
          </p>
        )}
        {isReady && runs.length > 0 && (
          <>
            <Suspense fallback={<p role="status">{copy.common.loading}</p>}>
              <CompareCharts watches={watches} />
            </Suspense>
            <CompareTable runs={runs} />
          </>
        )}
      </div>
    </div>
  );
}

function Failures({ ids, watches }: { ids: readonly string[]; watches: readonly RunWatch[] }) {
  return watches.map(({ error }, at) => {
    if (error === undefined) return null;
    const { message, hint } = AppError.from(error);
    return (
      <Notice key={ids[at]} tone="error" title={text.failed(ids[at] ?? '')} message={message} hint={hint} />
    );
  });
}
