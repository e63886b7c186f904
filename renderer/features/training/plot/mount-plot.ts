import { readChartColors, watchTheme } from '../../../components/chart/chart-colors.ts';
import { slowDown, type Changes } from './changes.ts';
import { drawPlot, plotInset, type PlotOptions } from './draw-plot.ts';
import { takeGestures } from './plot-gestures.ts';
import type { PlotView } from './plot-view.ts';

/** What comes is drawn at most so often, in milliseconds; what the user does, at once. */
const newsEveryMs = 200;

/** Draws the lines into an element, anew when the view, the data, the theme or the size changes. @returns its end */
export function mountPlot(
  host: HTMLElement,
  options: PlotOptions,
  view: PlotView,
  news: Changes,
): () => void {
  const canvas = document.createElement('canvas');
  canvas.className = 'absolute inset-0 h-full w-full';
  host.prepend(canvas);
  const pen = canvas.getContext('2d');
  let colors = readChartColors(host);
  let frame: number | undefined;
  let isSeen = true;
  let isStale = true;
  const draw = () => {
    frame = undefined;
    if (!pen || !isSeen || !isStale) return;
    isStale = false;
    const size = fitCanvas(canvas, pen);
    drawPlot(pen, size, options, view.range(), colors);
  };
  const drawSoon = () => {
    isStale = true;
    frame ??= requestAnimationFrame(draw);
  };
  draw();
  const sized = new ResizeObserver(drawSoon);
  sized.observe(host);
  const ends = [
    watchTheme(() => {
      colors = readChartColors(host);
      drawSoon();
    }),
    watchSeen(host, (isNowSeen) => {
      isSeen = isNowSeen;
      if (isSeen && isStale) drawSoon();
    }),
    view.ranges.subscribe(drawSoon),
    slowDown(news, newsEveryMs).subscribe(drawSoon),
    takeGestures(host, view, plotInset),
  ];
  return () => {
    if (frame !== undefined) cancelAnimationFrame(frame);
    sized.disconnect();
    ends.forEach((end) => end());
    canvas.remove();
  };
}

/** As many dots as the screen has; drawn in CSS pixels. */
function fitCanvas(canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const ratio = window.devicePixelRatio || 1;
  const [dotsAcross, dotsDown] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== dotsAcross || canvas.height !== dotsDown) {
    canvas.width = dotsAcross;
    canvas.height = dotsDown;
  }
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { width, height };
}

/** What is out of sight is not drawn. */
function watchSeen(host: HTMLElement, onChange: (isSeen: boolean) => void): () => void {
  if (typeof IntersectionObserver === 'undefined') return () => undefined;
  const observer = new IntersectionObserver((entries) => onChange(entries.at(-1)?.isIntersecting ?? true));
  observer.observe(host);
  return () => observer.disconnect();
}
