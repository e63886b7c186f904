import { columnFields } from '../ast.ts';
import { editFields, editSlot } from './mutant.ts';
import { listSlots } from './walk-tree.ts';
import type { JoinExpr, Node, SelectStmt } from 'libpg-query';
import type { Edit } from './mutant.ts';
import type { Slot } from './walk-tree.ts';

/** Inner joins made outer, and joins lost: the table with its condition where nothing else uses it, else the condition. */
export function editJoins(select: SelectStmt): Edit[] {
  return listSlots(select).flatMap((slot) => {
    if (!('JoinExpr' in slot.node)) return [];
    const join = slot.node.JoinExpr;
    return [...makeOuter(join), ...loseJoin(select, slot, join)];
  });
}

function makeOuter(join: JoinExpr): Edit[] {
  if (join.jointype !== 'JOIN_INNER' || !hasCondition(join)) return [];
  const name = nameOf(join.rarg) ?? 'a subquery';
  return [
    editFields('join-outer', `JOIN ${name} → LEFT JOIN`, join, { jointype: 'JOIN_LEFT' }),
    editFields('join-outer', `JOIN ${name} → RIGHT JOIN`, join, { jointype: 'JOIN_RIGHT' }),
  ];
}

function hasCondition(join: JoinExpr): boolean {
  return join.quals !== undefined || join.usingClause !== undefined || join.isNatural === true;
}

function loseJoin(select: SelectStmt, slot: Slot, join: JoinExpr): Edit[] {
  const sides = [
    { lost: join.rarg, kept: join.larg },
    { lost: join.larg, kept: join.rarg },
  ];
  const lost = sides.flatMap(({ lost, kept }) => {
    const name = nameOf(lost);
    if (name === undefined || kept === undefined || isUsed(select, name, join)) return [];
    return [editSlot('join-lost', `${name} lost`, slot, kept)];
  });
  if (lost.length > 0 || !hasCondition(join)) return lost;
  const what = `condition of JOIN ${nameOf(join.rarg) ?? 'a subquery'} lost`;
  return [
    editFields('join-lost', what, join, {
      jointype: 'JOIN_INNER',
      quals: undefined,
      usingClause: undefined,
      isNatural: undefined,
    }),
  ];
}

/** The name by which columns of one entry of FROM are called. */
export function nameOf(source: Node | undefined): string | undefined {
  if (source === undefined) return undefined;
  if ('RangeVar' in source) return source.RangeVar.alias?.aliasname ?? source.RangeVar.relname;
  return 'RangeSubselect' in source ? source.RangeSubselect.alias?.aliasname : undefined;
}

/**
 * Whether anything but the join's own condition may name the table. A column without a table may be anyone's, unless
 * it stands in a subquery, where it is taken to be the subquery's own.
 */
export function isUsed(select: SelectStmt, name: string, join?: JoinExpr): boolean {
  const outputs = new Set(
    (select.targetList ?? []).map((target) => ('ResTarget' in target ? target.ResTarget.name : undefined)),
  );
  const isUse = (node: Node, isOuter: boolean) => {
    if (!('ColumnRef' in node)) return false;
    const fields = columnFields(node.ColumnRef);
    return fields.length > 1 ? fields[0] === name : isOuter && !outputs.has(fields[0]);
  };
  const uses = (value: unknown, isOuter: boolean): boolean => {
    if (typeof value !== 'object' || value === null || value === join?.quals) return false;
    if (isOuter && isUse(value as Node, true)) return true;
    if (!isOuter && isUse(value as Node, false)) return true;
    return Object.entries(value).some(([key, inner]) => {
      if (key !== 'SelectStmt') return uses(inner, isOuter);
      return !definesName(inner as SelectStmt, name) && uses(inner, false);
    });
  };
  return join?.usingClause !== undefined || join?.isNatural === true || uses(select, true);
}

function definesName(select: SelectStmt, name: string): boolean {
  return listSlots(select).some(({ node }) => nameOf(node) === name);
}
