import { useEffect, useRef, useState } from 'react';
import { copy } from '../../copy.ts';
import { requestAsk } from '../../lib/ask-request.ts';
import { pressAsk, readAnswer } from './tour-steps.ts';

/** `ready`: the question is written; `waiting`: the database is not up yet. */
export type AskingState = 'ready' | 'waiting' | 'asking' | 'failed';

const lookMs = 150;
/** An answer of before may still be on the page in the moment after the button was pressed. */
const settleMs = 300;

/** Writes the tour's question into the page, and asks it there as the user would. Rows on the page are the end. */
export function useFirstQuestion(isShown: boolean, onAnswered: () => void) {
  const [state, setState] = useState<AskingState>('ready');
  const pressedAt = useRef<number>(undefined);
  useEffect(() => {
    if (isShown) requestAsk({ connectionId: 'demo:ecommerce', question: copy.tour.question });
  }, [isShown]);
  useEffect(() => {
    if (!isShown) return undefined;
    const timer = setInterval(() => {
      if (state === 'waiting' && pressAsk()) {
        pressedAt.current = performance.now();
        setState('asking');
        return;
      }
      const pressed = pressedAt.current;
      if (state !== 'asking' || pressed === undefined || performance.now() - pressed < settleMs) return;
      const answer = readAnswer();
      if (answer === 'failed') setState('failed');
      if (answer !== 'rows' && answer !== 'written') return;
      setState('ready');
      onAnswered();
    }, lookMs);
    return () => clearInterval(timer);
  }, [isShown, onAnswered, state]);
  return { state, ask: () => setState('waiting') };
}
