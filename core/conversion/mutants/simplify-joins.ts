import { functionName, operatorOf } from '../ast.ts';
import { isUsed, nameOf } from './edit-joins.ts';
import { isNeverNull, listConjuncts } from './select-facts.ts';
import { listSlots } from './walk-tree.ts';
import type { JoinExpr, Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';

/**
 * Along a declared foreign key without NULLs every row finds exactly one row of the key's target: the join to the
 * target may as well be inner, and may go where nothing else uses the target.
 */
export function simplifyJoins(select: SelectStmt, tables: Map<string, LoadedTable>): void {
  for (const { node } of listSlots({ fromClause: select.fromClause ?? [] })) {
    if (!('JoinExpr' in node)) continue;
    makeInner(node.JoinExpr, tables);
    ignoreUnmatched(select, node.JoinExpr);
  }
  for (let slot = findLosable(select, tables); slot !== undefined; slot = findLosable(select, tables)) {
    slot.put(slot.kept);
  }
}

function makeInner(join: JoinExpr, tables: Map<string, LoadedTable>): void {
  const isKept =
    join.jointype === 'JOIN_LEFT'
      ? followsKey(join.larg, join.rarg, join, tables)
      : join.jointype === 'JOIN_RIGHT' && followsKey(join.rarg, join.larg, join, tables);
  if (isKept) join.jointype = 'JOIN_INNER';
}

const ignoresNulls = /^(count|sum|avg|min|max)$/;

/** Where all that is asked for are aggregates of one side's columns, rows without that side add nothing to them. */
function ignoreUnmatched(select: SelectStmt, join: JoinExpr): void {
  const nullable = { JOIN_LEFT: join.rarg, JOIN_RIGHT: join.larg }[
    join.jointype as 'JOIN_LEFT' | 'JOIN_RIGHT'
  ];
  if (nullable === undefined || select.groupClause !== undefined || select.havingClause !== undefined) return;
  const slots = [{ node: nullable }, ...listSlots({ fromClause: [nullable] })];
  const names = new Set(slots.map(({ node }) => nameOf(node)));
  const ignored = (select.targetList ?? []).every((target) => {
    const call = 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (call === undefined || !('FuncCall' in call) || !ignoresNulls.test(functionName(call) ?? ''))
      return false;
    const column = call.FuncCall.args?.length === 1 ? readColumn(call.FuncCall.args[0]) : undefined;
    return column !== undefined && names.has(column.alias);
  });
  if (ignored && select.targetList !== undefined) join.jointype = 'JOIN_INNER';
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
      if (kept === undefined || name === undefined || !followsKey(kept, lost, join, tables)) continue;
      if (!isUsed(select, name, join)) return { put: slot.put, kept };
    }
  }
  return undefined;
}

/** Whether the join's whole condition is a foreign key, never NULL, from a table in `source` to the table `target`. */
function followsKey(
  source: Node | undefined,
  target: Node | undefined,
  join: JoinExpr,
  tables: Map<string, LoadedTable>,
): boolean {
  if (source === undefined || target === undefined || !('RangeVar' in target) || join.isNatural === true)
    return false;
  const slots = [{ node: source }, ...listSlots({ fromClause: [source] })];
  const isInner = slots.every(({ node }) => !('JoinExpr' in node) || node.JoinExpr.jointype === 'JOIN_INNER');
  if (!isInner || join.quals === undefined) return false;
  const targetName = nameOf(target) ?? '';
  const pairs = listConjuncts(join.quals).map((part) => readPair(part, targetName));
  const sourceName = pairs[0]?.source;
  const from = slots.find(({ node }) => 'RangeVar' in node && nameOf(node) === sourceName)?.node;
  const table =
    from !== undefined && 'RangeVar' in from ? tables.get(from.RangeVar.relname ?? '') : undefined;
  return (
    table !== undefined &&
    pairs.every((pair) => pair?.source === sourceName) &&
    table.foreignKeys.some(
      (key) =>
        key.declared &&
        key.targetTable === target.RangeVar.relname &&
        key.columns.length === pairs.length &&
        key.columns.every(
          (column, index) =>
            isNeverNull(table, column) &&
            pairs.some((pair) => pair?.from === column && pair.to === key.targetColumns[index]),
        ),
    )
  );
}

/** `a.x = b.y` with b the target; columns must say their table. */
function readPair(part: Node, targetName: string) {
  if (!('A_Expr' in part) || part.A_Expr.kind !== 'AEXPR_OP' || operatorOf(part) !== '=') return undefined;
  const sides = [part.A_Expr.lexpr, part.A_Expr.rexpr].map(readColumn);
  const to = sides.find((side) => side?.alias === targetName);
  const from = sides.find((side) => side !== undefined && side.alias !== targetName);
  return to === undefined || from === undefined
    ? undefined
    : { source: from.alias, from: from.column, to: to.column };
}

function readColumn(node: Node | undefined) {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const [alias, column] = (node.ColumnRef.fields ?? []).map((field) =>
    'String' in field ? field.String.sval : undefined,
  );
  return alias === undefined || column === undefined ? undefined : { alias, column };
}
