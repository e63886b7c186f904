import type { ColumnRef } from 'libpg-query';
import type { Block, ColumnAt } from './block.ts';
import { fieldsOf } from './nodes.ts';

/** `outer`: a value of the statement around, one in all rows of this block. */
export type Resolved = ColumnAt | 'outer' | undefined;

/** What a column's name means in a block, as PostgreSQL would find it. */
export function resolveColumn(block: Block, reference: ColumnRef): Resolved {
  const fields = fieldsOf(reference);
  if (fields === undefined) return undefined;
  const own = findColumn(block, fields);
  if (own !== undefined) return own;
  return block.outer.some((around) => findColumn(around, fields) !== undefined) ? 'outer' : undefined;
}

function findColumn(block: Block, fields: string[]): ColumnAt | undefined {
  const column = fields.at(-1) ?? '';
  const qualifier = fields.at(-2);
  if (qualifier !== undefined) {
    const relation = block.relations.findIndex(({ name }) => name === qualifier);
    return relation < 0 ? undefined : { relation, column };
  }
  // Where USING made one column of two, the first stands for both.
  const relation = block.relations.findIndex(({ columns }) => columns?.some(({ name }) => name === column));
  if (relation >= 0) return { relation, column };
  const open = block.relations.flatMap(({ columns }, at) => (columns === undefined ? [at] : []));
  return open.length === 1 && open[0] !== undefined ? { relation: open[0], column } : undefined;
}

/** The relation that `t` or `t.*` means as a whole row. */
export function resolveRow(block: Block, { fields = [] }: ColumnRef): number | undefined {
  const [first, second, ...others] = fields;
  const isRow = second === undefined || 'A_Star' in second;
  const name = first !== undefined && 'String' in first ? first.String.sval : undefined;
  const at = block.relations.findIndex((relation) => relation.name === name);
  return isRow && others.length === 0 && at >= 0 ? at : undefined;
}
