import type { Node } from 'libpg-query';
import type { Block, ColumnAt } from './block.ts';
import { textOf } from './nodes.ts';
import { resolveColumn } from './resolve.ts';

export interface Grouping {
  /** Columns that have one value in a group. */
  columns: ColumnAt[];
  /** Whether nothing but these columns is grouped by: no expressions. */
  isWhole: boolean;
}

/** The columns of GROUP BY, also by number or by alias; undefined for ROLLUP and its like, where groups differ. */
export function readGrouping(block: Block): Grouping | undefined {
  const nodes = block.select.groupClause ?? [];
  if (nodes.some((node) => 'GroupingSet' in node)) return undefined;
  return readColumns(block, nodes);
}

/** The same of any list of expressions, such as PARTITION BY. */
export function readColumns(block: Block, nodes: readonly Node[]): Grouping {
  const columns = nodes.map((node) => groupedColumn(block, node));
  return {
    columns: columns.filter((column) => column !== undefined),
    isWhole: columns.every((column) => column !== undefined),
  };
}

function groupedColumn(block: Block, node: Node): ColumnAt | undefined {
  const target = targetOf(block, node);
  if (target === undefined || !('ColumnRef' in target)) return undefined;
  const at = resolveColumn(block, target.ColumnRef);
  return at === 'outer' ? undefined : at;
}

/** A number means the output of that place; a name that is no column's means the output of that name. */
function targetOf(block: Block, node: Node): Node | undefined {
  const targets = (block.select.targetList ?? []).flatMap((target) =>
    'ResTarget' in target ? [target.ResTarget] : [],
  );
  if ('A_Const' in node && node.A_Const.ival !== undefined)
    return targets[(node.A_Const.ival.ival ?? 0) - 1]?.val;
  if (!('ColumnRef' in node) || resolveColumn(block, node.ColumnRef) !== undefined) return node;
  const name = textOf(node.ColumnRef.fields?.[0]);
  return targets.find((target) => target.name === name)?.val ?? node;
}
