import type { ChartColors } from '../../../components/chart/chart-colors.ts';
import type { Column } from './column.ts';
import { thinOut, type Range } from './thin-out.ts';
import { findFigures, findTicks, findTimeTicks } from './ticks.ts';

/*
 * Drawn by hand: with seven charts of 100,000 points a frame of zooming took 99 ms of the main thread's time with a
 * chart library, which describes anew what only moves, and 19 ms so, on one busy machine without a GPU.
 * e2e/bench/bench-run-charts.ts measures what it takes now.
 */

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
  /** What stands along the bottom. */
  axis: 'step' | 'time';
  formatX(value: number): string;
  formatY(value: number): string;
}

/** Where the lines are drawn, in pixels from the edges: the same in every chart, so that they stand below each other. */
export const plotInset = { left: 72, right: 16, top: 10, bottom: 26 };

/** Of a line, in pixels. A dense one gets 1: without a GPU a thicker zigzag takes seven times as long to draw. */
const lineWidth = 1.75;
const densePoints = 300;
/** Drawn at once: what crosses itself is the slower the longer it is. */
const strokePoints = 50;
const dotRadius = 2.5;
/** Of the axes' figures. */
const font = '11px system-ui, sans-serif';
const linesPerHeightPx = 45;
const figuresPerWidthPx = 90;

interface Frame {
  /** Inside of the axes, in pixels. */
  left: number;
  top: number;
  width: number;
  height: number;
  range: Range;
  low: number;
  high: number;
}

/** Draws all of a chart into a canvas whose units are CSS pixels. */
export function drawPlot(
  pen: CanvasRenderingContext2D,
  size: { width: number; height: number },
  options: PlotOptions,
  range: Range,
  colors: ChartColors,
): void {
  const width = Math.max(1, size.width - plotInset.left - plotInset.right);
  const height = Math.max(1, size.height - plotInset.top - plotInset.bottom);
  // Two points for two pixels: with two for each it takes twice as long and looks the same.
  const slots = Math.max(50, Math.round(width / 2));
  const drawn = options.lines.map((line) => {
    const points = thinOut(line.x.values(), line.y.values(), range, slots);
    if (options.isLog) toLog(points);
    return { line, points };
  });
  const extent = findExtent(
    drawn.map(({ points }) => points),
    range,
  );
  const frame: Frame = { left: plotInset.left, top: plotInset.top, width, height, range, ...extent };
  pen.clearRect(0, 0, size.width, size.height);
  drawAxes(pen, frame, options, colors);
  pen.save();
  pen.beginPath();
  pen.rect(frame.left, frame.top - dotRadius, width + dotRadius, height + 2 * dotRadius);
  pen.clip();
  for (const { line, points } of drawn) drawLine(pen, frame, line, points, colors);
  pen.restore();
}

/** In place; what is not above zero has no logarithm and is a gap. */
function toLog(points: Float64Array): void {
  for (let at = 1; at < points.length; at += 2) {
    const y = points[at] ?? NaN;
    points[at] = y > 0 ? Math.log10(y) : NaN;
  }
}

/** The lowest and the highest that is to be seen, with a little room. */
function findExtent(all: readonly Float64Array[], { from, to }: Range): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (const points of all) {
    for (let at = 0; at < points.length; at += 2) {
      const [x, y] = [points[at] ?? NaN, points[at + 1] ?? NaN];
      if (x < from || x > to || Number.isNaN(y)) continue;
      if (y < low) low = y;
      if (y > high) high = y;
    }
  }
  if (low > high) return { low: 0, high: 1 };
  const room = (high - low) * 0.06 || Math.abs(high) * 0.05 || 1;
  return { low: low >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
}

function drawAxes(
  pen: CanvasRenderingContext2D,
  { left, top, width, height, range, low, high }: Frame,
  { isLog, axis, formatX, formatY }: PlotOptions,
  colors: ChartColors,
): void {
  pen.font = font;
  pen.fillStyle = colors.line;
  const toY = (value: number) => Math.round(top + height - ((value - low) / (high - low)) * height);
  const toFigure = (value: number) => formatY(isLog ? 10 ** value : value);
  const lines = findFigures(findTicks, [low, high], Math.max(2, height / linesPerHeightPx), toFigure);
  for (const { value } of lines) pen.fillRect(left, toY(value), width, 1);
  pen.fillRect(left, top, 1, height);
  pen.fillStyle = colors.muted;
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const { value, figure } of lines) pen.fillText(figure, left - 8, toY(value));
  pen.textAlign = 'center';
  pen.textBaseline = 'top';
  const find = axis === 'time' ? findTimeTicks : findTicks;
  const about = Math.max(2, width / figuresPerWidthPx);
  for (const { value, figure } of findFigures(find, [range.from, range.to], about, formatX)) {
    const x = left + ((value - range.from) / (range.to - range.from)) * width;
    if (x < left + width - 16) pen.fillText(figure, x, top + height + 8);
  }
}

function drawLine(
  pen: CanvasRenderingContext2D,
  { left, top, width, height, range, low, high }: Frame,
  { color, look }: PlotLine,
  points: Float64Array,
  { series }: ChartColors,
): void {
  const perX = width / (range.to - range.from);
  const perY = height / (high - low);
  const ink = series[color % series.length] ?? 'currentColor';
  const count = points.length / 2;
  const toX = (at: number) => left + ((points[at * 2] ?? NaN) - range.from) * perX;
  const toY = (at: number) => top + height - ((points[at * 2 + 1] ?? NaN) - low) * perY;
  pen.globalAlpha = look === 'faint' ? 0.4 : 1;
  pen.strokeStyle = pen.fillStyle = ink;
  pen.lineWidth = look === 'faint' || count > densePoints ? 1 : lineWidth;
  pen.lineJoin = 'round';
  strokeLine(pen, count, toX, toY);
  // A lone point would not be seen; where there are many, dots hide the line.
  if ((look === 'dots' && count <= width / 8) || count === 1) drawDots(pen, count, toX, toY);
  pen.globalAlpha = 1;
}

function strokeLine(
  pen: CanvasRenderingContext2D,
  count: number,
  toX: (at: number) => number,
  toY: (at: number) => number,
): void {
  // Where strokes of a thin line that can be seen through met, there would be dots.
  const most = pen.globalAlpha < 1 ? count : strokePoints;
  for (let first = 0; first < count - 1; first += most) {
    pen.beginPath();
    let isPenDown = false;
    for (let at = first; at <= Math.min(first + most, count - 1); at += 1) {
      const y = toY(at);
      if (Number.isNaN(y)) isPenDown = false;
      else if (isPenDown) pen.lineTo(toX(at), y);
      else {
        pen.moveTo(toX(at), y);
        isPenDown = true;
      }
    }
    pen.stroke();
  }
}

function drawDots(
  pen: CanvasRenderingContext2D,
  count: number,
  toX: (at: number) => number,
  toY: (at: number) => number,
): void {
  for (let at = 0; at < count; at += 1) {
    pen.beginPath();
    pen.arc(toX(at), toY(at), dotRadius, 0, 2 * Math.PI);
    pen.fill();
  }
}
