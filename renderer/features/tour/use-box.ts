import { useEffect, useState } from 'react';
import type { Box } from './place-card.ts';

/** The page moves under the tour: panes open, rows come. Often enough to follow, too seldom to cost anything. */
const lookMs = 150;

/** Where the target lies now; undefined while it is not on the page. */
export function useBox(selector: string | undefined): Box | undefined {
  const [box, setBox] = useState<Box>();
  useEffect(() => {
    const look = () => setBox((before) => keepEqual(before, measure(selector)));
    look();
    const timer = setInterval(look, lookMs);
    window.addEventListener('resize', look);
    return () => {
      clearInterval(timer);
      window.removeEventListener('resize', look);
    };
  }, [selector]);
  return box;
}

function measure(selector: string | undefined): Box | undefined {
  const element = selector === undefined ? null : document.querySelector(selector);
  if (!element) return undefined;
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}

/** The same object for the same place, so that nothing is drawn anew. */
function keepEqual(before: Box | undefined, now: Box | undefined): Box | undefined {
  if (!before || !now) return now;
  const isSame =
    before.left === now.left &&
    before.top === now.top &&
    before.width === now.width &&
    before.height === now.height;
  return isSame ? before : now;
}
