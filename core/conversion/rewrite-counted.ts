import { starFields, targetValue } from './ast.ts';
import type { Node, SelectStmt } from 'libpg-query';

/** `count(*)` over groups does not look at what else their rows hold: `SELECT *` there becomes the groups. */
export function narrowCounted(select: SelectStmt): void {
  const [source, ...others] = select.fromClause ?? [];
  const inner =
    source !== undefined && 'RangeSubselect' in source ? source.RangeSubselect.subquery : undefined;
  if (inner === undefined || others.length > 0 || !('SelectStmt' in inner)) return;
  const isOnlyCounted =
    (select.targetList ?? []).every(
      (target) => 'ResTarget' in target && isCountOfRows(target.ResTarget.val),
    ) &&
    [select.whereClause, select.groupClause, select.havingClause, select.sortClause].every(
      (each) => each === undefined,
    );
  const { groupClause, targetList } = inner.SelectStmt;
  if (
    !isOnlyCounted ||
    groupClause === undefined ||
    !(targetList ?? []).every((target) => starFields(targetValue(target)) !== undefined)
  )
    return;
  inner.SelectStmt.targetList = structuredClone(groupClause).map((val) => ({ ResTarget: { val } }));
}

function isCountOfRows(node: Node | undefined): boolean {
  return node !== undefined && 'FuncCall' in node && node.FuncCall.agg_star === true;
}
