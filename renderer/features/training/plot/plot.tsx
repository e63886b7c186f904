import { useEffect, useRef } from 'react';
import type { Changes } from './changes.ts';
import type { PlotOptions } from './draw-plot.ts';
import { mountPlot } from './mount-plot.ts';
import type { PlotView } from './plot-view.ts';

interface PlotProps {
  /** What is to be seen, for whoever does not see it. */
  label: string;
  heightPx: number;
  /** Keep it stable: with another one the chart is made anew. */
  options: PlotOptions;
  view: PlotView;
  news: Changes;
}

/** Lines over steps or time. Heavy: to be loaded when it is shown. */
export function Plot({ label, heightPx, options, view, news }: PlotProps) {
  const hostRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = hostRef.current;
    return host ? mountPlot(host, options, view, news) : undefined;
  }, [options, view, news]);
  return (
    <div
      ref={hostRef}
      role="img"
      aria-label={label}
      className="relative w-full cursor-crosshair touch-pan-y select-none"
      style={{ height: heightPx }}
    />
  );
}
