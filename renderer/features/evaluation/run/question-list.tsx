import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { FailureCause } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';

/** What a line of the list shows, of one run or of two. */
export interface ListedQuestion {
  id: string;
  question: string;
  db: string;
  hardness: keyof typeof copy.evaluation.hardness;
  causes: readonly FailureCause[];
}

interface QuestionListProps<Q extends ListedQuestion> {
  rows: readonly Q[];
  chosenId: string | undefined;
  onOpen(id: string): void;
  /** Beside the question's facts. Defaults to its first cause. */
  describe?(row: Q): string;
}

const rowHeightPx = 54;

/** Of many questions only the visible ones are in the document. One tab stop; the arrows open the next. */
export function QuestionList<Q extends ListedQuestion>({
  rows,
  chosenId,
  onOpen,
  describe,
}: QuestionListProps<Q>) {
  // useVirtualizer hands out functions that the React compiler must not cache.
  'use no memo';
  const scrollRef = useRef<HTMLDivElement>(null);
  const axis = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scrollRef.current,
    estimateSize: () => rowHeightPx,
    overscan: 10,
  });
  const at = rows.findIndex(({ id }) => id === chosenId);
  useEffect(() => {
    if (at >= 0) axis.scrollToIndex(at);
  }, [axis, at]);
  function move(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    if (next) onOpen(next.id);
  }
  return (
    <div
      ref={scrollRef}
      className="scroll min-h-0 flex-1 outline-offset-[-2px]"
      role="listbox"
      tabIndex={0}
      aria-label={copy.evaluation.questions.list}
      aria-activedescendant={at < 0 ? undefined : `question-${at}`}
      onKeyDown={move}
    >
      <div className="relative" role="presentation" style={{ height: axis.getTotalSize() }}>
        {axis.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div
              key={row.id}
              id={`question-${index}`}
              role="option"
              aria-selected={index === at}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className="absolute grid w-full cursor-pointer content-center gap-[2px] border-b border-border px-3 hover:bg-surface-2 aria-selected:bg-accent-soft"
              style={{ height: rowHeightPx, transform: `translateY(${start}px)` }}
              onClick={() => onOpen(row.id)}
            >
              <span className="truncate text-s" title={row.question}>
                {row.question}
              </span>
              <span className="truncate text-xs text-text-2">
                {[
                  row.db,
                  copy.evaluation.hardness[row.hardness],
                  describe ? describe(row) : describeCause(row),
                ].join(' · ')}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function describeCause({ causes }: ListedQuestion): string {
  const [first] = causes;
  return first === undefined ? copy.evaluation.live.right : copy.evaluation.causes[first].name;
}
