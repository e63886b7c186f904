import { keyOf, type Block, type ColumnAt } from './block.ts';

/**
 * The relations of which at most one row goes with one row of each relation in `start`, given that the `fixed` columns
 * have one value: by functional dependencies, a unique key of a relation whose columns are all equal to fixed ones
 * fixes its row. What is not in the answer may multiply the rows of `start`.
 */
export function fixedBy(
  { relations, equalities, constants }: Pick<Block, 'relations' | 'equalities' | 'constants'>,
  start: Iterable<number>,
  fixed: readonly ColumnAt[] = [],
): Set<number> {
  const rows = new Set(start);
  const columns = new Set([...constants, ...fixed].map(keyOf));
  const isFixed = (column: ColumnAt) => rows.has(column.relation) || columns.has(keyOf(column));
  for (let before = -1; before !== rows.size + columns.size;) {
    before = rows.size + columns.size;
    for (const { left, right } of equalities) {
      if (isFixed(left)) columns.add(keyOf(right));
      if (isFixed(right)) columns.add(keyOf(left));
    }
    for (const [relation, { uniqueKeys }] of relations.entries()) {
      if (uniqueKeys.some((key) => key.every((column) => isFixed({ relation, column })))) rows.add(relation);
    }
  }
  return rows;
}

/** Whether each row of the relation is in the block's rows at most once. */
export function isGrain(block: Block, relation: number, fixed: readonly ColumnAt[] = []): boolean {
  return fixedBy(block, [relation], fixed).size === block.relations.length;
}
