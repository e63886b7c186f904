/**
 * How hard a query is, by the rules of Spider's own evaluation (Yu et al. 2018, `eval_hardness`), read off the parse
 * tree instead of off Spider's own parser's JSON. The rules count the outermost SELECT only, and have habits that a
 * reader would not guess; they are kept, because published figures are split by them:
 * a NOT in WHERE or HAVING, and every AND or OR in HAVING, counts as an aggregate, while an aggregate compared in
 * HAVING does not; of a set operation only the first SELECT counts, and its ORDER BY and LIMIT belong to the last. One fault of Spider's parser is not kept:
 * it loses what follows an OR after a comparison of two columns (two questions of train_spider).
 */
import type { Node, SelectStmt } from 'libpg-query';
import { AppError, type Hardness } from '../contract/index.ts';
import { parseStatements } from './parse.ts';

/**
 * The hardness of one SELECT that PostgreSQL's grammar reads. For a gold query give the published text made readable,
 * not its rewriting for PostgreSQL: a rewriting may add what Spider's rules count (columns in GROUP BY, casts).
 * @throws AppError SQL_SYNTAX where the text is not one SELECT.
 */
export async function hardnessOf(sql: string): Promise<Hardness> {
  const [statement, ...others] = await parseStatements(sql);
  const node = statement?.node as Node | undefined;
  if (node === undefined || others.length > 0 || !('SelectStmt' in node)) {
    throw new AppError('SQL_SYNTAX', 'The text is not one SELECT.', { details: { sql } });
  }
  return grade(countParts(node.SelectStmt));
}

interface PartCounts {
  /** WHERE, GROUP BY, ORDER BY, LIMIT, each join, each OR, each LIKE. */
  clauses: number;
  /** Sub-queries in conditions, and a set operation. */
  nested: number;
  /** More than one aggregate, selected column, condition in WHERE, grouped column: one each. */
  plural: number;
}

function grade({ clauses, nested, plural }: PartCounts): Hardness {
  if (nested === 0) {
    if (clauses <= 1 && plural === 0) return 'easy';
    if ((clauses <= 1 && plural <= 2) || (clauses <= 2 && plural < 2)) return 'medium';
    if ((clauses <= 2 && plural > 2) || (clauses === 3 && plural <= 2)) return 'hard';
    return 'extra';
  }
  return clauses <= 1 && plural === 0 && nested === 1 ? 'hard' : 'extra';
}

function countParts(whole: SelectStmt): PartCounts {
  const select = firstSelect(whole);
  const from = readSources(select.fromClause ?? []);
  const where = readConditions(select.whereClause);
  const having = readConditions(select.havingClause);
  const isSet = select !== whole;
  const sorts = isSet ? [] : sortNodes(select);
  const groups = select.groupClause?.length ?? 0;
  const targets = select.targetList ?? [];
  const conditions = [from.conditions, where, having];
  const units = conditions.flatMap((list) => list.units);
  const present = [
    where.units.length,
    groups,
    sorts.length,
    isSet || select.limitCount === undefined ? 0 : 1,
  ];
  const aggregates =
    targets.filter((target) => 'ResTarget' in target && isLedByAggregate(target.ResTarget.val)).length +
    sum(sorts.map(countSortAggregates)) +
    sum([...where.units, ...having.units].map((unit) => Number(unit.isNegated))) +
    having.connectors.length;
  return {
    clauses:
      present.filter((count) => count > 0).length +
      Math.max(0, from.count - 1) +
      conditions.flatMap((list) => list.connectors).filter((word) => word === 'or').length +
      units.filter((unit) => unit.isLike).length,
    nested: Number(isSet) + sum(units.map((unit) => unit.subqueries)),
    plural: [aggregates, targets.length, where.units.length, groups].filter((count) => count > 1).length,
  };
}

/** The first of the SELECTs that set operations join. */
function firstSelect(select: SelectStmt): SelectStmt {
  return select.larg === undefined ? select : firstSelect(select.larg);
}

interface ConditionUnit {
  isNegated: boolean;
  isLike: boolean;
  subqueries: number;
}

interface Conditions {
  units: ConditionUnit[];
  connectors: ('and' | 'or')[];
}

/** Tables and sub-queries in FROM, and the conditions of their joins. */
function readSources(sources: readonly Node[]): { count: number; conditions: Conditions } {
  const conditions: Conditions = { units: [], connectors: [] };
  let count = 0;
  const visit = (source: Node | undefined): void => {
    if (source === undefined) return;
    if (!('JoinExpr' in source)) {
      count += 1;
      return;
    }
    visit(source.JoinExpr.larg);
    visit(source.JoinExpr.rarg);
    const { units, connectors } = readConditions(source.JoinExpr.quals);
    conditions.units.push(...units);
    conditions.connectors.push(...connectors);
  };
  for (const source of sources) visit(source);
  return { count, conditions };
}

/** A condition as a flat list, whatever its parentheses: Spider's rules know no nesting of AND and OR. */
function readConditions(node: Node | undefined): Conditions {
  if (node === undefined) return { units: [], connectors: [] };
  if (!('BoolExpr' in node) || node.BoolExpr.boolop === 'NOT_EXPR') {
    return { units: [readUnit(node)], connectors: [] };
  }
  const word = node.BoolExpr.boolop === 'OR_EXPR' ? 'or' : 'and';
  const parts = (node.BoolExpr.args ?? []).map(readConditions);
  return {
    units: parts.flatMap((part) => part.units),
    connectors: [
      ...parts.flatMap((part) => part.connectors),
      ...parts.slice(1).map(() => word),
    ] as Conditions['connectors'],
  };
}

function readUnit(node: Node): ConditionUnit {
  if ('BoolExpr' in node) {
    const [inner] = node.BoolExpr.args ?? [];
    const unit = inner === undefined ? undefined : readUnit(inner);
    return { isLike: unit?.isLike ?? false, subqueries: unit?.subqueries ?? 0, isNegated: true };
  }
  const kind = 'A_Expr' in node ? node.A_Expr.kind : undefined;
  const operator = 'A_Expr' in node ? operatorText(node.A_Expr.name?.at(-1)) : '';
  const isLike = kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE';
  const isNegated =
    (isLike && operator.startsWith('!')) ||
    (kind === 'AEXPR_IN' && operator === '<>') ||
    kind === 'AEXPR_NOT_BETWEEN';
  return { isNegated, isLike, subqueries: Math.min(2, countSubqueries(node)) };
}

function operatorText(node: Node | undefined): string {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : '';
}

/** Sub-queries of a condition, those inside them left out. */
function countSubqueries(value: unknown): number {
  if (Array.isArray(value)) return sum(value.map(countSubqueries));
  if (typeof value !== 'object' || value === null) return 0;
  return 'SubLink' in value ? 1 : sum(Object.values(value).map(countSubqueries));
}

const aggregateNames = new Set(['max', 'min', 'count', 'sum', 'avg']);

/** Whether an expression begins with an aggregate: `max(a) - min(b)` counts once, for its first. */
function isLedByAggregate(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if ('A_Expr' in node) return isLedByAggregate(node.A_Expr.lexpr);
  return 'FuncCall' in node && aggregateNames.has(operatorText(node.FuncCall.funcname?.at(-1)).toLowerCase());
}

function sortNodes(select: SelectStmt): Node[] {
  return (select.sortClause ?? []).flatMap((sort) =>
    'SortBy' in sort && sort.SortBy.node !== undefined ? [sort.SortBy.node] : [],
  );
}

/** In ORDER BY both sides of an operator count. */
function countSortAggregates(node: Node): number {
  if (!('A_Expr' in node)) return Number(isLedByAggregate(node));
  return Number(isLedByAggregate(node.A_Expr.lexpr)) + Number(isLedByAggregate(node.A_Expr.rexpr));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
