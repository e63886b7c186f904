import {
  AppError,
  type CoreClient,
  type PlanNode,
  type QueryPlan,
  type VerifiedExample,
} from '../../core/contract/index.ts';

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

type Method =
  | 'generation.repair'
  | 'postgres.explainPlan'
  | 'sql.explain'
  | Extract<keyof CoreClient, `verified.${string}`>;

/** What the Ask page asks for beside an answer. */
export function createFakeConversation(): Pick<CoreClient, Method> {
  let examples: VerifiedExample[] = [];
  return {
    'generation.repair': async ({ sql }) =>
      sql.includes('nonsense')
        ? { kind: 'repaired', sql: sql.replaceAll('nonsense', 'name'), by: 'names' }
        : { kind: 'impossible', message: 'The model reads questions only.', hint: 'Correct it by hand.' },
    'sql.explain': async () => ({
      lines: [
        { kind: 'tables', depth: 0, text: 'Reads customers.' },
        { kind: 'group', depth: 0, text: 'Makes one row of all that are left.' },
        { kind: 'output', depth: 0, text: 'Shows the number of rows.' },
      ],
    }),
    'postgres.explainPlan': async ({ analyze = true }) => fakePlan(analyze),
    'verified.list': async ({ connectionId }) =>
      examples.filter((one) => connectionId === undefined || one.connectionId === connectionId),
    'verified.save': async (draft) => {
      if (/nonsense/.test(draft.sql)) throw new AppError('SQL_EXECUTION', 'column "nonsense" does not exist');
      const at = new Date().toISOString();
      const id = `verified-${examples.length + 1}`;
      const saved = { ...draft, id, schemaFingerprint: 'f', rowCount: 1, createdAt: at, updatedAt: at };
      examples = [saved, ...examples];
      return saved;
    },
    'verified.edit': async ({ id, question }) => {
      const found = examples.find((one) => one.id === id);
      if (!found) throw new AppError('NOT_FOUND', 'This example is not kept any more.');
      return Object.assign(found, { question });
    },
    'verified.remove': async ({ id }) => {
      examples = examples.filter((one) => one.id !== id);
      return {};
    },
    'verified.export': async () => ({
      jsonl: examples.map((one) => `${JSON.stringify(one)}\n`).join(''),
      count: examples.length,
      leftOut: [],
    }),
  };
}
