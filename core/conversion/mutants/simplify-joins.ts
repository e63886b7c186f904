import { isUsed, nameOf } from './edit-joins.ts';
import { followsKey } from './follow-keys.ts';
import { listSlots } from './walk-tree.ts';
import type { SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';

/** Along a foreign key without NULLs every row finds exactly one: where nothing else uses its target, that may go. */
export function simplifyJoins(select: SelectStmt, tables: Map<string, LoadedTable>): void {
  for (let slot = findLosable(select, tables); slot !== undefined; slot = findLosable(select, tables)) {
    slot.put(slot.kept);
  }
}

function findLosable(select: SelectStmt, tables: Map<string, LoadedTable>) {
  for (const slot of listSlots({ fromClause: select.fromClause ?? [] })) {
    if (!('JoinExpr' in slot.node) || slot.node.JoinExpr.jointype !== 'JOIN_INNER') continue;
    const join = slot.node.JoinExpr;
    for (const [kept, lost] of [
      [join.larg, join.rarg],
      [join.rarg, join.larg],
    ]) {
      const name = nameOf(lost);
      if (kept === undefined || name === undefined || !followsKey(kept, lost, join, tables, true)) continue;
      if (!isUsed(select, name, join)) return { put: slot.put, kept };
    }
  }
  return undefined;
}
