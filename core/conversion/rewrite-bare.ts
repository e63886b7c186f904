import {
  callNode,
  columnFields,
  expressionSlots,
  functionName,
  isAggregate,
  walkExpression,
  withoutLocations,
} from './ast.ts';
import { resolveNode } from './rewrite-scope.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Resolved, Scope } from './rewrite-scope.ts';

interface BareColumn {
  key: string;
  node: Node;
}

export function keyOf(found: Resolved): string {
  return `${found.relation.alias}.${found.column.name}`;
}

/** Columns of this SELECT that stand outside aggregates. */
export function collectBare(select: SelectStmt, scope: Scope): BareColumn[] {
  const bare = new Map<string, BareColumn>();
  for (const slot of expressionSlots(select)) {
    if (!['target', 'having', 'sort'].includes(slot.part)) continue;
    if (slot.part === 'sort' && isOutputName(slot.node, scope)) continue;
    walkExpression(slot.node, (node) => {
      if (isAggregate(node) || 'SubLink' in node) return 'skip';
      const found = resolveNode(node, scope);
      if (found?.local === true) bare.set(keyOf(found), { key: keyOf(found), node: structuredClone(node) });
      return undefined;
    });
  }
  return [...bare.values()];
}

export function isOutputName(node: Node, scope: Scope): boolean {
  if (!('ColumnRef' in node)) return false;
  const fields = columnFields(node.ColumnRef);
  return fields.length === 1 && scope.outputs.has(fields[0] ?? '');
}

export type PickValue = (node: Node) => Node;

/** Wraps a bare column in an aggregate that picks the value of SQLite's row. */
export function aggregateBare(select: SelectStmt, scope: Scope, key: string, pick: PickValue): void {
  for (const slot of expressionSlots(select)) {
    if (!['target', 'having', 'sort'].includes(slot.part)) continue;
    if (slot.part === 'sort' && isOutputName(slot.node, scope)) continue;
    const isWhole = 'ColumnRef' in slot.node;
    const replaced = walkExpression(slot.node, (node) => {
      if (isAggregate(node) || 'SubLink' in node) return 'skip';
      const found = resolveNode(node, scope);
      return found?.local === true && keyOf(found) === key ? pick(node) : undefined;
    });
    slot.put(replaced);
    if (slot.part === 'target' && isWhole && replaced !== slot.node)
      nameTarget(select, replaced, key.split('.').at(-1) ?? '');
  }
}

function nameTarget(select: SelectStmt, value: Node, name: string): void {
  for (const target of select.targetList ?? []) {
    if ('ResTarget' in target && target.ResTarget.val === value) target.ResTarget.name ??= name;
  }
}

/**
 * How to take a bare column's value; to be asked before the first column is wrapped.
 * SQLite takes the row of a lone min or max (https://www.sqlite.org/lang_select.html#bareagg), else some row.
 */
export function chooseAggregate(select: SelectStmt, scope: Scope): PickValue {
  const [only, ...others] = uniqueAggregates(select);
  const name = only === undefined ? undefined : functionName(only);
  const argument = only !== undefined && 'FuncCall' in only ? only.FuncCall.args?.[0] : undefined;
  if (others.length > 0 || argument === undefined || (name !== 'min' && name !== 'max')) {
    return (node) => callNode('min', node);
  }
  const hasNulls = resolveNode(argument, scope)?.column.hasNulls === true;
  const order = sortItem(argument, name === 'max', name === 'max' && hasNulls);
  const wanted = withoutLocations(argument);
  return (node) => (withoutLocations(node) === wanted ? structuredClone(only ?? node) : firstOf(node, order));
}

/** `(array_agg(node ORDER BY order))[1]` */
function firstOf(node: Node, order: Node): Node {
  const list = callNode('array_agg', node);
  if ('FuncCall' in list) list.FuncCall.agg_order = [structuredClone(order)];
  const first: Node = { A_Indices: { uidx: { A_Const: { ival: { ival: 1 } } } } };
  return { A_Indirection: { arg: list, indirection: [first] } };
}

function sortItem(node: Node, isDescending: boolean, nullsLast: boolean): Node {
  return {
    SortBy: {
      node: structuredClone(node),
      sortby_dir: isDescending ? 'SORTBY_DESC' : 'SORTBY_DEFAULT',
      sortby_nulls: nullsLast ? 'SORTBY_NULLS_LAST' : 'SORTBY_NULLS_DEFAULT',
    },
  };
}

function uniqueAggregates(select: SelectStmt): Node[] {
  const own = collectAggregates(select).filter((node) => functionName(node) !== 'array_agg');
  return [...new Map(own.map((node) => [withoutLocations(node), node])).values()];
}

/**
 * Without GROUP BY: a column beside a lone min or max is that of the row which has it, so the query is the first row
 * in that order. Beside other aggregates the column is some row's; the least value stands for it.
 */
export function fixUngrouped(select: SelectStmt, scope: Scope): boolean {
  const aggregates = collectAggregates(select);
  if (aggregates.length === 0) return false;
  const bare = collectBare(select, scope);
  if (bare.length === 0) return false;
  const [only] = aggregates;
  const isExtreme = only !== undefined && ['min', 'max'].includes(functionName(only) ?? '');
  if (
    aggregates.length === 1 &&
    isExtreme &&
    select.sortClause === undefined &&
    select.havingClause === undefined
  ) {
    takeExtremeRow(select, only, scope);
  } else {
    const pick = chooseAggregate(select, scope);
    for (const column of bare) aggregateBare(select, scope, column.key, pick);
  }
  return true;
}

function collectAggregates(select: SelectStmt): Node[] {
  const found: Node[] = [];
  for (const slot of expressionSlots(select)) {
    if (!['target', 'having', 'sort'].includes(slot.part)) continue;
    walkExpression(slot.node, (node) => {
      if (!isAggregate(node)) return 'SubLink' in node ? 'skip' : undefined;
      found.push(node);
      return 'skip';
    });
  }
  return found;
}

function takeExtremeRow(select: SelectStmt, aggregate: Node, scope: Scope): void {
  if (!('FuncCall' in aggregate)) return;
  const argument = aggregate.FuncCall.args?.[0];
  if (argument === undefined) return;
  for (const slot of expressionSlots(select)) {
    if (slot.part === 'target')
      slot.put(walkExpression(slot.node, (node) => (node === aggregate ? argument : undefined)));
  }
  const isMax = functionName(aggregate) === 'max';
  const hasNulls = resolveNode(argument, scope)?.column.hasNulls === true;
  // Said for min too, or the order of NULLs would be made SQLite's.
  select.sortClause = [sortItem(argument, isMax, hasNulls)];
  select.limitCount = { A_Const: { ival: { ival: 1 } } };
  select.limitOption = 'LIMIT_OPTION_COUNT';
}
