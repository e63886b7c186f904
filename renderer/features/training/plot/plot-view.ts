import { createSignal, type Changes } from './changes.ts';
import type { Range } from './thin-out.ts';

/** What all charts of a page show: one range, and one place that the pointer is at. */
export interface PlotView {
  /** What is to be seen now. */
  range(): Range;
  /** All that there is. */
  extent(): Range;
  isWhole(): boolean;
  /** Whether it goes on with what comes. */
  isFollowing(): boolean;
  show(range: Range): void;
  showWhole(): void;
  /** The last tenth, and what comes. */
  showLatest(): void;
  /** @param factor below 1 shows less @param around stays where it is; defaults to the middle */
  zoom(factor: number, around?: number): void;
  /** @param share of the range; positive goes to later */
  pan(share: number): void;
  hovered(): number | undefined;
  hover(x: number | undefined): void;
  ranges: Changes;
  hovers: Changes;
}

/** The least that is shown, in steps or seconds. */
const leastWidth = 4;

export function createPlotView(extent: () => Range): PlotView {
  const ranges = createSignal();
  const hovers = createSignal();
  let from: number | undefined;
  let to: number | undefined;
  let hoveredAt: number | undefined;
  const range = (): Range => {
    const all = extent();
    return { from: from ?? all.from, to: Math.max(to ?? all.to, (from ?? all.from) + leastWidth) };
  };
  const show = (wanted: Range): void => {
    const all = extent();
    const width = Math.max(leastWidth, Math.min(wanted.to - wanted.from, all.to - all.from));
    const start = Math.min(Math.max(wanted.from, all.from), Math.max(all.from, all.to - width));
    from = start <= all.from ? undefined : start;
    to = start + width >= all.to ? undefined : start + width;
    ranges.emit();
  };
  return {
    range,
    extent,
    show,
    isWhole: () => from === undefined && to === undefined,
    isFollowing: () => to === undefined,
    showWhole() {
      from = to = undefined;
      ranges.emit();
    },
    showLatest() {
      const all = extent();
      show({ from: all.to - (all.to - all.from) / 10, to: all.to });
    },
    zoom(factor, around) {
      const now = range();
      const fixed = around ?? (now.from + now.to) / 2;
      show({ from: fixed - (fixed - now.from) * factor, to: fixed + (now.to - fixed) * factor });
    },
    pan(share) {
      const now = range();
      const by = (now.to - now.from) * share;
      show({ from: now.from + by, to: now.to + by });
    },
    hovered: () => hoveredAt,
    hover(x) {
      if (x === hoveredAt) return;
      hoveredAt = x;
      hovers.emit();
    },
    ranges,
    hovers,
  };
}
