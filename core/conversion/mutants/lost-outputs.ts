import { listConjuncts, readFacts } from './select-facts.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';

/** For each SELECT the positions of outputs where a NULL makes the row one that does not matter. */
export type LostOutputs = Map<SelectStmt, ReadonlySet<number>>;

/**
 * Rows that a query around this one cannot use: NULLs in the subquery of an IN that must be true, and NULLs of one
 * operand of a set operation that the other never has.
 */
export function noteLostOutputs(
  select: SelectStmt,
  tables: Map<string, LoadedTable>,
  lost: LostOutputs,
): void {
  for (const part of listConjuncts(select.whereClause)) {
    const subquery = subqueryOfIn(part);
    if (subquery !== undefined) note(subquery, new Set([0]), lost);
  }
  const { larg, rarg, op } = select;
  if (larg === undefined || rarg === undefined) return;
  const own = lost.get(select);
  if (own !== undefined) for (const operand of [larg, rarg]) note(operand, own, lost);
  if (op === 'SETOP_INTERSECT') note(larg, neverNullOutputs(rarg, tables), lost);
  if (op === 'SETOP_INTERSECT' || op === 'SETOP_EXCEPT') note(rarg, neverNullOutputs(larg, tables), lost);
}

function subqueryOfIn(part: Node): SelectStmt | undefined {
  if (!('SubLink' in part) || part.SubLink.subLinkType !== 'ANY_SUBLINK') return undefined;
  const { subselect } = part.SubLink;
  return subselect !== undefined && 'SelectStmt' in subselect ? subselect.SelectStmt : undefined;
}

/** A LIMIT counts the rows that do not matter too. */
function note(select: SelectStmt, positions: ReadonlySet<number>, lost: LostOutputs): void {
  if (select.limitCount !== undefined || select.limitOffset !== undefined) return;
  lost.set(select, new Set([...(lost.get(select) ?? []), ...positions]));
}

function neverNullOutputs(select: SelectStmt, tables: Map<string, LoadedTable>): Set<number> {
  const facts = readFacts(select, tables);
  const positions = (select.targetList ?? []).flatMap((target, position) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    return facts.isNeverNull(value) ? [position] : [];
  });
  return new Set(positions);
}
