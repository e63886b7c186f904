/** Of the part of the page that a step points at, in pixels of the window. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

const gap = 12;

/** Where the card stands: below its target, else above, else beside it, else in the middle; always in the window. */
export function placeCard(target: Box | undefined, card: Size, window: Size): { left: number; top: number } {
  const middle = { left: (window.width - card.width) / 2, top: (window.height - card.height) / 2 };
  if (!target) return keepInside(middle, card, window);
  const { left, top } = target;
  const below = top + target.height + gap;
  const above = top - gap - card.height;
  const right = left + target.width + gap;
  if (below + card.height <= window.height - gap) return keepInside({ left, top: below }, card, window);
  if (above >= gap) return keepInside({ left, top: above }, card, window);
  if (right + card.width <= window.width - gap) return keepInside({ left: right, top }, card, window);
  // Over a target that fills the window: in its lower right corner.
  return keepInside(
    { left: left + target.width - card.width - gap, top: window.height - card.height - 2 * gap },
    card,
    window,
  );
}

function keepInside(place: { left: number; top: number }, card: Size, window: Size) {
  const within = (value: number, length: number, room: number) =>
    Math.max(gap, Math.min(value, room - length - gap));
  return {
    left: within(place.left, card.width, window.width),
    top: within(place.top, card.height, window.height),
  };
}
