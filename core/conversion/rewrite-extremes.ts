import { callNode, expressionSlots, functionName, walkExpression, withoutLocations } from './ast.ts';
import { collectAggregates, type PickValue } from './rewrite-bare.ts';
import { resolveNode } from './rewrite-scope.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/**
 * The only min or max of a query: columns that stand bare beside it are those of the row which has that value
 * (https://www.sqlite.org/lang_select.html#bareagg).
 */
export interface Extreme {
  aggregate: Node;
  argument: Node;
  /** The row to take comes first in this order. */
  order: Node;
  /** Whether the query has no other aggregate. */
  isAlone: boolean;
}

export function findExtreme(select: SelectStmt, scope: Scope): Extreme | undefined {
  const all = collectAggregates(select);
  const extremes = all.filter((node) => isExtreme(node));
  const [aggregate] = extremes;
  if (aggregate === undefined || new Set(extremes.map(withoutLocations)).size > 1) return undefined;
  const argument = 'FuncCall' in aggregate ? aggregate.FuncCall.args?.[0] : undefined;
  if (argument === undefined) return undefined;
  const order = sortItem(argument, functionName(aggregate) === 'max', canBeNull(argument, scope));
  return { aggregate, argument, order, isAlone: extremes.length === all.length };
}

function isExtreme(node: Node): boolean {
  return ['min', 'max'].includes(functionName(node) ?? '');
}

/** A NULL is no extreme, and first in a descending order: only a column that cannot hold one goes without saying. */
function canBeNull(node: Node, scope: Scope): boolean {
  return resolveNode(node, scope)?.column.neverNull !== true;
}

/** `(array_agg(node ORDER BY …))[1]`; the extreme itself where its own argument stands bare. */
export function valueBeside({ aggregate, argument, order }: Extreme): PickValue {
  const wanted = withoutLocations(argument);
  return (node) => {
    if (withoutLocations(node) === wanted) return structuredClone(aggregate);
    const list = callNode('array_agg', node);
    if ('FuncCall' in list) list.FuncCall.agg_order = [structuredClone(order)];
    const first: Node = { A_Indices: { uidx: { A_Const: { ival: { ival: 1 } } } } };
    return { A_Indirection: { arg: list, indirection: [first] } };
  };
}

/**
 * The rows that have the extreme, without an aggregate: `ORDER BY … LIMIT 1`, or `SELECT DISTINCT ON (groups)`.
 * Changes nothing and returns false where the query orders, limits or filters its groups itself, or where there may
 * be no row at all: an aggregate without GROUP BY gives one all the same.
 */
export function takeExtremeRows(select: SelectStmt, scope: Scope, extreme: Extreme): boolean {
  const { sortClause, limitCount, havingClause, distinctClause, groupClause = [] } = select;
  if (
    !extreme.isAlone ||
    [sortClause, limitCount, havingClause, distinctClause].some((each) => each !== undefined)
  )
    return false;
  if (!groupClause.every((group) => resolveNode(group, scope)?.local === true)) return false;
  if (groupClause.length === 0 && (select.whereClause !== undefined || scope.relations.length > 1))
    return false;
  const wanted = withoutLocations(extreme.aggregate);
  for (const slot of expressionSlots(select)) {
    if (slot.part !== 'target') continue;
    slot.put(
      walkExpression(slot.node, (node) =>
        withoutLocations(node) === wanted ? structuredClone(extreme.argument) : undefined,
      ),
    );
  }
  scope.isOrderSettled = true;
  const order = structuredClone(extreme.order);
  select.sortClause = [...groupClause.map((group) => sortItem(group, false, false)), order];
  if (groupClause.length > 0) {
    select.distinctClause = structuredClone(groupClause);
    delete select.groupClause;
  } else {
    select.limitCount = { A_Const: { ival: { ival: 1 } } };
    select.limitOption = 'LIMIT_OPTION_COUNT';
  }
  return true;
}

function sortItem(node: Node, isDescending: boolean, isNullable: boolean): Node {
  return {
    SortBy: {
      node: structuredClone(node),
      sortby_dir: isDescending ? 'SORTBY_DESC' : 'SORTBY_DEFAULT',
      // Ascending, PostgreSQL's own default says the same.
      sortby_nulls: isDescending && isNullable ? 'SORTBY_NULLS_LAST' : 'SORTBY_NULLS_DEFAULT',
    },
  };
}
