import { useEffect, useRef, useState } from 'react';

/** Keys that follow each other closer than this are a burst, such as a key that is held: its end is waited for. */
const burstMs = 70;
/** How long no key comes after a burst, in milliseconds. */
const pauseMs = 30;

/**
 * Text that shows every key at once and is handed on at once too, but in a burst, of which only the end is: the search
 * takes milliseconds, and a newer one cancels it.
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
    const isBurst = now - typedAt.current < burstMs;
    typedAt.current = now;
    if (isBurst) timer.current = setTimeout(() => handOn(next), pauseMs);
    else handOn(next);
  }
  return [text, type];
}
