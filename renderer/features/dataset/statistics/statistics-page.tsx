import { useQuery } from '@tanstack/react-query';
import { ChartColumn, Table2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  datasetPlaceSchema,
  hardnessSchema,
  pairOutcomeSchema,
  spiderSplitSchema,
  type DatasetStatistics,
} from '../../../../core/contract/index.ts';
import { Button } from '../../../components/button.tsx';
import { FailureNotice } from '../../../components/failure-notice.tsx';
import { copy } from '../../../copy.ts';
import { useCore } from '../../../lib/core-context.tsx';
import { Loading } from '../dataset-gate.tsx';
import { datasetKeys } from '../dataset-queries.ts';
import { keep, readKept } from '../kept.ts';
import { toCountChart, toGroupedChart, toTablesChart } from './chart-data.ts';
import { CountCard } from './count-card.tsx';
import { DistributionCard } from './distribution-card.tsx';

const text = copy.dataset.statistics;

/** What the dataset is made of, as pictures or as tables. */
export function StatisticsPage() {
  const core = useCore();
  const [isTable, setTable] = useState(readKept('statistics.table') === true);
  const statistics = useQuery({
    queryKey: datasetKeys.statistics,
    queryFn: ({ signal }) => core['dataset.statistics']({}, { signal }),
    staleTime: 60_000,
  });
  if (statistics.error) {
    return (
      <div className="p-6">
        <FailureNotice
          title={text.failed}
          error={statistics.error}
          onRetry={() => void statistics.refetch()}
        />
      </div>
    );
  }
  if (!statistics.data) return <Loading />;
  return (
    <div className="scroll h-full px-6 pb-6">
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-text-2">{text.intro}</p>
        <Button
          icon={isTable ? ChartColumn : Table2}
          onClick={() => {
            keep('statistics.table', !isTable);
            setTable(!isTable);
          }}
        >
          {isTable ? text.asPicture : text.asTable}
        </Button>
      </div>
      <Cards statistics={statistics.data} isTable={isTable} />
    </div>
  );
}

function Cards({ statistics, isTable }: { statistics: DatasetStatistics; isTable: boolean }) {
  const charts = useMemo(() => listCharts(statistics), [statistics]);
  return (
    <div className="columns-[460px] gap-4 *:mb-4 *:break-inside-avoid">
      <CountCard title={text.hardnessBySplit} chart={charts.hardness} isTable={isTable} />
      <CountCard title={text.outcomeBySource} chart={charts.outcome} isTable={isTable} />
      <CountCard title={text.features} chart={charts.features} isTable={isTable} />
      <CountCard title={text.reasons} chart={charts.reasons} isTable={isTable} empty={text.noReasons} />
      <CountCard title={text.tablesPerQuery} chart={charts.tables} isTable={isTable} />
      {(['questionLength', 'sqlLength', 'promptTokens', 'completionTokens'] as const).map((name) => (
        <DistributionCard key={name} title={text[name]} distribution={statistics[name]} isTable={isTable} />
      ))}
    </div>
  );
}

function listCharts(statistics: DatasetStatistics) {
  return {
    hardness: toGroupedChart(statistics.hardnessBySplit, {
      filter: 'hardness',
      groupFilter: 'split',
      valueOrder: hardnessSchema.options,
      groupOrder: datasetPlaceSchema.options,
    }),
    outcome: toGroupedChart(statistics.outcomeBySource, {
      filter: 'outcome',
      groupFilter: 'source',
      valueOrder: pairOutcomeSchema.options,
      groupOrder: spiderSplitSchema.options,
    }),
    reasons: toCountChart(statistics.reasons, 'reasonClass'),
    features: toCountChart(statistics.features, 'features'),
    tables: toTablesChart(statistics),
  };
}
