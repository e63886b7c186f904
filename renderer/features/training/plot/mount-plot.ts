import { LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { readChartColors, watchTheme, type ChartColors } from '../../../components/chart/chart-colors.ts';
import { slowDown, type Changes } from './changes.ts';
import type { Column } from './column.ts';
import { takeGestures } from './plot-gestures.ts';
import type { PlotView } from './plot-view.ts';
import { thinOut } from './thin-out.ts';

echarts.use([LineChart, GridComponent, CanvasRenderer]);

export interface PlotLine {
  id: string;
  name: string;
  x: Column;
  y: Column;
  /** Place among the colours that are told apart. */
  color: number;
  /** `faint` stands behind the others; `dots` marks each point. Defaults to a plain line. */
  look?: 'faint' | 'dots' | undefined;
}

export interface PlotOptions {
  lines: readonly PlotLine[];
  isLog: boolean;
  formatX(value: number): string;
  formatY(value: number): string;
}

/** Where the lines are drawn, in pixels from the edges: the same in every chart, so that they stand below each other. */
export const plotInset = { left: 72, right: 16, top: 10, bottom: 26 };

/** What comes is drawn at most so often, in milliseconds; what the user does, at once. */
const newsEveryMs = 200;

/** Draws the lines into an element, anew when the view, the data, the theme or the size changes. @returns its end */
export function mountPlot(
  host: HTMLElement,
  options: PlotOptions,
  view: PlotView,
  news: Changes,
): () => void {
  const chart = echarts.init(host, null, { renderer: 'canvas' });
  let colors = readChartColors(host);
  let frame: number | undefined;
  let isSeen = true;
  let isStale = true;
  const draw = () => {
    frame = undefined;
    if (isSeen && isStale) chart.setOption(describe(options, view, chart.getWidth()), { silent: true });
    isStale &&= !isSeen;
  };
  const drawSoon = () => {
    isStale = true;
    frame ??= requestAnimationFrame(draw);
  };
  const style = () => {
    colors = readChartColors(host);
    chart.setOption({ ...describeLook(options, colors) }, { notMerge: true, silent: true });
    drawSoon();
  };
  style();
  draw();
  const seen = watchSeen(host, (isNowSeen) => {
    isSeen = isNowSeen;
    if (isSeen && isStale) drawSoon();
  });
  const sized = new ResizeObserver(() => {
    chart.resize();
    drawSoon();
  });
  sized.observe(host);
  const ends = [
    watchTheme(style),
    view.ranges.subscribe(drawSoon),
    slowDown(news, newsEveryMs).subscribe(drawSoon),
    takeGestures(host, view, plotInset),
    seen,
  ];
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    sized.disconnect();
    ends.forEach((end) => end());
    chart.dispose();
  };
}

/** What is out of sight is not drawn. */
function watchSeen(host: HTMLElement, onChange: (isSeen: boolean) => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return () => undefined;
  const observer = new IntersectionObserver((entries) => onChange(entries.at(-1)?.isIntersecting ?? true));
  observer.observe(host);
  return () => observer.disconnect();
}

function describeLook({ lines, isLog, formatX, formatY }: PlotOptions, colors: ChartColors) {
  const axis = {
    axisLabel: { color: colors.muted, fontSize: 11, hideOverlap: true },
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colors.line, opacity: 0.6 } },
  };
  return {
    animation: false,
    grid: plotInset,
    xAxis: {
      ...{ type: 'value', splitNumber: 5, ...axis, splitLine: { show: false } },
      axisLabel: { ...axis.axisLabel, formatter: formatX, showMinLabel: false, showMaxLabel: false },
    },
    yAxis: {
      ...{ type: 'value', scale: true, splitNumber: 4, ...axis },
      axisLabel: {
        ...axis.axisLabel,
        formatter: (value: number) => formatY(isLog ? 10 ** value : value),
      },
    },
    series: lines.map(({ id, name, color, look }) => {
      const ink = colors.series[color % colors.series.length];
      return {
        ...{ id, name, type: 'line', silent: true, connectNulls: false },
        ...{ showSymbol: look === 'dots', symbol: 'circle', symbolSize: 5, itemStyle: { color: ink } },
        lineStyle: { color: ink, width: look === 'faint' ? 1 : 1.75, opacity: look === 'faint' ? 0.35 : 1 },
        z: look === 'faint' ? 1 : 2,
      };
    }),
  };
}

function describe({ lines, isLog }: PlotOptions, view: PlotView, widthPx: number) {
  const range = view.range();
  const slots = Math.max(50, Math.round(widthPx - plotInset.left - plotInset.right));
  return {
    xAxis: { min: range.from, max: range.to },
    series: lines.map(({ id, x, y }) => {
      const points = thinOut(x.values(), y.values(), range, slots);
      if (isLog) for (const point of points) point[1] = point[1] > 0 ? Math.log10(point[1]) : NaN;
      return { id, data: points };
    }),
  };
}
