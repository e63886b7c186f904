import type { EChartsCoreOption } from 'echarts/core';
import type { Calibration, EvaluationReport, Share } from '../../../../core/contract/index.ts';
import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import { copy } from '../../../copy.ts';
import { formatInterval, formatShare } from '../shares.ts';

const text = copy.evaluation;

export interface NamedShare {
  name: string;
  share: Share;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;

function axisLook(colors: ChartColors) {
  return {
    axisLabel: { color: colors.muted },
    axisLine: { lineStyle: { color: colors.muted } },
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

/** What a custom series is given to draw one item with. */
interface DrawApi {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

/** Bars of shares, the interval as a line across the end of each; the first name stands on top. */
export function drawShares(shares: readonly NamedShare[], colors: ChartColors): EChartsCoreOption {
  const describe = ({ name, share }: NamedShare) =>
    `${name}: ${formatShare(share.share)} ${formatInterval(share)}, ${text.run.figures.of(share.count, share.n)}`;
  return {
    grid: { left: 8, right: 24, top: 8, bottom: 24, containLabel: true },
    tooltip: {
      trigger: 'axis',
      axisPointer: { type: 'shadow' },
      ...tooltipLook(colors),
      formatter: (hovered: { dataIndex: number }[]) => {
        const found = shares[hovered[0]?.dataIndex ?? -1];
        return found ? escapeHtml(describe(found)) : '';
      },
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: 1,
      ...axisLook(colors),
      axisLabel: { color: colors.muted, formatter: percent },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: shares.map(({ name, share }) => `${name} (${share.n})`),
      ...axisLook(colors),
      axisLabel: { color: colors.text, width: 180, overflow: 'truncate' },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 18,
        data: shares.map(({ share }) => share.share ?? 0),
        // The line of the interval is seen through it.
        itemStyle: { color: colors.accent, opacity: 0.65, borderRadius: [0, 3, 3, 0] },
      },
      drawWhiskers(shares, colors),
    ],
  };
}

function drawWhiskers(shares: readonly NamedShare[], colors: ChartColors) {
  return {
    type: 'custom',
    silent: true,
    z: 3,
    data: shares.map(({ share }, at) => [share.low ?? 0, share.high ?? 0, at]),
    encode: { x: [0, 1], y: 2 },
    renderItem: (_: unknown, api: DrawApi) => {
      const [fromX, y] = api.coord([api.value(0), api.value(2)]);
      const [toX] = api.coord([api.value(1), api.value(2)]);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: 'line',
        shape: { x1, y1, x2, y2 },
        style: { stroke: colors.text, lineWidth: 1.5 },
      });
      return {
        type: 'group',
        children: [line(fromX, y, toX, y), line(fromX, y - 4, fromX, y + 4), line(toX, y - 4, toX, y + 4)],
      };
    },
  };
}

/** How often each cause is the first one, and how often it applies besides. */
export function drawCauses(causes: EvaluationReport['causes'], colors: ChartColors): EChartsCoreOption {
  return {
    grid: { left: 8, right: 24, top: 32, bottom: 24, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: colors.text }, itemWidth: 14 },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, ...tooltipLook(colors) },
    xAxis: { type: 'value', minInterval: 1, ...axisLook(colors) },
    yAxis: {
      type: 'category',
      inverse: true,
      data: causes.map(({ cause }) => text.causes[cause].name),
      ...axisLook(colors),
      axisLabel: { color: colors.text },
    },
    series: [
      {
        ...{ type: 'bar', stack: 'all', barMaxWidth: 18, name: text.run.columns.primary },
        data: causes.map(({ primary }) => primary),
        itemStyle: { color: colors.danger },
      },
      {
        ...{ type: 'bar', stack: 'all', barMaxWidth: 18, name: text.run.besides },
        data: causes.map(({ primary, applies }) => applies - primary),
        itemStyle: { color: colors.muted },
      },
    ],
  };
}

/** Confidence against the share that was right; believable is what lies on the diagonal. */
export function drawReliability({ bins }: Calibration, colors: ChartColors): EChartsCoreOption {
  const axis = {
    type: 'value',
    min: 0,
    max: 1,
    ...axisLook(colors),
    axisLabel: { color: colors.muted, formatter: percent },
  };
  return {
    grid: { left: 8, right: 24, top: 28, bottom: 28, containLabel: true },
    tooltip: {
      trigger: 'item',
      ...tooltipLook(colors),
      formatter: ({ dataIndex, seriesIndex }: { dataIndex: number; seriesIndex: number }) => {
        const bin = seriesIndex === 1 ? bins[dataIndex] : undefined;
        if (!bin) return '';
        return `${text.run.axes.confidence} ${percent(bin.confidence)}, ${text.run.axes.right} ${formatShare(bin.share)} ${formatInterval(bin)}, ${bin.n}`;
      },
    },
    xAxis: { ...axis, name: text.run.axes.confidence, nameLocation: 'middle', nameGap: 26 },
    yAxis: { ...axis, name: text.run.axes.right },
    series: [
      {
        ...{ type: 'line', symbol: 'none', silent: true },
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { color: colors.muted, type: 'dashed' },
      },
      {
        ...{ type: 'line', symbol: 'circle', symbolSize: 9 },
        data: bins.map(({ confidence, share }) => [confidence, share]),
        lineStyle: { color: colors.accent, width: 2 },
        itemStyle: { color: colors.accent },
      },
    ],
  };
}

function escapeHtml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
