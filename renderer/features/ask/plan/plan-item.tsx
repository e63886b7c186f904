import { ChevronDown, ChevronRight, TriangleAlert } from 'lucide-react';
import type { PlanNode } from '../../../../core/contract/index.ts';
import { copy } from '../../../copy.ts';
import { isMisestimated, type PlanRow } from './plan-rows.ts';

interface PlanItemProps {
  row: PlanRow;
  isOpen: boolean;
  isChosen: boolean;
  isMeasured: boolean;
  onChoose(): void;
  onToggle(): void;
}

const texts = copy.plan;
const indentPixels = 18;

/** One step: what it does, its rows, and its share of the time. */
export function PlanItem({ row, isOpen, isChosen, isMeasured, onChoose, onToggle }: PlanItemProps) {
  const { node, at, hasChildren, share } = row;
  const { depth, loops, ownMs, rowsRemoved, totalCost } = node;
  const Chevron = isOpen ? ChevronDown : ChevronRight;
  return (
    <div
      role="treeitem"
      className="plan-item"
      data-at={at}
      aria-level={depth + 1}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-selected={isChosen}
      tabIndex={isChosen ? 0 : -1}
      onClick={onChoose}
      onFocus={onChoose}
    >
      <span className="plan-name" style={{ paddingInlineStart: depth * indentPixels }}>
        {/* The keyboard opens with the arrows. */}
        <span className="plan-chevron" onClick={hasChildren ? onToggle : undefined}>
          {hasChildren && <Chevron aria-hidden size={14} />}
        </span>
        <StepName node={node} />
      </span>
      <span className="plan-rows">
        {loops === 0 ? (
          texts.never
        ) : (
          <>
            {texts.rows(node.plannedRows, node.actualRows)}
            {loops !== undefined && loops > 1 && ` · ${texts.loops(loops)}`}
            {rowsRemoved !== undefined && rowsRemoved > 0 && ` · ${texts.removed(rowsRemoved)}`}
          </>
        )}
        {isMisestimated(node) && <Misestimate factor={node.misestimate ?? 1} />}
      </span>
      <span className="plan-time">
        <span className="plan-bar" aria-hidden>
          <span style={{ width: `${Math.max(share * 100, share > 0 ? 1 : 0)}%` }} />
        </span>
        <span title={isMeasured ? texts.share(share) : undefined}>
          {ownMs === undefined ? texts.cost(totalCost) : texts.own(ownMs)}
        </span>
      </span>
    </div>
  );
}

function StepName({ node: { kind, relation, alias, index, subplan } }: { node: PlanNode }) {
  return (
    <span className="min-w-0">
      <strong>{kind}</strong>
      {relation !== undefined && (
        <span>
          {' '}
          {texts.on(relation)}
          {alias !== undefined && alias !== relation && ` ${alias}`}
        </span>
      )}
      {index !== undefined && <span className="text-text-2"> {texts.by(index)}</span>}
      {subplan !== undefined && <span className="badge ms-2">{subplan}</span>}
    </span>
  );
}

function Misestimate({ factor }: { factor: number }) {
  return (
    <span className="plan-wrong">
      <TriangleAlert aria-hidden size={13} />
      {factor >= 1 ? texts.tooFew(factor) : texts.tooMany(1 / factor)}
    </span>
  );
}
