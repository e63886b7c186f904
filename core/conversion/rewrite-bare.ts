import {
  callNode,
  columnFields,
  expressionSlots,
  isAggregate,
  isColumn,
  walkExpression,
  withoutLocations,
} from './ast.ts';
import { resolveNode } from './rewrite-scope.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Resolved, Scope } from './rewrite-scope.ts';

export interface BareColumn {
  key: string;
  node: Node;
}

export function keyOf(found: Resolved): string {
  return `${found.relation.alias}.${found.column.name}`;
}

/** Columns of this SELECT that stand outside aggregates. */
export function collectBare(select: SelectStmt, scope: Scope): BareColumn[] {
  const bare = new Map<string, BareColumn>();
  const groups = groupedExpressions(select);
  for (const slot of expressionSlots(select)) {
    if (!['target', 'having', 'sort'].includes(slot.part)) continue;
    if (slot.part === 'sort' && isOutputName(slot.node, scope)) continue;
    walkExpression(slot.node, (node) => {
      if (isAggregate(node) || 'SubLink' in node || groups.has(withoutLocations(node))) return 'skip';
      const found = resolveNode(node, scope);
      if (found?.local === true) bare.set(keyOf(found), { key: keyOf(found), node: structuredClone(node) });
      return undefined;
    });
  }
  return [...bare.values()];
}

/** What GROUP BY computes: the same expression elsewhere has one value in each group. */
function groupedExpressions(select: SelectStmt): Set<string> {
  return new Set((select.groupClause ?? []).filter((node) => !isColumn(node)).map(withoutLocations));
}

export function isOutputName(node: Node, scope: Scope): boolean {
  if (!('ColumnRef' in node)) return false;
  const fields = columnFields(node.ColumnRef);
  return fields.length === 1 && scope.outputs.has(fields[0] ?? '');
}

export type PickValue = (node: Node) => Node;

/** Wraps a bare column in an aggregate that picks the value of SQLite's row. */
export function aggregateBare(select: SelectStmt, scope: Scope, key: string, pick: PickValue): void {
  const groups = groupedExpressions(select);
  for (const slot of expressionSlots(select)) {
    if (!['target', 'having', 'sort'].includes(slot.part)) continue;
    if (slot.part === 'sort' && isOutputName(slot.node, scope)) continue;
    const isWhole = 'ColumnRef' in slot.node;
    const replaced = walkExpression(slot.node, (node) => {
      if (isAggregate(node) || 'SubLink' in node || groups.has(withoutLocations(node))) return 'skip';
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

/** How to take a bare column's value where no row is meant: the least value stands for SQLite's arbitrary one. */
export const leastValue: PickValue = (node) => callNode('min', node);

/** Aggregates of the groups, in the order written. */
export function collectAggregates(select: SelectStmt): Node[] {
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
