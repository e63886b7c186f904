import { callNode, constantNumber, isAggregate, starFields, withoutLocations } from './ast.ts';
import { isOutputName, keyOf } from './rewrite-bare.ts';
import { isCovered, readGrouping } from './rewrite-keys.ts';
import { sortItems } from './rewrite-order.ts';
import { resolveNode } from './rewrite-scope.ts';
import type { Node, SelectStmt, SortBy } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/**
 * PostgreSQL wants ORDER BY of a SELECT DISTINCT among its outputs. Returns whether SQLite orders by a value of an
 * arbitrary row of those that DISTINCT makes one.
 */
export function fixDistinct(select: SelectStmt, scope: Scope): boolean {
  if (select.distinctClause === undefined || select.sortClause === undefined) return false;
  const targets = targetsOf(select);
  const hidden = sortItems(select.sortClause).filter(
    (sort) => sort.node !== undefined && !isAmong(sort.node, targets, scope),
  );
  if (hidden.length === 0) return false;
  if (select.groupClause !== undefined) {
    // Groups of exactly the shown columns are distinct already, and so is a single row.
    const isDistinct = select.groupClause.every((group) => isAmong(group, targets, scope));
    if (isDistinct || constantNumber(select.limitCount) === '1') delete select.distinctClause;
    return !isDistinct;
  }
  if (targets.some((target) => isAggregate(target))) return false;
  delete select.distinctClause;
  return groupByTargets(select, targets, hidden, scope);
}

function targetsOf(select: SelectStmt): Node[] {
  return (select.targetList ?? []).flatMap((target) =>
    'ResTarget' in target && target.ResTarget.val !== undefined ? [target.ResTarget.val] : [],
  );
}

/** Rows that a key in the output tells apart need no DISTINCT; others become groups. */
function groupByTargets(select: SelectStmt, targets: Node[], hidden: SortBy[], scope: Scope): boolean {
  const shown = new Set(targets.flatMap((target) => resolveNode(target, scope) ?? []).map(keyOf));
  const [only, ...joined] = scope.relations;
  if (only !== undefined && joined.length === 0 && isCovered(`${only.alias}.`, scope, shown)) return false;
  select.groupClause = structuredClone(targets);
  const { grouped, determined } = readGrouping(select, scope);
  let hasChoice = false;
  for (const sort of hidden) {
    if (sort.node === undefined || isAggregate(sort.node)) continue;
    const found = resolveNode(sort.node, scope);
    const key = found === undefined ? undefined : keyOf(found);
    if (key !== undefined && determined.has(key)) {
      if (!isCovered(key, scope, grouped)) select.groupClause.push(structuredClone(sort.node));
      continue;
    }
    hasChoice = true;
    sort.node = callNode(sort.sortby_dir === 'SORTBY_DESC' ? 'max' : 'min', sort.node);
  }
  return hasChoice;
}

function isAmong(node: Node, targets: Node[], scope: Scope): boolean {
  if (isOutputName(node, scope) || 'A_Const' in node) return true;
  const found = resolveNode(node, scope);
  return targets.some((target) => {
    const other = resolveNode(target, scope);
    if (found !== undefined && other !== undefined)
      return found.relation === other.relation && found.column === other.column;
    return withoutLocations(node) === withoutLocations(target) || starFields(target) !== undefined;
  });
}
