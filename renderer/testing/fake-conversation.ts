import type { CoreClient, PlanNode, QueryPlan } from '../../core/contract/index.ts';

const buffers = { hit: 12, read: 4, written: 0, tempRead: 0, tempWritten: 0 };

const fakeNodes: PlanNode[] = [
  {
    ...{ depth: 0, kind: 'Sort', startupCost: 40, totalCost: 41, plannedRows: 20, actualRows: 14, loops: 1 },
    ...{ details: [{ label: 'Sort Key', value: 'count(*) DESC' }], totalMs: 12, ownMs: 1, buffers },
  },
  {
    ...{ depth: 1, kind: 'Hash Join', startupCost: 8, totalCost: 30, plannedRows: 20, actualRows: 4_000 },
    ...{ loops: 1, misestimate: 200, details: [{ label: 'Hash Cond', value: '(o.customer_id = c.id)' }] },
    ...{ totalMs: 11, ownMs: 6, buffers },
  },
  {
    ...{ depth: 2, kind: 'Seq Scan', relation: 'orders', alias: 'o', startupCost: 0, totalCost: 12 },
    ...{ plannedRows: 4_000, actualRows: 4_000, loops: 1, misestimate: 1, totalMs: 5, ownMs: 5, buffers },
    ...{ details: [{ label: 'Filter', value: "(status <> 'cancelled')" }], rowsRemoved: 250 },
  },
];

export function fakePlan(analyzed: boolean): QueryPlan {
  const unmeasured = fakeNodes.map(
    ({ depth, kind, relation, details, startupCost, totalCost, plannedRows }): PlanNode => ({
      ...{ depth, kind, details, startupCost, totalCost, plannedRows },
      ...(relation === undefined ? {} : { relation }),
    }),
  );
  return {
    nodes: analyzed ? fakeNodes : unmeasured,
    analyzed,
    ...(analyzed ? { planningMs: 0.4, executionMs: 12.3 } : {}),
    raw: '[{"Plan": {"Node Type": "Sort"}}]',
  };
}

type Method = 'postgres.explainPlan';

/** What the Ask page asks for beside an answer. */
export function createFakeConversation(): Pick<CoreClient, Method> {
  return {
    'postgres.explainPlan': async ({ analyze = true }) => fakePlan(analyze),
  };
}
