import {
  columnFields,
  columnNode,
  expressionSlots,
  isAggregate,
  walkExpression,
  withoutLocations,
} from './ast.ts';
import { leftmost, resolveNode } from './rewrite-scope.ts';
import { outputTypes } from './rewrite-types.ts';
import type { Node, SelectStmt, SortBy } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** SQLite sorts NULL before everything, PostgreSQL after; said only where the column holds NULLs. */
export function fixNullOrder(select: SelectStmt, scope: Scope): void {
  const own = scope.isOrderSettled === true ? [] : sortItems(select.sortClause);
  for (const sort of [...own, ...windowItems(select)]) {
    if (sort.node === undefined || sort.sortby_nulls !== 'SORTBY_NULLS_DEFAULT') continue;
    if (canBeNull(sort.node, scope)) setNullOrder(sort);
  }
}

/** What windows order by. */
function windowItems(select: SelectStmt): SortBy[] {
  const named = (select.windowClause ?? []).flatMap((node) =>
    'WindowDef' in node ? sortItems(node.WindowDef.orderClause) : [],
  );
  const inline: SortBy[] = [];
  for (const slot of expressionSlots(select)) {
    walkExpression(slot.node, (node) => {
      if ('SubLink' in node) return 'skip';
      if ('FuncCall' in node) inline.push(...sortItems(node.FuncCall.over?.orderClause));
      return undefined;
    });
  }
  return [...named, ...inline];
}

function setNullOrder(sort: SortBy): void {
  sort.sortby_nulls = sort.sortby_dir === 'SORTBY_DESC' ? 'SORTBY_NULLS_LAST' : 'SORTBY_NULLS_FIRST';
}

function canBeNull(node: Node, scope: Scope): boolean {
  const named = 'ColumnRef' in node ? scope.outputs.get(columnFields(node.ColumnRef).join('.')) : undefined;
  let hasNulls = false;
  walkExpression(named ?? node, (each) => {
    if ('SubLink' in each || 'NullTest' in each || (isAggregate(each) && isCount(each))) return 'skip';
    hasNulls ||= resolveNode(each, scope)?.column.hasNulls ?? false;
    return undefined;
  });
  return hasNulls;
}

function isCount(node: Node): boolean {
  return 'FuncCall' in node && JSON.stringify(node.FuncCall.funcname).includes('"count"');
}

export function sortItems(items: Node[] | undefined): SortBy[] {
  return (items ?? []).flatMap((item) => ('SortBy' in item ? [item.SortBy] : []));
}

/** After a set operation ORDER BY may name output columns only. */
export function fixSetOrder(select: SelectStmt): void {
  const outputs = outputTypes(select);
  for (const sort of sortItems(select.sortClause)) {
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
