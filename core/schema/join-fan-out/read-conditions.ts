import type { Node } from 'libpg-query';
import type { Block, ColumnAt, Equality } from './block.ts';
import { conjunctsOf, textOf, walkExpression, withoutCasts } from './nodes.ts';
import { resolveColumn } from './resolve.ts';

interface ConditionOptions {
  kind: Equality['kind'];
  /**
   * Relations of which a comparison with a constant holds in every row that has them. In ON of an outer join it says
   * nothing about the side that is kept anyway.
   */
  filters(relation: number): boolean;
}

/** Adds the equalities of a condition to the block: columns with columns, and columns with constants. */
export function readConditions(block: Block, condition: Node | undefined, options: ConditionOptions): void {
  for (const one of conjunctsOf(condition)) {
    if (!('A_Expr' in one) || one.A_Expr.kind !== 'AEXPR_OP' || textOf(one.A_Expr.name?.at(-1)) !== '=') {
      continue;
    }
    addPair(block, one.A_Expr.lexpr, one.A_Expr.rexpr, options);
  }
}

function addPair(
  block: Block,
  left: Node | undefined,
  right: Node | undefined,
  options: ConditionOptions,
): void {
  const [one, other] = [withoutCasts(left), withoutCasts(right)];
  if (one !== undefined && other !== undefined && 'RowExpr' in one && 'RowExpr' in other) {
    for (const [at, part] of (one.RowExpr.args ?? []).entries()) {
      addPair(block, part, other.RowExpr.args?.[at], options);
    }
    return;
  }
  const [leftColumn, rightColumn] = [columnOf(block, one), columnOf(block, other)];
  if (leftColumn && rightColumn) {
    if (leftColumn.relation !== rightColumn.relation) {
      block.equalities.push({ left: leftColumn, right: rightColumn, kind: options.kind });
    }
    return;
  }
  const column = leftColumn ?? rightColumn;
  const value = leftColumn ? other : one;
  if (column && isConstant(block, value) && options.filters(column.relation)) block.constants.push(column);
}

function columnOf(block: Block, node: Node | undefined): ColumnAt | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const resolved = resolveColumn(block, node.ColumnRef);
  return resolved === 'outer' ? undefined : resolved;
}

/** Whether an expression names no column of the block. A sub-query may look at the row, so it does not count. */
function isConstant(block: Block, node: Node | undefined): boolean {
  let own = node === undefined;
  walkExpression(
    node,
    (part) => {
      if ('ColumnRef' in part && resolveColumn(block, part.ColumnRef) !== 'outer') own = true;
      if ('FuncCall' in part) own = true;
    },
    () => (own = true),
  );
  return !own;
}
