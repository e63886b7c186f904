import { operatorOf } from '../ast.ts';
import type { Node } from 'libpg-query';

/** The columns that cannot be NULL where this condition is true: it compares them directly. */
export function listStrictColumns(condition: Node): Node[] {
  if ('SubLink' in condition) {
    const isMember = condition.SubLink.subLinkType === 'ANY_SUBLINK';
    return isMember && condition.SubLink.testexpr !== undefined ? columnOf(condition.SubLink.testexpr) : [];
  }
  if ('NullTest' in condition) {
    const isNotNull = condition.NullTest.nulltesttype === 'IS_NOT_NULL';
    return isNotNull && condition.NullTest.arg !== undefined ? columnOf(condition.NullTest.arg) : [];
  }
  if (!('A_Expr' in condition)) return [];
  const { kind, lexpr, rexpr } = condition.A_Expr;
  if (kind === 'AEXPR_OP' && !/^(=|<>|<|>|<=|>=)$/.test(operatorOf(condition) ?? '')) return [];
  if (!/^AEXPR_(OP|IN|LIKE|ILIKE|BETWEEN|NOT_BETWEEN)$/.test(kind ?? '')) return [];
  // The sides of an IN or BETWEEN beyond the first are lists.
  return [lexpr, kind === 'AEXPR_OP' ? rexpr : undefined].flatMap((side) =>
    side === undefined ? [] : columnOf(side),
  );
}

/** A column, also under a cast. */
function columnOf(node: Node): Node[] {
  if ('ColumnRef' in node) return [node];
  return 'TypeCast' in node && node.TypeCast.arg !== undefined ? columnOf(node.TypeCast.arg) : [];
}
