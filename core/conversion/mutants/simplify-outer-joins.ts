import { constantNumber, functionName, isAggregate, operatorOf } from '../ast.ts';
import { followsKey, namesOf, readQualified } from './follow-keys.ts';
import { isNeverNull, listConjuncts, readFacts } from './select-facts.ts';
import { listStrictColumns } from './strict-conditions.ts';
import { listSlots } from './walk-tree.ts';
import type { JoinExpr, Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';
import type { SelectFacts } from './select-facts.ts';

/** One side of an outer join keeps its rows, the other may be missing. */
interface OuterJoin {
  join: JoinExpr;
  kept: Node;
  missing: Node;
  /** Names of the tables on the side that may be missing. */
  names: Set<string>;
}

/**
 * Makes outer joins inner ones where no row without a match can be seen: there is none, a condition drops it again, or
 * it adds nothing to what is asked for.
 * @param lostOutputs positions of outputs that are not NULL in any row that matters
 */
export function simplifyOuterJoins(
  select: SelectStmt,
  tables: Map<string, LoadedTable>,
  lostOutputs: ReadonlySet<number>,
): void {
  for (const source of select.fromClause ?? []) reduceStrict(source, strictNames(select.whereClause));
  for (const { node } of listSlots({ fromClause: select.fromClause ?? [] })) {
    const outer = 'JoinExpr' in node ? readOuter(node.JoinExpr) : undefined;
    if (outer === undefined) continue;
    const facts = readFacts(select, tables);
    const isUnseen =
      followsKey(outer.kept, outer.missing, outer.join, tables) ||
      isAggregatedAway(select, outer) ||
      isLostOutput(select, outer, lostOutputs) ||
      failsHaving(select, outer, facts, tables);
    if (isUnseen) outer.join.jointype = 'JOIN_INNER';
  }
}

function readOuter(join: JoinExpr): OuterJoin | undefined {
  const isLeft = join.jointype === 'JOIN_LEFT';
  if (!isLeft && join.jointype !== 'JOIN_RIGHT') return undefined;
  const [kept, missing] = isLeft ? [join.larg, join.rarg] : [join.rarg, join.larg];
  if (kept === undefined || missing === undefined) return undefined;
  return { join, kept, missing, names: namesOf(missing) };
}

/** A condition above the join that a NULL cannot meet drops the rows without a match. */
function reduceStrict(source: Node, strict: Set<string>): void {
  if (!('JoinExpr' in source)) return;
  const join = source.JoinExpr;
  const outer = readOuter(join);
  if (outer !== undefined && [...strict].some((name) => outer.names.has(name))) join.jointype = 'JOIN_INNER';
  const isInner = join.jointype === 'JOIN_INNER';
  const inherited = isInner ? new Set([...strict, ...strictNames(join.quals)]) : strict;
  for (const side of [join.larg, join.rarg]) {
    if (side === undefined) continue;
    if (isInner || side === outer?.kept) reduceStrict(side, inherited);
  }
}

function strictNames(condition: Node | undefined): Set<string> {
  const columns = listConjuncts(condition).flatMap(listStrictColumns);
  return new Set(columns.flatMap((column) => readQualified(column)?.alias ?? []));
}

const ignoresNulls = /^(count|sum|avg|min|max)$/;

/** All that is asked for are aggregates of columns that are NULL in the rows without a match. */
function isAggregatedAway(select: SelectStmt, { names }: OuterJoin): boolean {
  if (select.groupClause !== undefined || select.havingClause !== undefined) return false;
  const targets = select.targetList ?? [];
  return (
    targets.length > 0 &&
    targets.every((target) => {
      const call = 'ResTarget' in target ? target.ResTarget.val : undefined;
      return call !== undefined && names.has(aggregatedAlias(call));
    })
  );
}

/** The table of the column in `sum(t.x)`; '' for all else. */
function aggregatedAlias(call: Node): string {
  if (!('FuncCall' in call) || !ignoresNulls.test(functionName(call) ?? '')) return '';
  const { args } = call.FuncCall;
  return args?.length === 1 ? (readQualified(args[0])?.alias ?? '') : '';
}

function isLostOutput(select: SelectStmt, { names }: OuterJoin, lost: ReadonlySet<number>): boolean {
  if (select.groupClause !== undefined || select.limitCount !== undefined || select.limitOffset !== undefined)
    return false;
  const targets = (select.targetList ?? []).map((target) =>
    'ResTarget' in target ? target.ResTarget.val : undefined,
  );
  if (listSlots({ targetList: select.targetList ?? [] }).some(({ node }) => isAggregate(node))) return false;
  return targets.some((target, position) => {
    const column = readQualified(target);
    return lost.has(position) && column !== undefined && names.has(column.alias);
  });
}

/** Rows without a match make groups of their own, and HAVING does not let these by. */
function failsHaving(
  select: SelectStmt,
  outer: OuterJoin,
  facts: SelectFacts,
  tables: Map<string, LoadedTable>,
): boolean {
  const [only, ...more] = select.fromClause ?? [];
  const isTop = only !== undefined && 'JoinExpr' in only && only.JoinExpr === outer.join && more.length === 0;
  if (!isTop || select.groupClause === undefined) return false;
  const groups = select.groupClause.flatMap((group) => facts.resolve(group) ?? []);
  const keptFacts = readFacts({ fromClause: [outer.kept] }, tables);
  const isSingle =
    keptFacts.isPlain &&
    keptFacts.isKey(groups.filter(({ alias }) => !outer.names.has(alias)).map(({ name }) => name));
  const joined = new Set(
    listConjuncts(outer.join.quals)
      .flatMap(listStrictColumns)
      .flatMap((column) => facts.resolve(column)?.name ?? []),
  );
  const isApart = groups.some(
    ({ alias, name, table, column }) =>
      outer.names.has(alias) && (joined.has(name) || isNeverNull(table, column)),
  );
  if (!isSingle && !isApart) return false;
  return listConjuncts(select.havingClause).some((part) => isFalseUnmatched(part, outer, isSingle));
}

/** Whether `aggregate op number` is not true for a group of rows without a match. */
function isFalseUnmatched(part: Node, { names }: OuterJoin, isSingle: boolean): boolean {
  if (!('A_Expr' in part) || part.A_Expr.kind !== 'AEXPR_OP') return false;
  const { lexpr, rexpr } = part.A_Expr;
  if (lexpr === undefined || !('FuncCall' in lexpr) || !/^(=|<>|<|>|<=|>=)$/.test(operatorOf(part) ?? ''))
    return false;
  const isCount = functionName(lexpr) === 'count';
  const isMissing = names.has(aggregatedAlias(lexpr));
  if (isMissing && !isCount) return true;
  const number = Number(constantNumber(rexpr) ?? Number.NaN);
  if (!isCount || Number.isNaN(number)) return false;
  if (isMissing) return !compare(0, operatorOf(part) ?? '', number);
  if (!isSingle) return false;
  const isStar = lexpr.FuncCall.agg_star === true;
  return !compare(1, operatorOf(part) ?? '', number) && (isStar || /^>/.test(operatorOf(part) ?? ''));
}

function compare(left: number, operator: string, right: number): boolean {
  if (operator === '=') return left === right;
  if (operator === '<>') return left !== right;
  if (operator.startsWith('<')) return left < right || (operator === '<=' && left === right);
  return left > right || (operator === '>=' && left === right);
}
