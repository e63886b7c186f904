import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import type { ModelReportRow } from '../../../core/contract/index.ts';
import { Chart } from '../../components/chart/chart.tsx';
import type { ChartColors } from '../../components/chart/chart-colors.ts';
import { copy } from '../../copy.ts';
import { quantizationName } from '../../lib/models.ts';

const text = copy.models.reports;
const [smallest, largest] = [10, 44];

/** Accuracy over speed; the circle's area is the memory that the file takes. */
export function ReportChart({ title, rows }: { title: string; rows: ModelReportRow[] }) {
  const describe = useCallback((colors: ChartColors) => describeChart(rows, colors), [rows]);
  return (
    <div className="grid gap-[4px]">
      <Chart label={title} heightPx={280} describe={describe} />
      <p className="text-xs text-text-2">{text.chartNote}</p>
    </div>
  );
}

function describeChart(rows: ModelReportRow[], colors: ChartColors): EChartsCoreOption {
  const most = Math.max(...rows.map(memoryOf));
  const axis = { nameTextStyle: { color: colors.muted }, axisLabel: { color: colors.muted } };
  const lines = { lineStyle: { color: colors.line } };
  return {
    grid: { left: 56, right: 200, top: 32, bottom: 44 },
    tooltip: { trigger: 'item', confine: true },
    xAxis: {
      ...axis,
      type: 'value',
      name: text.axisSpeed,
      nameLocation: 'middle',
      nameGap: 28,
      min: 0,
      splitLine: lines,
    },
    yAxis: {
      ...axis,
      type: 'value',
      name: text.axisAccuracy,
      nameLocation: 'middle',
      nameGap: 40,
      min: 0,
      max: 100,
      splitLine: lines,
    },
    series: rows.map((row, index) => ({
      type: 'line',
      name: nameOf(row),
      data: [[row.speed?.tokensPerSecond ?? 0, 100 * (row.execution?.share ?? 0)]],
      symbol: 'circle',
      symbolSize: smallest + (largest - smallest) * Math.sqrt(memoryOf(row) / most),
      itemStyle: { color: colors.series[index % colors.series.length], opacity: 0.75 },
      label: { show: true, position: 'right', color: colors.text, formatter: nameOf(row) },
      markLine: {
        symbol: 'none',
        silent: true,
        label: { show: false },
        lineStyle: { color: colors.muted, type: 'solid', width: 1 },
        data: [intervalOf(row)],
      },
    })),
  };
}

function memoryOf({ speed }: ModelReportRow): number {
  return Math.max(1, (speed?.memoryBytes ?? 0) + (speed?.gpuMemoryBytes ?? 0));
}

function nameOf(row: ModelReportRow): string {
  return `${row.name} ${quantizationName(row)}`;
}

function intervalOf({ speed, execution }: ModelReportRow) {
  const x = speed?.tokensPerSecond ?? 0;
  return [{ coord: [x, 100 * (execution?.low ?? 0)] }, { coord: [x, 100 * (execution?.high ?? 0)] }];
}
