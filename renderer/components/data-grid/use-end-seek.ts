import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react';
import type { GridKey } from './selection.ts';

interface EndSeekOptions {
  scrollRef: RefObject<HTMLElement | null>;
  /** How many rows can be scrolled to now. */
  rowCount: number;
  /** Finds how many there are; undefined where that is known. */
  find: (() => Promise<number | undefined>) | undefined;
  goTo(row: number, move: GridKey): void;
}

export interface EndSeek {
  /** Where the end is not known: finds it, and then goes there as that key does. */
  start(move: GridKey): void;
  /** The user has gone somewhere else meanwhile. */
  forget(): void;
}

interface Found {
  row: number;
  move: GridKey;
}

/** A scroll bar that was drawn down means what Ctrl+ArrowDown means. */
const drawnDown: GridKey = { key: 'ArrowDown', shift: false, mod: true };
const nearEndPx = 2;

/** The way to the last row of a result of which nobody knows yet how long it is. */
export function useEndSeek({ scrollRef, rowCount, find, goTo }: EndSeekOptions): EndSeek {
  const [found, setFound] = useState<Found>();
  /** What is sought; another object, or none, where it is not wanted any more. */
  const sought = useRef<GridKey>(undefined);
  const latest = useRef({ find, goTo });
  useLayoutEffect(() => {
    latest.current = { find, goTo };
  });

  const start = useCallback((move: GridKey): void => {
    const finding = latest.current.find?.();
    if (!finding) return;
    sought.current = move;
    void finding.then((count) => {
      if (sought.current === move && count !== undefined && count > 0) setFound({ row: count - 1, move });
    });
  }, []);
  const forget = useCallback((): void => {
    sought.current = undefined;
  }, []);

  // Only once the grid is as long as what was found.
  useEffect(() => {
    if (!found || found.row >= rowCount || sought.current !== found.move) return;
    latest.current.goTo(found.row, found.move);
  }, [found, rowCount]);

  useEffect(
    () => watchScrollBar(scrollRef.current, () => start({ ...drawnDown }), forget),
    [scrollRef, start, forget],
  );

  return { start, forget };
}

/** Tells when somebody draws the scroll bar to its end; keys and the wheel read on page by page. */
function watchScrollBar(
  element: HTMLElement | null,
  onEnd: () => void,
  onLeave: () => void,
): (() => void) | undefined {
  if (!element) return undefined;
  const stop = new AbortController();
  const options = { signal: stop.signal, passive: true };
  let isDrawn = false;
  let wasEnd = false;
  const press = (event: PointerEvent) => {
    const fromLeft = event.clientX - element.getBoundingClientRect().left;
    isDrawn = event.target === element && fromLeft >= element.clientWidth;
    wasEnd = false;
  };
  const release = () => {
    isDrawn = false;
  };
  const scroll = () => {
    const isEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - nearEndPx;
    if (isDrawn && isEnd && !wasEnd) onEnd();
    wasEnd = isEnd;
  };
  const wheel = () => {
    release();
    onLeave();
  };
  element.addEventListener('pointerdown', press, options);
  element.addEventListener('scroll', scroll, options);
  element.addEventListener('wheel', wheel, options);
  element.addEventListener('keydown', release, options);
  // A scroll bar may not say when it is let go; a pointer that moves without a button does.
  element.addEventListener('pointermove', ({ buttons }) => buttons === 0 && release(), options);
  return () => stop.abort();
}
