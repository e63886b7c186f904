import { z } from 'zod';
import type { PlanBuffers, PlanNode, QueryPlan } from '../../contract/index.ts';
import { describeDetails } from './describe-details.ts';

/** A node as EXPLAIN (FORMAT JSON) prints it, as far as it is read here. */
export interface RawNode {
  'Node Type': string;
  Plans?: RawNode[];
  [key: string]: unknown;
}

const rawPlanSchema = z.array(
  z.object({
    Plan: z.custom<RawNode>((value) => typeof value === 'object' && value !== null && 'Node Type' in value),
    'Planning Time': z.number().optional(),
    'Execution Time': z.number().optional(),
  }),
);

/** @param raw what EXPLAIN (FORMAT JSON) answered */
export function readPlan(raw: string): QueryPlan {
  const [top] = rawPlanSchema.parse(JSON.parse(raw));
  if (!top) throw new Error('EXPLAIN answered with no plan.');
  const timed = timeNode(top.Plan, 1);
  takeSharedTime(timed);
  return {
    nodes: [...describeNodes(timed, 0)],
    analyzed: top['Execution Time'] !== undefined,
    ...(top['Planning Time'] === undefined ? {} : { planningMs: top['Planning Time'] }),
    ...(top['Execution Time'] === undefined ? {} : { executionMs: top['Execution Time'] }),
    raw,
  };
}

interface TimedNode {
  raw: RawNode;
  children: TimedNode[];
  /** In all loops, with the children; undefined where nothing was measured. */
  totalMs: number | undefined;
  ownMs: number | undefined;
}

export const numberOf = (node: RawNode, key: string): number | undefined => {
  const value = node[key];
  return typeof value === 'number' ? value : undefined;
};
export const textOf = (node: RawNode, key: string): string | undefined => {
  const value = node[key];
  return typeof value === 'string' ? value : undefined;
};

const isCte = ({ raw }: TimedNode) => (textOf(raw, 'Subplan Name') ?? '').startsWith('CTE ');

/** PostgreSQL prints a time a loop, and below a Gather the loops of all processes that ran side by side. */
function timeNode(raw: RawNode, processes: number): TimedNode {
  const loops = numberOf(raw, 'Actual Loops') ?? 0;
  const perLoop = numberOf(raw, 'Actual Total Time');
  const totalMs = perLoop === undefined ? undefined : (perLoop * loops) / processes;
  const workers = raw['Node Type'].startsWith('Gather') ? numberOf(raw, 'Workers Launched') : undefined;
  const inside = workers === undefined ? processes : workers + 1;
  const children = (raw.Plans ?? []).map((child) => timeNode(child, inside));
  const below = children
    .filter((child) => !isCte(child))
    .reduce((sum, child) => sum + (child.totalMs ?? 0), 0);
  return { raw, children, totalMs, ownMs: totalMs === undefined ? undefined : Math.max(0, totalMs - below) };
}

/** A WITH's steps run while its scans ask for rows: their time is part of the scans', not of the node that they hang from. */
function takeSharedTime(top: TimedNode): void {
  const all = [...walk(top)];
  for (const cte of all.filter(isCte)) {
    const name = textOf(cte.raw, 'Subplan Name')?.slice('CTE '.length);
    let left = cte.totalMs ?? 0;
    for (const scan of all.filter(({ raw }) => textOf(raw, 'CTE Name') === name)) {
      const taken = Math.min(left, scan.ownMs ?? 0);
      scan.ownMs = scan.ownMs === undefined ? undefined : scan.ownMs - taken;
      left -= taken;
    }
  }
}

function* walk(node: TimedNode): Generator<TimedNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

function* describeNodes(node: TimedNode, depth: number): Generator<PlanNode> {
  yield describeNode(node, depth);
  for (const child of node.children) yield* describeNodes(child, depth + 1);
}

function describeNode({ raw, totalMs, ownMs, children }: TimedNode, depth: number): PlanNode {
  const plannedRows = numberOf(raw, 'Plan Rows') ?? 0;
  const actualRows = numberOf(raw, 'Actual Rows');
  const loops = numberOf(raw, 'Actual Loops');
  const optional = {
    relation: relationOf(raw),
    alias: textOf(raw, 'Alias'),
    index: textOf(raw, 'Index Name'),
    subplan: textOf(raw, 'Subplan Name'),
    actualRows,
    loops,
    misestimate: loops ? misestimateOf(plannedRows, actualRows) : undefined,
    totalMs,
    ownMs,
    rowsRemoved: rowsRemovedOf(raw),
    buffers: ownBuffers(raw, children),
  };
  return {
    depth,
    kind: kindOf(raw),
    details: describeDetails(raw),
    startupCost: numberOf(raw, 'Startup Cost') ?? 0,
    totalCost: numberOf(raw, 'Total Cost') ?? 0,
    plannedRows,
    ...withoutUndefined(optional),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** `Hash Join` of type Left is a `Hash Left Join`, as EXPLAIN's text says. */
function kindOf(raw: RawNode): string {
  const type = raw['Node Type'];
  const join = textOf(raw, 'Join Type');
  const strategy = textOf(raw, 'Strategy');
  const parallel = raw['Parallel Aware'] === true ? 'Parallel ' : '';
  if (type === 'Aggregate') return parallel + aggregateKind(raw, strategy);
  if (join === undefined || join === 'Inner') return parallel + type;
  return parallel + (type.endsWith(' Join') ? type.replace(/Join$/, `${join} Join`) : `${type} ${join} Join`);
}

function aggregateKind(raw: RawNode, strategy: string | undefined): string {
  const kinds: Record<string, string> = {
    Sorted: 'GroupAggregate',
    Hashed: 'HashAggregate',
    Mixed: 'MixedAggregate',
  };
  const partial = textOf(raw, 'Partial Mode');
  const mode = partial === undefined || partial === 'Simple' ? '' : `${partial} `;
  return mode + (kinds[strategy ?? ''] ?? 'Aggregate');
}

function relationOf(raw: RawNode): string | undefined {
  const name =
    textOf(raw, 'Relation Name') ?? textOf(raw, 'Function Name') ?? textOf(raw, 'CTE Name') ?? undefined;
  const namespace = textOf(raw, 'Schema');
  return name !== undefined && namespace !== undefined ? `${namespace}.${name}` : name;
}

/** Rows are compared from one on: none where one was expected is no mistake. */
function misestimateOf(planned: number, actual: number | undefined): number | undefined {
  return actual === undefined ? undefined : Math.max(actual, 1) / Math.max(planned, 1);
}

function rowsRemovedOf(raw: RawNode): number | undefined {
  const loops = numberOf(raw, 'Actual Loops') ?? 1;
  const removed = ['Filter', 'Join Filter', 'Index Recheck'].flatMap(
    (by) => numberOf(raw, `Rows Removed by ${by}`) ?? [],
  );
  return removed.length === 0 ? undefined : Math.round(removed.reduce((sum, rows) => sum + rows, 0) * loops);
}

const bufferKeys = {
  hit: 'Shared Hit Blocks',
  read: 'Shared Read Blocks',
  written: 'Shared Written Blocks',
  tempRead: 'Temp Read Blocks',
  tempWritten: 'Temp Written Blocks',
} as const;

/** PostgreSQL counts a node's blocks with its children's. */
function ownBuffers(raw: RawNode, children: readonly TimedNode[]): PlanBuffers | undefined {
  if (numberOf(raw, bufferKeys.hit) === undefined) return undefined;
  const own = (key: string) =>
    Math.max(
      0,
      (numberOf(raw, key) ?? 0) - children.reduce((sum, child) => sum + (numberOf(child.raw, key) ?? 0), 0),
    );
  return {
    hit: own(bufferKeys.hit),
    read: own(bufferKeys.read),
    written: own(bufferKeys.written),
    tempRead: own(bufferKeys.tempRead),
    tempWritten: own(bufferKeys.tempWritten),
  };
}
