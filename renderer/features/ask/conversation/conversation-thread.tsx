import { useEffect, useRef } from 'react';
import { copy } from '../../../copy.ts';
import { OutcomeMark } from '../outcome-mark.tsx';
import { asOneLine, type ThreadTurn } from './thread.ts';

interface ConversationThreadProps {
  turns: readonly ThreadTurn[];
  shownId: number | undefined;
  disabled: boolean;
  onPick(turn: ThreadTurn): void;
}

const texts = copy.conversation;

/** The turns so far, oldest first; a click brings one back. */
export function ConversationThread({ turns, shownId, disabled, onPick }: ConversationThreadProps) {
  const listRef = useRef<HTMLOListElement>(null);
  const latest = turns.at(-1)?.id;
  useEffect(() => {
    const list = listRef.current;
    if (list) list.scrollTop = list.scrollHeight;
  }, [latest]);
  // One turn that is on show says nothing that the question and the statement below do not.
  if (turns.length === 0 || (turns.length === 1 && turns[0]?.id === shownId)) return null;
  return (
    <section className="card p-1" aria-label={texts.title}>
      <ol
        ref={listRef}
        className="scroll m-0 grid max-h-[92px] grid-cols-[minmax(0,1fr)] list-none gap-px p-0"
      >
        {turns.map((turn) => (
          <li key={turn.id}>
            <TurnRow
              turn={turn}
              isShown={turn.id === shownId}
              disabled={disabled}
              onPick={() => onPick(turn)}
            />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface TurnRowProps {
  turn: ThreadTurn;
  isShown: boolean;
  disabled: boolean;
  onPick(): void;
}

function TurnRow({ turn, isShown, disabled, onPick }: TurnRowProps) {
  const { question, sql, outcome, rowCount, truncated } = turn;
  return (
    <button
      type="button"
      className={`flex min-h-7 w-full items-center gap-3 rounded-m px-2 text-start text-s hover:bg-surface-2 ${
        isShown ? 'bg-surface-2' : ''
      }`}
      aria-current={isShown ? 'step' : undefined}
      disabled={disabled}
      title={sql === '' ? question : `${question}\n\n${sql}`}
      onClick={onPick}
    >
      <span className="visually-hidden">{texts.bringBack}</span>
      <span className="truncate min-w-0 flex-1">{question}</span>
      {sql !== '' && (
        <code className="truncate hidden min-w-0 flex-1 text-xs text-text-2 md:block">{asOneLine(sql)}</code>
      )}
      <span className="flex w-40 flex-none items-center justify-end gap-2 text-xs text-text-2 tabular-nums">
        {rowCount !== undefined && <span>{texts.rows(rowCount, truncated ?? false)}</span>}
        <OutcomeMark outcome={outcome} />
      </span>
    </button>
  );
}
