import { listSlots } from './walk-tree.ts';
import type { SelectStmt } from 'libpg-query';

/** Where only membership is asked for, neither repetition nor order of the rows matters. */
export function simplifySubqueries(select: SelectStmt): void {
  for (const { node } of listSlots(select)) {
    if ('SubLink' in node && node.SubLink.subselect !== undefined && 'SelectStmt' in node.SubLink.subselect) {
      const inner = node.SubLink.subselect.SelectStmt;
      if (node.SubLink.subLinkType === 'EXPR_SUBLINK') dropOrder(inner);
      else if (/^(ANY|ALL|EXISTS)_SUBLINK$/.test(node.SubLink.subLinkType ?? '')) forgetRepetition(inner);
    }
    if (!('RangeSubselect' in node) || dependsOnOrder(select)) continue;
    const { subquery } = node.RangeSubselect;
    if (subquery !== undefined && 'SelectStmt' in subquery) dropOrder(subquery.SelectStmt);
  }
  if (select.larg !== undefined && select.rarg !== undefined && select.all !== true) {
    forgetRepetition(select.larg);
    forgetRepetition(select.rarg);
  }
}

function forgetRepetition(select: SelectStmt): void {
  if (select.limitCount !== undefined || select.limitOffset !== undefined) return;
  dropOrder(select);
  if (isPlainDistinct(select)) delete select.distinctClause;
  if (select.op === 'SETOP_UNION') delete select.all;
}

/** `DISTINCT`, and not `DISTINCT ON (…)`: the tree has one empty node for it. */
export function isPlainDistinct(select: SelectStmt): boolean {
  return select.distinctClause !== undefined && JSON.stringify(select.distinctClause) === '[{}]';
}

function dropOrder(select: SelectStmt): void {
  if (select.limitCount === undefined && select.limitOffset === undefined) delete select.sortClause;
}

/** Rows of a subquery in FROM come in its order, which a LIMIT or these aggregates show. */
function dependsOnOrder(select: SelectStmt): boolean {
  return select.limitCount !== undefined || /"(array_agg|string_agg|any_value)"/.test(JSON.stringify(select));
}
