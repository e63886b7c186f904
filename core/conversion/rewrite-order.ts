import { callNode, columnFields, columnNode, isAggregate, walkExpression, withoutLocations } from './ast.ts';
import { isOutputName } from './rewrite-bare.ts';
import { leftmost, outputTypes, resolveNode } from './rewrite-scope.ts';
import type { Node, SelectStmt, SortBy } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** SQLite sorts NULL before everything, PostgreSQL after; said only where the column holds NULLs. */
export function fixNullOrder(select: SelectStmt, scope: Scope): void {
  for (const sort of sortItems(select)) {
    if (sort.node === undefined || sort.sortby_nulls !== 'SORTBY_NULLS_DEFAULT') continue;
    if (canBeNull(sort.node, scope)) setNullOrder(sort);
  }
}

function setNullOrder(sort: SortBy): void {
  sort.sortby_nulls = sort.sortby_dir === 'SORTBY_DESC' ? 'SORTBY_NULLS_LAST' : 'SORTBY_NULLS_FIRST';
}

function canBeNull(node: Node, scope: Scope): boolean {
  const named = 'ColumnRef' in node ? scope.outputs.get(columnFields(node.ColumnRef).join('.')) : undefined;
  let hasNulls = false;
  walkExpression(named ?? node, (each) => {
    if ('SubLink' in each || (isAggregate(each) && isCount(each))) return 'skip';
    hasNulls ||= resolveNode(each, scope)?.column.hasNulls ?? false;
    return undefined;
  });
  return hasNulls;
}

function isCount(node: Node): boolean {
  return 'FuncCall' in node && JSON.stringify(node.FuncCall.funcname).includes('"count"');
}

function sortItems(select: SelectStmt): SortBy[] {
  return (select.sortClause ?? []).flatMap((item) => ('SortBy' in item ? [item.SortBy] : []));
}

/** PostgreSQL wants ORDER BY of a SELECT DISTINCT among its outputs. */
export function fixDistinct(select: SelectStmt, scope: Scope): void {
  if (select.distinctClause === undefined || select.sortClause === undefined) return;
  const targets = (select.targetList ?? []).flatMap((target) =>
    'ResTarget' in target && target.ResTarget.val !== undefined ? [target.ResTarget.val] : [],
  );
  const hidden = sortItems(select).filter(
    (sort) => sort.node !== undefined && !isAmong(sort.node, targets, scope),
  );
  if (hidden.length === 0) return;
  if (select.groupClause !== undefined) {
    // Groups of exactly the shown columns are distinct already.
    if (select.groupClause.every((group) => isAmong(group, targets, scope))) delete select.distinctClause;
    return;
  }
  if (targets.some((target) => isAggregate(target))) return;
  delete select.distinctClause;
  select.groupClause = structuredClone(targets);
  for (const sort of hidden) {
    if (sort.node !== undefined && !isAggregate(sort.node))
      sort.node = callNode(sort.sortby_dir === 'SORTBY_DESC' ? 'max' : 'min', sort.node);
  }
}

function isAmong(node: Node, targets: Node[], scope: Scope): boolean {
  if (isOutputName(node, scope) || 'A_Const' in node) return true;
  const found = resolveNode(node, scope);
  return targets.some((target) => {
    const other = resolveNode(target, scope);
    if (found !== undefined && other !== undefined)
      return found.relation === other.relation && found.column === other.column;
    return withoutLocations(node) === withoutLocations(target) || isStar(target);
  });
}

function isStar(node: Node): boolean {
  return 'ColumnRef' in node && columnFields(node.ColumnRef).at(-1) === '*';
}

/** After a set operation ORDER BY may name output columns only. */
export function fixSetOrder(select: SelectStmt): void {
  const outputs = outputTypes(select);
  for (const sort of sortItems(select)) {
    if (sort.node === undefined) continue;
    if ('ColumnRef' in sort.node) {
      const name = (columnFields(sort.node.ColumnRef).at(-1) ?? '').toLowerCase();
      sort.node = columnNode(name);
      if (outputs.find((output) => output.name === name)?.hasNulls === true) setNullOrder(sort);
      continue;
    }
    const position = positionOf(sort.node, leftmost(select));
    if (position > 0) sort.node = { A_Const: { ival: { ival: position } } };
  }
}

function positionOf(node: Node, select: SelectStmt): number {
  const wanted = withoutLocations(node).toLowerCase();
  const index = (select.targetList ?? []).findIndex(
    (target) =>
      'ResTarget' in target &&
      target.ResTarget.val !== undefined &&
      withoutLocations(target.ResTarget.val).toLowerCase() === wanted,
  );
  return index + 1;
}
