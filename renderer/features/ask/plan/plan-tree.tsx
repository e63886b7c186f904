import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { QueryPlan } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { PlanItem } from './plan-item.tsx';
import { listRows, visibleRows, type PlanRow } from './plan-rows.ts';
import { PlanStep } from './plan-step.tsx';

/** The steps as a tree: arrows move and open, Home and End jump; the chosen step's facts stand beside it. */
export function PlanTree({ plan }: { plan: QueryPlan }) {
  const rows = useMemo(() => listRows(plan), [plan]);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const [chosen, setChosen] = useState(0);
  const treeRef = useRef<HTMLDivElement>(null);
  const shown = visibleRows(rows, closed);

  function setOpen(at: number, isOpen: boolean): void {
    const next = new Set(closed);
    if (isOpen) next.delete(at);
    else next.add(at);
    setClosed(next);
  }

  function focus(row: PlanRow | undefined): void {
    if (!row) return;
    setChosen(row.at);
    treeRef.current?.querySelector<HTMLElement>(`[data-at="${row.at}"]`)?.focus();
  }

  function press(event: KeyboardEvent): void {
    const place = shown.findIndex(({ at }) => at === chosen);
    const row = shown[place];
    if (!row) return;
    const isOpen = row.hasChildren && !closed.has(row.at);
    const moves: Record<string, () => void> = {
      ArrowDown: () => focus(shown[place + 1]),
      ArrowUp: () => focus(shown[place - 1]),
      Home: () => focus(shown[0]),
      End: () => focus(shown.at(-1)),
      ArrowRight: () =>
        row.hasChildren && !isOpen ? setOpen(row.at, true) : focus(isOpen ? shown[place + 1] : undefined),
      ArrowLeft: () => (isOpen ? setOpen(row.at, false) : focus(shown.find(({ at }) => at === row.parent))),
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  }

  const step = rows[chosen];
  return (
    <div className="plan-body">
      <div
        ref={treeRef}
        className="plan-tree scroll"
        role="tree"
        aria-label={copy.plan.tree}
        onKeyDown={press}
      >
        {shown.map((row) => (
          <PlanItem
            key={row.at}
            row={row}
            isOpen={!closed.has(row.at)}
            isChosen={row.at === chosen}
            isMeasured={plan.analyzed}
            onChoose={() => setChosen(row.at)}
            onToggle={() => setOpen(row.at, closed.has(row.at))}
          />
        ))}
      </div>
      {step && <PlanStep node={step.node} />}
    </div>
  );
}
