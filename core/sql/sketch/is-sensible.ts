import type { Core, Operand, Predicate, Sketch } from './sketch.ts';

const textOf = (operand: Operand) => JSON.stringify(operand);

/** `name NOT IN (SELECT name FROM same table)`: all rows or none, whatever is stored. */
function comparesWithItself({ from }: Core, { left, subquery }: Predicate): boolean {
  if (!subquery || subquery.where.length > 0 || subquery.group.length > 0) return false;
  const [item] = subquery.items;
  const isSameTable = from.length === 1 && subquery.from.length === 1 && from[0] === subquery.from[0];
  return isSameTable && subquery.limit === undefined && item !== undefined && textOf(item) === textOf(left);
}

function isSensibleCore(core: Core): boolean {
  const items = core.items.map(textOf);
  if (new Set(items).size < items.length) return false;
  return [...core.where, ...core.having].every(
    (predicate) =>
      !comparesWithItself(core, predicate) && (!predicate.subquery || isSensibleCore(predicate.subquery)),
  );
}

/** False for statements that PostgreSQL runs and nobody means: an item selected twice, a column looked up in itself. */
export function isSensible({ core, set }: Sketch): boolean {
  return isSensibleCore(core) && (!set || isSensibleCore(set.right));
}
