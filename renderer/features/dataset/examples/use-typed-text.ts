import { useEffect, useRef, useState } from 'react';

/** Keys that follow each other closer than this are waited for, in milliseconds. */
const pauseMs = 30;
/** A key after a rest this long is not part of a burst: it is searched for at once. */
const restMs = 250;

/**
 * Text that shows every key at once and is handed on when typing pauses. A first key goes on at once: the search takes
 * milliseconds, and a newer one cancels it.
 * @param value what holds elsewhere; a change from there, such as a chip that is taken away, replaces what is typed
 */
export function useTypedText(
  value: string,
  onSettle: (text: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [handedOn, setHandedOn] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const typedAt = useRef(-Infinity);
  if (value !== handedOn) {
    setHandedOn(value);
    setText(value);
  }
  useEffect(() => () => clearTimeout(timer.current), []);

  function handOn(next: string): void {
    setHandedOn(next);
    onSettle(next);
  }

  function type(next: string): void {
    setText(next);
    clearTimeout(timer.current);
    const now = performance.now();
    const rested = now - typedAt.current > restMs;
    typedAt.current = now;
    if (rested) handOn(next);
    else timer.current = setTimeout(() => handOn(next), pauseMs);
  }
  return [text, type];
}
