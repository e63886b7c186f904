import { columnFields, constantNumber, functionName, isAggregate, numberConstant } from '../ast.ts';
import { isPlainDistinct } from './simplify-subqueries.ts';
import { listSlots } from './walk-tree.ts';
import type { FuncCall, Node, SelectStmt, SortBy } from 'libpg-query';
import type { SelectFacts } from './select-facts.ts';

/** What the keys make superfluous: DISTINCT, further columns of ORDER BY, the choice between min and max. */
export function simplifyShape(select: SelectStmt, facts: SelectFacts): void {
  if (select.op !== undefined && select.op !== 'SETOP_NONE') return;
  simplifyPatterns(select);
  simplifySingleRow(select, facts);
  const groups = readColumns(select.groupClause ?? [], select, facts);
  // Without GROUP BY: constants that already name the row.
  const isRowPerGroup = groups !== undefined && facts.isKey(groups);
  for (const { node } of listSlots(select)) {
    if ('FuncCall' in node) simplifyCall(node.FuncCall, functionName(node), facts, groups, isRowPerGroup);
  }
  if (isRowPerGroup && select.groupClause !== undefined) countOne(select);
  simplifyDistinct(select, facts);
  simplifyOrder(select, facts);
}

/** ILIKE folds ASCII letters; what others do depends on the locale. */
function simplifyPatterns(select: SelectStmt): void {
  for (const { node } of listSlots(select)) {
    if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_ILIKE') continue;
    const pattern = node.A_Expr.rexpr;
    if (pattern === undefined || !('A_Const' in pattern) || pattern.A_Const.sval === undefined) continue;
    const text = pattern.A_Const.sval.sval ?? '';
    pattern.A_Const.sval = { sval: text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) };
  }
}

/** Aggregates without GROUP BY give one row at most, as a key's constants do: order and LIMIT change nothing. */
function simplifySingleRow(select: SelectStmt, facts: SelectFacts): void {
  if (select.groupClause !== undefined || select.limitOffset !== undefined) return;
  if (!hasAggregate(select) && !facts.isKey([])) return;
  delete select.sortClause;
  if (isPlainDistinct(select)) delete select.distinctClause;
  if (Number(constantNumber(select.limitCount) ?? 0) < 1) return;
  delete select.limitCount;
  select.limitOption = 'LIMIT_OPTION_DEFAULT';
}

function hasAggregate(select: SelectStmt): boolean {
  return listSlots({ targetList: select.targetList ?? [] }).some(({ node }) => isAggregate(node));
}

function simplifyCall(
  call: FuncCall,
  name: string | undefined,
  facts: SelectFacts,
  groups: string[] | undefined,
  isRowPerGroup: boolean,
): void {
  const found = call.args?.length === 1 ? facts.resolve(call.args[0]) : undefined;
  if (name === 'min' || name === 'max') {
    delete call.agg_distinct;
    // What is the same in the whole group is its least and its greatest.
    const isSame = facts.isPlain && found !== undefined && facts.closure(groups ?? []).has(found.name);
    if (isSame || isRowPerGroup) call.funcname = [{ String: { sval: 'max' } }];
  }
  if (isRowPerGroup) delete call.agg_distinct;
  if (name !== 'count' || found === undefined || !facts.isNeverNull(call.args?.[0])) return;
  if (call.agg_distinct === true && !facts.isKey([found.name])) return;
  delete call.agg_distinct;
  delete call.args;
  call.agg_star = true;
}

/** A group of one row counts 1: PostgreSQL's planner then settles what HAVING makes of it. */
function countOne(select: SelectStmt): void {
  const { havingClause } = select;
  for (const slot of havingClause === undefined ? [] : listSlots({ havingClause })) {
    if (
      'FuncCall' in slot.node &&
      functionName(slot.node) === 'count' &&
      slot.node.FuncCall.agg_star === true
    ) {
      slot.put(numberConstant('1'));
    }
  }
}

/** Rows that already differ in a key, or in what their groups are made of, are distinct. */
function simplifyDistinct(select: SelectStmt, facts: SelectFacts): void {
  if (!isPlainDistinct(select)) return;
  const outputs = (select.targetList ?? []).flatMap((target) =>
    'ResTarget' in target ? (facts.resolve(target.ResTarget.val)?.name ?? []) : [],
  );
  if (areRowsApart(outputs, select, facts)) delete select.distinctClause;
}

/** What comes in ORDER BY after columns in which no two rows agree, or is the same in all rows that agree so far. */
function simplifyOrder(select: SelectStmt, facts: SelectFacts): void {
  if (!facts.isPlain || select.sortClause === undefined || isPlainDistinct(select)) return;
  const before: string[] = [];
  const kept: Node[] = [];
  for (const item of select.sortClause) {
    if (areRowsApart(before, select, facts)) break;
    const column = 'SortBy' in item ? readSortColumn(item.SortBy, select, facts) : undefined;
    if (column !== undefined && facts.closure(before).has(column)) continue;
    kept.push(item);
    if (column !== undefined) before.push(column);
  }
  if (kept.length > 0) select.sortClause = kept;
  else delete select.sortClause;
}

function areRowsApart(columns: string[], select: SelectStmt, facts: SelectFacts): boolean {
  if (select.groupClause === undefined) return !hasAggregate(select) && facts.isKey(columns);
  const groups = readColumns(select.groupClause, select, facts);
  const reached = facts.closure(columns);
  return facts.isPlain && groups !== undefined && groups.every((name) => reached.has(name));
}

function readSortColumn(sort: SortBy, select: SelectStmt, facts: SelectFacts): string | undefined {
  return sort.node === undefined ? undefined : readColumns([sort.node], select, facts)?.[0];
}

/** The columns that these expressions are; undefined where one is something else, or an output's name or place. */
function readColumns(nodes: Node[], select: SelectStmt, facts: SelectFacts): string[] | undefined {
  const outputs = new Set(
    (select.targetList ?? []).map((target) => ('ResTarget' in target ? target.ResTarget.name : undefined)),
  );
  const names: string[] = [];
  for (const node of nodes) {
    const isOutput =
      'ColumnRef' in node &&
      node.ColumnRef.fields?.length === 1 &&
      outputs.has(columnFields(node.ColumnRef)[0]);
    const found = isOutput ? undefined : facts.resolve(node);
    if (found === undefined) return undefined;
    names.push(found.name);
  }
  return names;
}
