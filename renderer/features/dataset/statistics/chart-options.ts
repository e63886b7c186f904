import type { EChartsCoreOption } from 'echarts/core';
import type { Distribution } from '../../../../core/contract/index.ts';
import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { barWidthOf, type CountChart } from './chart-data.ts';

interface Labels {
  /** A value or a group, as it is shown. */
  valueLabel(value: string): string;
  groupLabel(group: string): string;
}

/** Colours that mean something keep their meaning; others follow the order. */
function colorOf(value: string, index: number, colors: ChartColors): string {
  const meaning: Record<string, string> = {
    verified: colors.success,
    'verified-on-generated-rows': colors.series[1] ?? colors.accent,
    nondeterministic: colors.warning,
    failed: colors.danger,
  };
  return meaning[value] ?? colors.series[index % colors.series.length] ?? colors.accent;
}

function axisLook(colors: ChartColors) {
  return {
    axisLabel: { color: colors.muted, fontSize: 12 },
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colors.line } },
    nameTextStyle: { color: colors.muted },
  };
}

function tooltipLook(colors: ChartColors) {
  return {
    backgroundColor: colors.surface,
    borderColor: colors.line,
    textStyle: { color: colors.text, fontSize: 12 },
  };
}

/** One series of each value, stacked over the groups: shares, so that a small group shows what it is made of. */
export function describeStacked(chart: CountChart, labels: Labels, colors: ChartColors): EChartsCoreOption {
  const groups = chart.groups
    .map((each) => ({ ...each, total: each.counts.reduce((sum, count) => sum + count, 0) }))
    .toReversed();
  return {
    grid: { left: 8, right: 24, top: 36, bottom: 4, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 12,
      itemHeight: 12,
      textStyle: { color: colors.text, fontSize: 12 },
    },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      valueFormatter: (share: number) => `${share.toFixed(1)} %`,
      ...tooltipLook(colors),
    },
    xAxis: {
      type: 'value',
      max: 100,
      ...axisLook(colors),
      axisLabel: { color: colors.muted, fontSize: 12, formatter: '{value} %' },
    },
    yAxis: {
      type: 'category',
      data: groups.map(({ group, total }) => `${labels.groupLabel(group)} (${formatCount(total)})`),
      ...axisLook(colors),
    },
    series: chart.values.map((value, index) => ({
      type: 'bar',
      name: labels.valueLabel(value),
      stack: 'all',
      barMaxWidth: 28,
      cursor: 'pointer',
      data: groups.map(({ counts, total }) => ((counts[index] ?? 0) / Math.max(1, total)) * 100),
      itemStyle: { color: colorOf(value, index, colors), borderColor: colors.surface, borderWidth: 1 },
    })),
  };
}

/** One bar of each value, the number at its end. */
export function describeBars(chart: CountChart, labels: Labels, colors: ChartColors): EChartsCoreOption {
  const counts = (chart.groups[0]?.counts ?? []).toReversed();
  return {
    grid: { left: 8, right: 56, top: 4, bottom: 4, containLabel: true },
    tooltip: { trigger: 'item', ...tooltipLook(colors) },
    xAxis: { type: 'value', ...axisLook(colors) },
    yAxis: {
      type: 'category',
      data: chart.values.toReversed().map(labels.valueLabel),
      ...axisLook(colors),
    },
    series: [
      {
        type: 'bar',
        name: '',
        barMaxWidth: 18,
        cursor: 'pointer',
        data: counts,
        itemStyle: { color: colors.accent },
        label: {
          show: true,
          position: 'right',
          color: colors.muted,
          formatter: ({ value }: { value: number }) => formatCount(value),
        },
      },
    ],
  };
}

/** A histogram with lines at the percentiles. */
export function describeHistogram(distribution: Distribution, colors: ChartColors): EChartsCoreOption {
  const width = barWidthOf(distribution);
  const { p50, p95, p99, bars } = distribution;
  const marks = [
    { name: 'p50', xAxis: p50 },
    { name: 'p95', xAxis: p95 },
    { name: 'p99', xAxis: p99 },
  ];
  return {
    grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'item',
      formatter: ({ value }: { value: [number, number] | number }) =>
        Array.isArray(value)
          ? `${formatCount(value[0] - width / 2)} – ${formatCount(value[0] + width / 2)}: <b>${formatCount(value[1])}</b>`
          : '',
      ...tooltipLook(colors),
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: bars.length * width,
      ...axisLook(colors),
      splitLine: { show: false },
    },
    yAxis: { type: 'value', ...axisLook(colors) },
    series: [
      {
        type: 'bar',
        barWidth: '92%',
        cursor: 'default',
        data: bars.map(({ from, count }) => [from + width / 2, count]),
        itemStyle: { color: colors.accent },
        markLine: {
          symbol: 'none',
          silent: true,
          lineStyle: { color: colors.warning, type: 'dashed' },
          label: { formatter: '{b}', color: colors.text, fontSize: 11 },
          data: marks,
        },
      },
    ],
  };
}
