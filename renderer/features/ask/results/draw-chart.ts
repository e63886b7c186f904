import { BarChart, LineChart, PieChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { ChartData } from './chart-data.ts';
import type { ChartKind } from './chart-plan.ts';

register([
  BarChart,
  LineChart,
  PieChart,
  ScatterChart,
  AriaComponent,
  DataZoomInsideComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  CanvasRenderer,
  SVGRenderer,
]);

/** The window's colours, as they are now. */
export interface ChartTheme {
  text: string;
  quiet: string;
  line: string;
  surface: string;
  font: string;
  series: string[];
}

const seriesTokens = ['--accent', '--syntax-number', '--success', '--syntax-type', '--warning', '--danger'];

/** Reads the tokens through an element, which resolves light-dark(). */
export function readTheme(element: HTMLElement): ChartTheme {
  const probe = document.createElement('span');
  element.append(probe);
  const colorOf = (token: string): string => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    text: colorOf('--text'),
    quiet: colorOf('--text-2'),
    line: colorOf('--border'),
    surface: colorOf('--surface'),
    font: getComputedStyle(element).fontFamily,
    series: seriesTokens.map(colorOf),
  };
  probe.remove();
  return theme;
}

export interface ChartPicture {
  kind: ChartKind;
  data: ChartData;
  xName: string;
  yName: string;
  theme: ChartTheme;
  /** Read out in place of the picture. */
  description: string;
}

export function createChart(element: HTMLElement): EChartsType {
  return init(element, undefined, { renderer: 'canvas' });
}

/** The same picture as a file: PNG in double resolution, or SVG. */
export function drawPicture(
  picture: ChartPicture,
  format: 'png' | 'svg',
  widthPx: number,
  heightPx: number,
): string {
  const element = document.createElement('div');
  const size = { width: widthPx, height: heightPx };
  const chart = init(element, undefined, {
    renderer: format === 'svg' ? 'svg' : 'canvas',
    ...size,
    devicePixelRatio: 2,
  });
  chart.setOption({ ...optionOf(picture), animation: false, backgroundColor: picture.theme.surface });
  const text =
    format === 'svg' ? chart.renderToSVGString() : chart.getDataURL({ type: 'png', pixelRatio: 2 });
  chart.dispose();
  return text;
}

export function optionOf({ kind, data, xName, yName, theme, description }: ChartPicture): EChartsCoreOption {
  const isPie = kind === 'pie';
  const textStyle = { color: theme.quiet, fontFamily: theme.font };
  return {
    animationDuration: 200,
    color: theme.series,
    textStyle,
    aria: { enabled: true, label: { description } },
    tooltip: {
      trigger: isPie || kind === 'scatter' ? 'item' : 'axis',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.text, fontFamily: theme.font, fontSize: 12 },
      confine: true,
    },
    ...(data.series.length > 1 || isPie
      ? { legend: { type: 'plain', top: 0, textStyle, icon: 'roundRect', itemWidth: 12, itemHeight: 12 } }
      : {}),
    ...(isPie ? {} : axesOf(data, kind, { xName, yName, theme })),
    series: isPie ? [pieOf(data, theme)] : data.series.map((series) => seriesOf(series, kind, data)),
  };
}

interface AxisNames {
  xName: string;
  yName: string;
  theme: ChartTheme;
}

function axesOf(data: ChartData, kind: ChartKind, { xName, yName, theme }: AxisNames) {
  const label = { color: theme.quiet, fontFamily: theme.font, fontSize: 12 };
  const lines = { lineStyle: { color: theme.line } };
  const common = { nameTextStyle: { ...label }, axisLabel: label, axisLine: lines, axisTick: lines };
  return {
    grid: { left: 16, right: 24, top: 48, bottom: 36, containLabel: true },
    dataZoom: [{ type: 'inside', filterMode: 'none', zoomOnMouseWheel: 'ctrl', moveOnMouseWheel: false }],
    xAxis: {
      ...common,
      type: data.axis,
      name: xName,
      nameLocation: 'middle',
      nameGap: 30,
      splitLine: { show: false },
      ...(data.axis === 'category'
        ? { data: data.categories, axisLabel: { ...label, hideOverlap: true } }
        : {}),
    },
    yAxis: {
      ...common,
      type: 'value',
      name: yName,
      nameTextStyle: { ...label, align: 'left' },
      // Bars are read by their length, so they begin at zero.
      scale: kind !== 'bar',
      splitLine: lines,
    },
  };
}

function seriesOf({ name, points }: ChartData['series'][number], kind: ChartKind, data: ChartData) {
  const many = data.pointCount > 500;
  if (kind === 'bar') return { type: 'bar', name, data: points, barMaxWidth: 48 };
  if (kind === 'scatter')
    return { type: 'scatter', name, data: points, symbolSize: many ? 4 : 8, large: many };
  return {
    type: 'line',
    name,
    data: points,
    showSymbol: !many,
    symbolSize: 6,
    sampling: many ? 'lttb' : undefined,
  };
}

function pieOf({ categories, series }: ChartData, theme: ChartTheme) {
  const points = series[0]?.points ?? [];
  return {
    type: 'pie',
    radius: ['35%', '70%'],
    center: ['50%', '56%'],
    itemStyle: { borderColor: theme.surface, borderWidth: 2 },
    label: { color: theme.text, fontFamily: theme.font },
    data: categories.map((name, index) => ({ name, value: Math.max(0, Number(points[index] ?? 0)) })),
  };
}
