import { useCallback, useEffect, useId, useLayoutEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Button } from '../../components/button.tsx';
import { Spinner } from '../../components/spinner.tsx';
import { copy } from '../../copy.ts';
import { navigate } from '../../lib/navigation.ts';
import { setPreference } from '../../lib/preferences.ts';
import { endTour } from '../../lib/tour.ts';
import { placeCard, type Box } from './place-card.ts';
import { stepNames, targets } from './tour-steps.ts';
import { useBox } from './use-box.ts';
import { useFirstQuestion, type AskingState } from './use-first-question.ts';

const askStep = stepNames.indexOf('question');

/** Steps that point at the page, and end with an answer to a question that was really asked. Never shown twice unasked. */
export function Tour() {
  const [index, setIndex] = useState(0);
  const name = stepNames[index] ?? 'welcome';
  const goOn = useCallback(() => setIndex((at) => Math.min(at + 1, stepNames.length - 1)), []);
  const asking = useFirstQuestion(name === 'question', goOn);
  const box = useBox(targets[name]);
  const { place, ref } = usePlace(box, index);
  const titleId = useId();
  useEffect(() => navigate('ask'), []);
  function leave(): void {
    setPreference('tourDone', true);
    endTour();
  }
  function press(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    leave();
  }
  const { title, text } = copy.tour.steps[name];
  return (
    <>
      {box && <Ring box={box} />}
      <div
        ref={ref}
        role="dialog"
        aria-labelledby={titleId}
        tabIndex={-1}
        onKeyDown={press}
        style={{ left: place.left, top: place.top }}
        className="fixed z-50 grid w-[380px] max-w-[calc(100vw-24px)] gap-[12px] rounded-l border border-border-strong bg-surface p-[20px] shadow-high outline-none"
      >
        <p className="text-s text-text-2">{copy.tour.stepOf(index + 1, stepNames.length)}</p>
        <h2 id={titleId}>{title}</h2>
        <p>{text}</p>
        {name === 'question' && <AskingNote state={asking.state} />}
        <div className="flex flex-wrap items-center gap-[8px]">
          {index < stepNames.length - 1 && (
            <Button variant="ghost" onClick={leave}>
              {copy.tour.skip}
            </Button>
          )}
          <span className="grow" />
          {index > 0 && index <= askStep && (
            <Button onClick={() => setIndex(index - 1)}>{copy.tour.back}</Button>
          )}
          <Forward index={index} asking={asking} onNext={goOn} onDone={leave} />
        </div>
      </div>
    </>
  );
}

interface ForwardProps {
  index: number;
  asking: { state: AskingState; ask(): void };
  onNext(): void;
  onDone(): void;
}

function Forward({ index, asking, onNext, onDone }: ForwardProps) {
  if (index === stepNames.length - 1) {
    return (
      <Button variant="primary" onClick={onDone}>
        {copy.tour.done}
      </Button>
    );
  }
  if (index !== askStep) {
    return (
      <Button variant="primary" onClick={onNext}>
        {copy.tour.next}
      </Button>
    );
  }
  return (
    <Button
      variant="primary"
      disabled={asking.state === 'asking' || asking.state === 'waiting'}
      onClick={asking.ask}
    >
      {asking.state === 'failed' ? copy.tour.again : copy.tour.askIt}
    </Button>
  );
}

function AskingNote({ state }: { state: AskingState }) {
  return (
    <p role="status" className="min-h-[20px] text-s text-text-2">
      {state === 'ready' && <q>{copy.tour.question}</q>}
      {(state === 'waiting' || state === 'asking') && (
        <>
          <Spinner /> {state === 'waiting' ? copy.tour.waiting : copy.tour.asking}
        </>
      )}
      {state === 'failed' && copy.tour.failed}
    </p>
  );
}

/** Around what is spoken of; the page below stays in use. */
function Ring({ box: { left, top, width, height } }: { box: Box }) {
  return (
    <div
      aria-hidden
      style={{ left: left - 4, top: top - 4, width: width + 8, height: height + 8 }}
      className="pointer-events-none fixed z-40 rounded-l border-2 border-accent"
    />
  );
}

/** Where the card stands, by its own size; each step takes the focus, so that it is read out and keys reach it. */
function usePlace(box: Box | undefined, index: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 12, top: 12 });
  useLayoutEffect(() => {
    const card = ref.current;
    if (!card) return;
    const { innerWidth: width, innerHeight: height } = window;
    const size = { width: card.offsetWidth, height: card.offsetHeight };
    setPlace(placeCard(box, size, { width, height }));
  }, [box, index]);
  useEffect(() => ref.current?.focus(), [index]);
  return { ref, place };
}
