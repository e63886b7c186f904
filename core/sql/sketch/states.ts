/** The states of a grammar in continuation-passing style, and how they are put together. */
/** The state of a sketch being written: the words that may follow, and whether it may end here. */
export interface SketchState {
  readonly next: ReadonlyMap<string, () => SketchState>;
  readonly end: boolean;
}

export type Next = () => SketchState;

export function word(text: string, next: Next): SketchState {
  return { next: new Map([[text, next]]), end: false };
}

export function either(...states: SketchState[]): SketchState {
  const merged = new Map<string, () => SketchState>();
  for (const state of states) {
    for (const [text, next] of state.next) {
      const other = merged.get(text);
      merged.set(text, other ? () => either(other(), next()) : next);
    }
  }
  return { next: merged, end: states.some((state) => state.end) };
}

export const nothing: SketchState = { next: new Map(), end: false };
export const nowhere: Next = () => nothing;
export const finish: Next = () => ({ next: new Map(), end: true });

/** The words in a row, then `next`. */
export function sequence(words: readonly string[], next: Next): SketchState {
  const [first, ...rest] = words;
  return first === undefined ? next() : word(first, () => sequence(rest, next));
}
