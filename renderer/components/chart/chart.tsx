import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { readChartColors, watchTheme, type ChartColors } from './chart-colors.ts';

echarts.use([
  ...[BarChart, CustomChart, LineChart],
  ...[GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer],
]);

/** What was clicked: the series by its name, the item by its place in the data. */
export interface ChartPick {
  series: string;
  index: number;
}

interface ChartProps {
  /** What is to be seen, for whoever does not see it: the figures themselves belong in a table. */
  label: string;
  heightPx: number;
  /** Keep it stable: with another one the chart is drawn anew. */
  describe(colors: ChartColors): EChartsCoreOption;
  onPick?(pick: ChartPick): void;
}

/** A chart in the colours of the theme. Heavy: to be loaded when it is shown. */
export function Chart({ label, heightPx, describe, onPick }: ChartProps) {
  const hostRef = useRef<HTMLDivElement>(null);
  const pickRef = useRef(onPick);
  useEffect(() => void (pickRef.current = onPick));
  useEffect(() => {
    const host = hostRef.current;
    if (!host) return;
    const chart = echarts.init(host, null, { renderer: 'svg' });
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const draw = () => chart.setOption({ animation: !isStill, ...describe(readChartColors(host)) }, true);
    draw();
    chart.on('click', ({ seriesName, dataIndex }) =>
      pickRef.current?.({ series: seriesName ?? '', index: dataIndex }),
    );
    const endTheme = watchTheme(draw);
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(host);
    return () => {
      endTheme();
      observer.disconnect();
      chart.dispose();
    };
  }, [describe]);
  return <div ref={hostRef} role="img" aria-label={label} className="w-full" style={{ height: heightPx }} />;
}
