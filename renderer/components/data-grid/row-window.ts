import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';

export interface RowWindow {
  /** Height of what scrolls, in pixels. */
  bodyPx: number;
  /** The first row to draw, and the row behind the last one. */
  first: number;
  end: number;
  /** Rows that are really on show. */
  shownFrom: number;
  shownTo: number;
  /** Where the drawn rows' own box stands in the body, in pixels. */
  basePx: number;
  /** Where a row stands in that box, in pixels: the same while it is scrolled, so that rows need not be drawn anew. */
  topOf(index: number): number;
  scrollToRow(index: number): void;
}

interface WindowOptions {
  scrollRef: RefObject<HTMLElement | null>;
  count: number;
  rowPx: number;
  /** Covered at the top by what sticks there. */
  headPx: number;
}

/** Firefox draws no element beyond 17.8 million pixels, Chromium none beyond 33 million. */
export const tallestBodyPx = 12_000_000;
const overscanRows = 6;
const rowsPerBase = 1_000;
/** Drawn before the first measurement: what a window may have. */
const guessedViewportPx = 600;

/**
 * The rows that can be seen. Where all rows together would be taller than browsers can draw, the scroll bar stands for
 * more pixels than it has: its thumb jumps in proportion, the wheel and the keys move as far as ever.
 */
export function useRowWindow({ scrollRef, count, rowPx, headPx }: WindowOptions): RowWindow {
  const [top, setTop] = useState(0);
  const [viewportPx, setViewportPx] = useState(guessedViewportPx);
  /** Where the last move of our own led: rows' pixels, and the scroll bar's. */
  const exact = useRef({ top: 0, scrollTop: 0 });
  const totalPx = count * rowPx;
  const bodyPx = Math.min(totalPx, tallestBodyPx);
  const seenPx = Math.max(rowPx, viewportPx - headPx);
  const scale = totalPx > bodyPx ? (totalPx - seenPx) / (bodyPx - seenPx) : 1;
  const lastTop = Math.max(0, totalPx - seenPx);
  const latest = useRef({ scale, lastTop });
  useLayoutEffect(() => {
    latest.current = { scale, lastTop };
  });

  const moveTo = useCallback(
    (next: number): void => {
      const element = scrollRef.current;
      if (!element) return;
      const clamped = Math.min(Math.max(next, 0), latest.current.lastTop);
      element.scrollTop = clamped / latest.current.scale;
      exact.current = { top: clamped, scrollTop: element.scrollTop };
      setTop(clamped);
    },
    [scrollRef],
  );

  useEffect(() => {
    const element = scrollRef.current;
    if (!element) return;
    const onScroll = () => {
      const { scrollTop } = element;
      if (Math.abs(scrollTop - exact.current.scrollTop) < 1) return;
      exact.current = { top: scrollTop * latest.current.scale, scrollTop };
      setTop(exact.current.top);
    };
    const onWheel = (event: WheelEvent) => {
      if (latest.current.scale === 1 || event.ctrlKey || event.shiftKey || event.deltaY === 0) return;
      event.preventDefault();
      moveTo(exact.current.top + event.deltaY * (event.deltaMode === 1 ? rowPx : 1));
    };
    const measure = () => setViewportPx(element.clientHeight || guessedViewportPx);
    const observer = typeof ResizeObserver === 'undefined' ? undefined : new ResizeObserver(measure);
    measure();
    observer?.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      observer?.disconnect();
      element.removeEventListener('scroll', onScroll);
      element.removeEventListener('wheel', onWheel);
    };
  }, [scrollRef, rowPx, moveTo]);

  const shownTop = Math.min(top, lastTop);
  const shownFrom = Math.floor(shownTop / rowPx);
  const shownTo = Math.min(count, Math.ceil((shownTop + seenPx) / rowPx));
  const base = Math.floor(shownFrom / rowsPerBase) * rowsPerBase;
  return {
    bodyPx,
    first: Math.max(0, shownFrom - overscanRows),
    end: Math.min(count, shownTo + overscanRows),
    shownFrom,
    shownTo,
    basePx: base * rowPx - shownTop + Math.min(shownTop / scale, Math.max(0, bodyPx - seenPx)),
    topOf: (index) => (index - base) * rowPx,
    scrollToRow(index) {
      const rowTop = index * rowPx;
      if (rowTop < exact.current.top) moveTo(rowTop);
      else if (rowTop + rowPx > exact.current.top + seenPx) moveTo(rowTop + rowPx - seenPx);
    },
  };
}
