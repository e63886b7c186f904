import type { PlotView } from './plot-view.ts';

interface Inset {
  left: number;
  right: number;
}

/** One turn of a wheel, as a share of what is shown. */
const wheelZoom = 0.0015;
const wheelPan = 0.001;
/** Less than so many pixels is a click. */
const leastDragPx = 4;

/**
 * Drag shows what is dragged over; with Shift it moves. The wheel zooms with Ctrl and moves with Shift or sideways:
 * alone it scrolls the page, as everywhere. A double click shows all. @returns its end
 */
export function takeGestures(host: HTMLElement, view: PlotView, inset: Inset): () => void {
  const marks = makeMarks(host);
  const controller = new AbortController();
  const { signal } = controller;
  const scale = () => {
    const box = host.getBoundingClientRect();
    const width = Math.max(1, box.width - inset.left - inset.right);
    const range = view.range();
    return {
      width,
      toX: (clientX: number) =>
        range.from +
        (Math.min(Math.max(clientX - box.left - inset.left, 0), width) / width) * (range.to - range.from),
      toPx: (x: number) => inset.left + ((x - range.from) / (range.to - range.from)) * width,
    };
  };
  const showCrosshair = () => {
    const x = view.hovered();
    const { from, to } = view.range();
    marks.showLine(x === undefined || x < from || x > to ? undefined : scale().toPx(x));
  };
  let drag: { startX: number; lastClientX: number; isPan: boolean; movedPx: number } | undefined;
  host.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      host.setPointerCapture(event.pointerId);
      const startX = scale().toX(event.clientX);
      drag = { startX, lastClientX: event.clientX, isPan: event.shiftKey, movedPx: 0 };
    },
    { signal },
  );
  host.addEventListener(
    'pointermove',
    (event) => {
      const { toX, toPx, width } = scale();
      view.hover(toX(event.clientX));
      if (!drag) return;
      const byPx = event.clientX - drag.lastClientX;
      drag.movedPx += Math.abs(byPx);
      drag.lastClientX = event.clientX;
      if (drag.isPan) view.pan(-byPx / width);
      else marks.showBox(toPx(drag.startX), toPx(toX(event.clientX)));
    },
    { signal },
  );
  const endDrag = (event: PointerEvent) => {
    const ended = drag;
    drag = undefined;
    marks.showBox(undefined);
    if (!ended || ended.isPan || ended.movedPx < leastDragPx || event.type === 'pointercancel') return;
    const endX = scale().toX(event.clientX);
    view.show({ from: Math.min(ended.startX, endX), to: Math.max(ended.startX, endX) });
  };
  host.addEventListener('pointerup', endDrag, { signal });
  host.addEventListener('pointercancel', endDrag, { signal });
  host.addEventListener('pointerleave', () => view.hover(undefined), { signal });
  host.addEventListener('dblclick', () => view.showWhole(), { signal });
  host.addEventListener(
    'wheel',
    (event) => {
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (event.ctrlKey || event.metaKey) {
        view.zoom(Math.exp(event.deltaY * wheelZoom), scale().toX(event.clientX));
      } else if (event.shiftKey || isSideways) {
        view.pan((isSideways ? event.deltaX : event.deltaY) * wheelPan);
      } else return;
      event.preventDefault();
    },
    { signal, passive: false },
  );
  const ends = [view.hovers.subscribe(showCrosshair), view.ranges.subscribe(showCrosshair)];
  return () => {
    controller.abort();
    ends.forEach((end) => end());
    marks.remove();
  };
}

/** A line where the pointer is in any of the charts, and a box over what is being chosen; both above the picture. */
function makeMarks(host: HTMLElement) {
  const line = document.createElement('div');
  const box = document.createElement('div');
  line.className = 'pointer-events-none absolute top-[10px] bottom-[26px] left-0 w-px bg-border-strong';
  box.className =
    'pointer-events-none absolute top-[10px] bottom-[26px] left-0 origin-left border-x border-accent bg-accent opacity-20';
  line.hidden = box.hidden = true;
  host.append(line, box);
  return {
    showLine(px: number | undefined) {
      line.hidden = px === undefined;
      if (px !== undefined) line.style.transform = `translateX(${px}px)`;
    },
    showBox(fromPx: number | undefined, toPx = 0) {
      box.hidden = fromPx === undefined;
      if (fromPx === undefined) return;
      box.style.transform = `translateX(${Math.min(fromPx, toPx)}px)`;
      box.style.width = `${Math.abs(toPx - fromPx)}px`;
    },
    remove() {
      line.remove();
      box.remove();
    },
  };
}
