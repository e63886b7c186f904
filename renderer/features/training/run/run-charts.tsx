import { useEffect, useMemo } from 'react';
import { copy } from '../../../copy.ts';
import { formatBytes, formatCount } from '../../../lib/format-values.ts';
import { formatElapsed } from '../format-elapsed.ts';
import type { PlotLine, PlotOptions } from '../plot/draw-plot.ts';
import { PlotCard } from '../plot/plot-card.tsx';
import { usePlotSettings } from '../plot/plot-settings.ts';
import { PlotToolbar, takePlotKeys } from '../plot/plot-toolbar.tsx';
import { createPlotView } from '../plot/plot-view.ts';
import { hasNumbers, type RunCurves } from './run-curves.ts';
import { useNews } from './use-news.ts';

const text = copy.training.charts;

const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const loss = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(4));
const rate = (value: number): string => (value === 0 ? '0' : value.toExponential(2));
const plain = (value: number): string =>
  value >= 1_000 ? formatCount(Math.round(value)) : value.toPrecision(3);

interface ChartPlan {
  id: string;
  title: string;
  hint: string;
  options: PlotOptions;
}

/** What a run measured, while it is measured: all charts show the same range and the same place. */
export function RunCharts({ curves }: { curves: RunCurves }) {
  const { axis, isLog, smoothing } = usePlotSettings();
  const view = useMemo(() => createPlotView(() => curves.extentOf(axis)), [curves, axis]);
  useEffect(() => curves.setSmoothing(smoothing), [curves, smoothing]);
  const present = useNews(curves.news, () => presentCharts(curves).join(' '));
  const charts = useMemo(
    () => planCharts(curves, axis, isLog).filter(({ id }) => present.split(' ').includes(id)),
    [curves, axis, isLog, present],
  );
  const [first, ...others] = charts;
  if (!first) return <p className="py-6 text-center text-text-2">{text.none}</p>;
  const common = { view, news: curves.news, xName: text.axes[axis] };
  return (
    <div
      className="grid gap-3"
      role="group"
      aria-label={text.title}
      onKeyDown={(event) => takePlotKeys(view, event)}
    >
      <PlotToolbar view={view} formatX={first.options.formatX} />
      <PlotCard key={first.id} {...first} {...common} heightPx={300} />
      <div className="grid grid-cols-2 gap-3 max-[1000px]:grid-cols-1 min-[1700px]:grid-cols-3">
        {others.map((chart) => (
          <PlotCard key={chart.id} {...chart} {...common} />
        ))}
      </div>
      <p className="text-xs text-text-2">{text.gestures}</p>
    </div>
  );
}

/** Without a GPU there is nothing to draw of it. */
function presentCharts({ steps, evaluations }: RunCurves): string[] {
  const found = {
    loss: hasNumbers(steps.loss) || hasNumbers(evaluations.validationLoss),
    accuracy: hasNumbers(evaluations.executionAccuracy) || hasNumbers(evaluations.tokenAccuracy),
    rate: hasNumbers(steps.learningRate),
    speed: hasNumbers(steps.tokensPerSecond),
    memory: hasNumbers(steps.gpuMemory),
    use: hasNumbers(steps.gpuUtilization),
    gradient: hasNumbers(steps.gradientNorm),
  };
  return Object.entries(found).flatMap(([id, isThere]) => (isThere ? [id] : []));
}

function planCharts({ steps, evaluations }: RunCurves, axis: 'step' | 'time', isLog: boolean): ChartPlan[] {
  const x = axis === 'step' ? steps.step : steps.elapsedSeconds;
  const measuredX = axis === 'step' ? evaluations.step : evaluations.elapsedSeconds;
  const formatX = axis === 'step' ? (value: number) => formatCount(Math.round(value)) : formatElapsed;
  const plan = (
    id: keyof typeof text.plots,
    formatY: (value: number) => string,
    lines: PlotLine[],
    log = false,
  ): ChartPlan => ({ id, ...text.plots[id], options: { lines, isLog: log, axis, formatX, formatY } });
  const single = (id: keyof typeof text.plots, y: PlotLine['y'], color: number): PlotLine[] => [
    { id, name: text.plots[id].title, x, y, color },
  ];
  return [
    plan(
      'loss',
      loss,
      [
        { id: 'raw', name: text.lines.training, x, y: steps.loss, color: 0, look: 'faint' },
        { id: 'smooth', name: text.lines.smoothed, x, y: steps.smoothedLoss, color: 0 },
        {
          ...{ id: 'validation', name: text.lines.validation, x: measuredX, y: evaluations.validationLoss },
          ...{ color: 2, look: 'dots' },
        },
      ],
      isLog,
    ),
    plan('accuracy', percent, [
      {
        ...{ id: 'execution', name: text.lines.execution, x: measuredX, y: evaluations.executionAccuracy },
        ...{ color: 1, look: 'dots' },
      },
      {
        ...{ id: 'tokens', name: text.lines.tokens, x: measuredX, y: evaluations.tokenAccuracy },
        ...{ color: 4, look: 'dots' },
      },
    ]),
    plan('rate', rate, single('rate', steps.learningRate, 3)),
    plan('speed', plain, single('speed', steps.tokensPerSecond, 1)),
    plan('memory', formatBytes, single('memory', steps.gpuMemory, 2)),
    plan('use', percent, single('use', steps.gpuUtilization, 0)),
    plan('gradient', plain, single('gradient', steps.gradientNorm, 4)),
  ];
}
