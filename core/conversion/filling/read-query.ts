import { parseSync } from 'libpg-query';
import { columnFields, constantNumber } from '../ast.ts';
import { childrenOf, findColumnIn, noteNumberTexts, readAggregate, readTerm } from './read-expression.ts';
import { readCondition } from './read-condition.ts';
import type { JoinExpr, Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';
import type { Block, ColumnTerm, Formula, Output, SetOperation, Sort } from './query-model.ts';
import type { ReadScope } from './read-expression.ts';

/**
 * Reads a query into what it says about rows. The parser must be loaded. Undefined for what is no SELECT.
 * `numberTexts` gets `table.column` of each text that the query reads as a number.
 */
export function readQuery(
  sql: string,
  tables: ReadonlyMap<string, LoadedTable>,
  numberTexts: Set<string>,
): Block | undefined {
  const statement = parseSync(sql).stmts?.[0]?.stmt;
  if (statement === undefined || !('SelectStmt' in statement)) return undefined;
  return readSelect(statement.SelectStmt, undefined, { tables, numberTexts });
}

interface Reading {
  tables: ReadonlyMap<string, LoadedTable>;
  numberTexts: Set<string>;
}

const setOperators: Partial<Record<string, SetOperation['operator']>> = {
  SETOP_UNION: 'union',
  SETOP_INTERSECT: 'intersect',
  SETOP_EXCEPT: 'except',
};

function readSelect(select: SelectStmt, parent: ReadScope | undefined, reading: Reading): Block {
  const operator = setOperators[select.op ?? ''];
  if (operator !== undefined && select.larg !== undefined && select.rarg !== undefined) {
    return readSetOperation(select, operator, parent, reading);
  }
  const scope: ReadScope = { sources: [], named: new Map(), parent, numberTexts: reading.numberTexts };
  const conditions: Formula[] = [];
  const readBlock = (inner: SelectStmt, outer: ReadScope) => readSelect(inner, outer, reading);
  const condition = (node: Node | undefined) => readCondition(node, scope, readBlock);
  const joins: JoinExpr[] = [];
  for (const source of select.fromClause ?? []) addSources(source, false, scope, reading, joins);
  for (const join of joins) {
    conditions.push(...readUsing(join, scope));
    if (join.quals !== undefined) conditions.push(condition(join.quals));
  }
  for (const target of select.targetList ?? []) {
    if ('ResTarget' in target && target.ResTarget.name !== undefined && target.ResTarget.val !== undefined)
      scope.named.set(target.ResTarget.name, target.ResTarget.val);
  }
  conditions.push(condition(select.whereClause));
  const outputs = (select.targetList ?? []).flatMap((target) => readOutputs(target, scope));
  const groups = [...(select.groupClause ?? []), ...distinctOn(select)].flatMap((node) =>
    readGroup(node, outputs, scope),
  );
  const sorts = readSorts(select, outputs, scope);
  return {
    sources: scope.sources,
    where: { kind: 'all', parts: conditions },
    having: condition(select.havingClause),
    outputs,
    groups,
    tied: groups.length > 0 ? tiedTerms(outputs, sorts) : [],
    sorts,
    limit: readLimit(select),
  };
}

function readSetOperation(
  select: SelectStmt,
  operator: SetOperation['operator'],
  parent: ReadScope | undefined,
  reading: Reading,
): Block {
  const left = readSelect(select.larg ?? {}, parent, reading);
  const right = readSelect(select.rarg ?? {}, parent, reading);
  const nothing: Formula = { kind: 'all', parts: [] };
  const scope: ReadScope = { sources: [], named: new Map(), numberTexts: reading.numberTexts };
  return {
    sources: [],
    where: nothing,
    having: nothing,
    outputs: left.outputs,
    groups: [],
    tied: [],
    sorts: readSorts(select, left.outputs, scope),
    limit: readLimit(select),
    set: { operator, left, right },
  };
}

function addSources(
  node: Node,
  isOptional: boolean,
  scope: ReadScope,
  reading: Reading,
  joins: JoinExpr[],
): void {
  if ('JoinExpr' in node) {
    const { larg, rarg, jointype } = node.JoinExpr;
    const isLeft = jointype === 'JOIN_LEFT' || jointype === 'JOIN_FULL';
    const isRight = jointype === 'JOIN_RIGHT' || jointype === 'JOIN_FULL';
    if (larg !== undefined) addSources(larg, isOptional || isRight, scope, reading, joins);
    if (rarg !== undefined) addSources(rarg, isOptional || isLeft, scope, reading, joins);
    joins.push(node.JoinExpr);
  } else if ('RangeVar' in node) {
    const name = node.RangeVar.relname ?? '';
    scope.sources.push({
      alias: node.RangeVar.alias?.aliasname ?? name,
      table: reading.tables.get(name),
      isOptional,
    });
  } else if ('RangeSubselect' in node) {
    const { subquery, alias } = node.RangeSubselect;
    if (subquery === undefined || !('SelectStmt' in subquery)) return;
    const block = readSelect(subquery.SelectStmt, scope.parent, reading);
    scope.sources.push({ alias: alias?.aliasname ?? '', block, isOptional });
  }
}

/** `USING (x)` and NATURAL JOIN: equal names are equal columns. */
function readUsing(join: JoinExpr, scope: ReadScope): Formula[] {
  const using = (join.usingClause ?? []).flatMap((node) =>
    'String' in node ? [node.String.sval ?? ''] : [],
  );
  const last = scope.sources.at(-1);
  const names = join.isNatural === true ? (last?.table?.columns ?? []).map((column) => column.name) : using;
  return names.flatMap((column): Formula[] => {
    const [left, right] = scope.sources.filter((each) =>
      each.table?.columns.some((own) => own.name === column),
    );
    if (left === undefined || right === undefined) return [];
    return [
      { kind: 'relate', left: { source: left, column }, operator: '=', right: { source: right, column } },
    ];
  });
}

function readOutputs(target: Node, scope: ReadScope): Output[] {
  if (!('ResTarget' in target) || target.ResTarget.val === undefined) return [];
  const { val, name } = target.ResTarget;
  noteNumberTexts(val, scope);
  if ('ColumnRef' in val && columnFields(val.ColumnRef).at(-1) === '*') {
    return readStar(columnFields(val.ColumnRef), scope);
  }
  const aggregate = readAggregate(val, scope);
  if (aggregate !== undefined) return [{ ...aggregate, name: name ?? aggregate.aggregate ?? '' }];
  const term = (readTerm(val, scope) ?? findColumnIn(val, scope))?.term;
  return [{ name: name ?? term?.column ?? '', term }];
}

function readStar(fields: string[], scope: ReadScope): Output[] {
  return scope.sources
    .filter((source) => fields.length === 1 || source.alias === fields[0])
    .flatMap((source) =>
      source.block !== undefined
        ? source.block.outputs
        : (source.table?.columns ?? []).map(({ name }) => ({ name, term: { source, column: name } })),
    );
}

function readGroup(node: Node, outputs: Output[], scope: ReadScope): ColumnTerm[] {
  const position = constantNumber(node);
  const named = 'ColumnRef' in node ? scope.named.get(columnFields(node.ColumnRef).at(-1) ?? '') : undefined;
  const term =
    position !== undefined
      ? outputs[Number(position) - 1]?.term
      : (readTerm(node, scope) ?? readTerm(named, scope))?.term;
  return term === undefined ? [] : [term];
}

function readSorts(select: SelectStmt, outputs: Output[], scope: ReadScope): Sort[] {
  const picksRow = select.limitCount !== undefined || distinctOn(select).length > 0;
  const inside = (select.targetList ?? [])
    .flatMap(ordersInside)
    .map((item) => readSort(item, true, outputs, scope));
  return [
    ...(select.sortClause ?? []).map((item) => readSort(item, picksRow, outputs, scope)),
    ...inside,
  ].flat();
}

/** `array_agg(x ORDER BY y)` */
function ordersInside(node: Node): Node[] {
  if ('SubLink' in node) return [];
  const own = 'FuncCall' in node ? (node.FuncCall.agg_order ?? []) : [];
  return [...own, ...childrenOf(node).flatMap(ordersInside)];
}

/** The columns of DISTINCT ON (…); a plain DISTINCT has an empty node. */
function distinctOn(select: SelectStmt): Node[] {
  return (select.distinctClause ?? []).filter((node) => Object.keys(node).length > 0);
}

function readSort(item: Node, picksRow: boolean, outputs: Output[], scope: ReadScope): Sort[] {
  if (!('SortBy' in item) || item.SortBy.node === undefined) return [];
  const { node, sortby_dir, sortby_nulls } = item.SortBy;
  const output = outputOf(node, outputs, scope);
  return [
    {
      term: output?.term,
      aggregate: output?.aggregate,
      isDescending: sortby_dir === 'SORTBY_DESC',
      saysNulls: sortby_nulls !== undefined && sortby_nulls !== 'SORTBY_NULLS_DEFAULT',
      picksRow,
    },
  ];
}

function outputOf(node: Node, outputs: Output[], scope: ReadScope): Output | undefined {
  const position = constantNumber(node);
  if (position !== undefined) return outputs[Number(position) - 1];
  const name = 'ColumnRef' in node ? columnFields(node.ColumnRef) : [];
  const named = name.length === 1 ? outputs.find((output) => output.name === name[0]) : undefined;
  if (named !== undefined) return named;
  const aggregate = readAggregate(node, scope);
  if (aggregate !== undefined) return aggregate;
  const term = findColumnIn(node, scope)?.term;
  return { name: '', term };
}

/**
 * `min(x) AS x` stands for SQLite's bare column x, and a hidden min or max in ORDER BY for the column by which SQLite
 * orders a SELECT DISTINCT: defined only where all rows of the group agree. A key cannot agree and stay a key.
 */
function tiedTerms(outputs: Output[], sorts: Sort[]): ColumnTerm[] {
  const picked = outputs.filter(
    (output) => ['min', 'array_agg'].includes(output.aggregate ?? '') && output.name === output.term?.column,
  );
  const hidden = sorts.filter(
    ({ aggregate, term }) =>
      (aggregate === 'min' || aggregate === 'max') &&
      !outputs.some((output) => output.aggregate === aggregate && output.term?.column === term?.column),
  );
  return [...picked, ...hidden]
    .flatMap((each) => each.term ?? [])
    .filter(({ source, column }) => source.table?.primaryKey.includes(column) === false);
}

function readLimit(select: SelectStmt): number | undefined {
  const count = constantNumber(select.limitCount);
  if (count === undefined) return undefined;
  return Number(count) + Number(constantNumber(select.limitOffset) ?? 0);
}
