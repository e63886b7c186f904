import type { PlanNode, QueryPlan } from '../../../../core/contract/index.ts';

export interface PlanRow {
  node: PlanNode;
  /** Place in the plan. */
  at: number;
  /** Place of the step above. */
  parent: number | undefined;
  hasChildren: boolean;
  /** Of the whole time, or of the whole cost where nothing was measured; 0 to 1. */
  share: number;
}

/** Guesses that are so many times off are marked; small numbers are not worth a mark. */
const wrongFactor = 10;
const fewRows = 100;

export function isMisestimated({ misestimate, actualRows = 0, plannedRows }: PlanNode): boolean {
  if (misestimate === undefined || Math.max(actualRows, plannedRows) < fewRows) return false;
  return misestimate >= wrongFactor || misestimate <= 1 / wrongFactor;
}

export function listRows({ nodes, analyzed }: QueryPlan): PlanRow[] {
  const whole = nodes.reduce((sum, node) => sum + (node.ownMs ?? 0), 0);
  const cost = nodes[0]?.totalCost ?? 0;
  const above: number[] = [];
  return nodes.map((node, at) => {
    above.length = node.depth;
    const parent = above.at(-1);
    above.push(at);
    const part = analyzed ? (node.ownMs ?? 0) / (whole || 1) : ownCost(nodes, at) / (cost || 1);
    return {
      node,
      at,
      parent,
      hasChildren: (nodes[at + 1]?.depth ?? 0) > node.depth,
      share: Math.min(1, part),
    };
  });
}

/** PostgreSQL's costs are with those of the steps below. */
function ownCost(nodes: readonly PlanNode[], at: number): number {
  const node = nodes[at];
  if (!node) return 0;
  let below = 0;
  for (const child of nodes.slice(at + 1)) {
    if (child.depth <= node.depth) break;
    if (child.depth === node.depth + 1) below += child.totalCost;
  }
  return Math.max(0, node.totalCost - below);
}

/** The rows that no closed step hides. */
export function visibleRows(rows: readonly PlanRow[], closed: ReadonlySet<number>): PlanRow[] {
  const hidden = new Set<number>();
  return rows.filter(({ at, parent }) => {
    const isHidden = parent !== undefined && (hidden.has(parent) || closed.has(parent));
    if (isHidden) hidden.add(at);
    return !isHidden;
  });
}
