import { ChevronLeft, ChevronRight, ChevronsRight, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { useSyncExternalStore, type KeyboardEvent } from 'react';
import { IconButton } from '../../../components/button.tsx';
import { Switch } from '../../../components/switch.tsx';
import { copy } from '../../../copy.ts';
import { isTextTarget } from '../../../lib/keyboard.ts';
import { setPlotSettings, usePlotSettings } from './plot-settings.ts';
import type { PlotView } from './plot-view.ts';

const text = copy.training.charts;

interface PlotToolbarProps {
  view: PlotView;
  formatX(value: number): string;
}

/** What is shown of all charts, and how. */
export function PlotToolbar({ view, formatX }: PlotToolbarProps) {
  const { axis, isLog, smoothing } = usePlotSettings();
  useSyncExternalStore(view.ranges.subscribe, view.ranges.version);
  const { from, to } = view.range();
  return (
    <div
      className="sticky top-0 z-10 flex flex-wrap items-center gap-x-4 gap-y-1 border-b border-border bg-bg py-2"
      role="toolbar"
      aria-label={text.toolbar}
    >
      <div className="segmented" role="radiogroup" aria-label={text.axis}>
        {(['step', 'time'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="plot-axis"
              checked={axis === one}
              onChange={() => setPlotSettings({ axis: one })}
            />
            {text.axes[one]}
          </label>
        ))}
      </div>
      <label className="flex items-center gap-2 text-s" title={text.smoothingHint}>
        {text.smoothing}
        <input
          type="range"
          className="w-[120px] accent-accent"
          min={0}
          max={0.99}
          step={0.01}
          value={smoothing}
          onChange={(event) => setPlotSettings({ smoothing: Number(event.target.value) })}
        />
        <span className="w-[32px] text-xs text-text-2 tabular-nums">{smoothing.toFixed(2)}</span>
      </label>
      <Switch
        label={text.log}
        hint={text.logHint}
        checked={isLog}
        onChange={(next) => setPlotSettings({ isLog: next })}
      />
      <span className="grow" />
      <span className="text-xs text-text-2 tabular-nums" title={text.gestures}>
        {view.isWhole() ? text.whole : text.range(formatX(from), formatX(to))}
      </span>
      <div className="flex items-center" role="group" aria-label={text.zoom}>
        <IconButton icon={ChevronLeft} label={text.earlier} onClick={() => view.pan(-0.25)} />
        <IconButton icon={ChevronRight} label={text.later} onClick={() => view.pan(0.25)} />
        <IconButton icon={ZoomOut} label={text.zoomOut} onClick={() => view.zoom(2)} />
        <IconButton icon={ZoomIn} label={text.zoomIn} onClick={() => view.zoom(0.5)} />
        <IconButton icon={ChevronsRight} label={text.latest} onClick={() => view.showLatest()} />
        <IconButton icon={Maximize2} label={text.showWhole} onClick={() => view.showWhole()} />
      </div>
    </div>
  );
}

/** The same by keys, wherever in the charts the focus is. */
export function takePlotKeys(view: PlotView, event: KeyboardEvent): void {
  if (isTextTarget(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const moves: Record<string, () => void> = {
    '+': () => view.zoom(0.5),
    '=': () => view.zoom(0.5),
    '-': () => view.zoom(2),
    '0': () => view.showWhole(),
    ArrowLeft: () => view.pan(-0.1),
    ArrowRight: () => view.pan(0.1),
    End: () => view.showLatest(),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move();
}
