import { useEffect, useMemo } from 'react';
import { copy } from '../../../copy.ts';
import { formatCount } from '../../../lib/format-values.ts';
import { formatElapsed } from '../format-elapsed.ts';
import { joinChanges } from '../plot/changes.ts';
import type { PlotLine, PlotOptions } from '../plot/draw-plot.ts';
import { PlotCard } from '../plot/plot-card.tsx';
import { usePlotSettings } from '../plot/plot-settings.ts';
import { PlotToolbar, takePlotKeys } from '../plot/plot-toolbar.tsx';
import { createPlotView } from '../plot/plot-view.ts';
import { hasNumbers, type RunCurves } from '../run/run-curves.ts';
import { useNews } from '../run/use-news.ts';
import type { RunWatch } from '../run/use-run-watch.ts';

const text = copy.training;

interface NamedCurves {
  name: string;
  curves: RunCurves;
}

/** The losses of several runs in one chart, what was measured at their evaluations in others. */
export function CompareCharts({ watches }: { watches: readonly RunWatch[] }) {
  const { axis, isLog, smoothing } = usePlotSettings();
  const names = watches.map(({ run }) => run?.name ?? '').join('\n');
  const runs = useMemo(
    () => watches.flatMap(({ run, curves }) => (run ? [{ name: run.name, curves }] : [])),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the curves of a run are one object for as long as it is watched
    [names],
  );
  const view = useMemo(() => createPlotView(() => joinExtents(runs, axis)), [runs, axis]);
  const news = useMemo(() => joinChanges(runs.map(({ curves }) => curves.news)), [runs]);
  useEffect(() => runs.forEach(({ curves }) => curves.setSmoothing(smoothing)), [runs, smoothing]);
  const charts = useMemo(() => planCharts(runs, axis, isLog), [runs, axis, isLog]);
  // Without the app beside the trainer no SQL is executed.
  const hasAccuracy = useNews(news, () =>
    runs.some(({ curves }) => hasNumbers(curves.evaluations.executionAccuracy)),
  );
  const common = { view, news, xName: text.charts.axes[axis] };
  return (
    <div
      className="grid gap-3"
      role="group"
      aria-label={text.charts.title}
      onKeyDown={(event) => takePlotKeys(view, event)}
    >
      <PlotToolbar view={view} formatX={formatOf(axis)} />
      <PlotCard title={text.compare.training} options={charts.training} {...common} heightPx={300} />
      <div className="grid grid-cols-2 gap-3 max-[1000px]:grid-cols-1">
        <PlotCard title={text.compare.validation} options={charts.validation} {...common} heightPx={220} />
        {hasAccuracy && (
          <PlotCard title={text.compare.accuracy} options={charts.accuracy} {...common} heightPx={220} />
        )}
      </div>
    </div>
  );
}

const formatOf = (axis: 'step' | 'time') =>
  axis === 'step' ? (value: number) => formatCount(Math.round(value)) : formatElapsed;

function joinExtents(runs: readonly NamedCurves[], axis: 'step' | 'time') {
  const all = runs.map(({ curves }) => curves.extentOf(axis));
  return { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
}

function planCharts(runs: readonly NamedCurves[], axis: 'step' | 'time', isLog: boolean) {
  const lines = (pick: (curves: RunCurves) => Pick<PlotLine, 'x' | 'y' | 'look'>): PlotLine[] =>
    runs.map(({ name, curves }, at) => ({ id: String(at), name, color: at, ...pick(curves) }));
  const formatX = formatOf(axis);
  const loss = (value: number): string => value.toPrecision(4);
  const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const measured = (key: 'validationLoss' | 'executionAccuracy') =>
    lines(({ evaluations }) => ({
      ...{ x: axis === 'step' ? evaluations.step : evaluations.elapsedSeconds, y: evaluations[key] },
      look: 'dots',
    }));
  const training = lines(({ steps }) => ({
    ...{ x: axis === 'step' ? steps.step : steps.elapsedSeconds, y: steps.smoothedLoss },
  }));
  return {
    training: { lines: training, isLog, axis, formatX, formatY: loss },
    validation: { lines: measured('validationLoss'), isLog, axis, formatX, formatY: loss },
    accuracy: { lines: measured('executionAccuracy'), isLog: false, axis, formatX, formatY: percent },
  } satisfies Record<string, PlotOptions>;
}
