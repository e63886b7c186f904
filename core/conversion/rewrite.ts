import { loadModule, parseSync } from 'libpg-query';
import { AppError } from '../contract/errors.ts';
import { columnFields, columnNode, expressionSlots, textConstant, walkExpression } from './ast.ts';
import { fixGrouping } from './rewrite-grouping.ts';
import { printSelect } from './rewrite-print.ts';
import { toPostgresTokens } from './rewrite-lexical.ts';
import { withoutCollation } from './rewrite-collation.ts';
import { truthAsNumber } from './rewrite-compare.ts';
import { fixDistinct } from './rewrite-distinct.ts';
import { narrowCounted } from './rewrite-counted.ts';
import { placeJoinConditions } from './rewrite-joins.ts';
import { fixOperator } from './rewrite-operators.ts';
import { fixNullOrder, fixSetOrder } from './rewrite-order.ts';
import { relationOfTable, resolveColumn } from './rewrite-scope.ts';
import { matchSetOperation, orderSetOperations } from './rewrite-sets.ts';
import { spellEquals, toTruth } from './rewrite-truth.ts';
import { outputTypes, rememberScope } from './rewrite-types.ts';
import type { ColumnRef, Node, SelectStmt } from 'libpg-query';
import type { SlotPart } from './ast.ts';
import type { LoadedTable } from './load.ts';
import type { BareColumnRule } from './rewrite-grouping.ts';
import type { Relation, Scope, ScopeColumn } from './rewrite-scope.ts';

export interface Rewritten {
  sql: string;
  /** Whether the rule for bare columns mattered: the other rule gives other SQL. */
  hasChoice: boolean;
}

interface Context {
  /** The text that was parsed: positions in the tree are byte offsets into it. */
  source: Buffer;
  tables: Map<string, LoadedTable>;
  rule: BareColumnRule;
  hasChoice: boolean;
}

/** Loads the parser; once, before the first `rewriteQuery`. */
export const loadRewriter = loadModule;

/**
 * Rewrites one of Spider's SQLite queries for PostgreSQL, from its parse tree: names by scope, types by column.
 * @throws AppError SQL_SYNTAX where PostgreSQL's grammar does not read the query.
 */
export function rewriteQuery(sql: string, tables: LoadedTable[], rule: BareColumnRule = 'group'): Rewritten {
  const names = new Set(
    tables.flatMap((table) => [table.name, ...table.columns.map((column) => column.name)]),
  );
  const text = toPostgresTokens(sql, (name) => names.has(name));
  const statement = parseSelect(text);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const context: Context = { source: Buffer.from(text), tables: byName, rule, hasChoice: false };
  rewriteSelect(statement, undefined, context);
  const rewritten = printSelect(statement);
  parseSelect(rewritten);
  return { sql: rewritten, hasChoice: context.hasChoice };
}

function parseSelect(text: string): SelectStmt {
  try {
    const node = parseSync(text).stmts?.[0]?.stmt;
    if (node !== undefined && 'SelectStmt' in node) return node.SelectStmt;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('SQL_SYNTAX', message, { details: { sql: text }, cause: error });
  }
  throw new AppError('SQL_SYNTAX', 'The text is not a SELECT.', { details: { sql: text } });
}

function rewriteSelect(select: SelectStmt, parent: Scope | undefined, context: Context): void {
  const scope: Scope = { relations: [], outputs: new Map(), parent, commonTables: new Map() };
  rewriteCommonTables(select, scope, context);
  if (select.larg !== undefined && select.rarg !== undefined) {
    orderSetOperations(select);
    rewriteSelect(select.larg, scope, context);
    rewriteSelect(select.rarg, scope, context);
    fixSetOrder(select);
    matchSetOperation(select);
    return;
  }
  narrowCounted(select);
  for (const source of select.fromClause ?? []) addRelations(source, scope, context);
  rememberScope(select, scope);
  placeJoinConditions(select, scope);
  nameOutputs(select, scope);
  for (const slot of expressionSlots(select))
    slot.put(toSlot(rewriteExpression(slot.node, slot.part, scope, context), slot.part, scope));
  nameOutputs(select, scope);
  if (fixDistinct(select, scope)) context.hasChoice = true;
  if (fixGrouping(select, scope, context.rule)) context.hasChoice = true;
  nameOutputs(select, scope);
  fixNullOrder(select, scope);
}

/** Conditions are truth values in PostgreSQL; outputs of SQLite never are. */
function toSlot(node: Node, part: SlotPart, scope: Scope): Node {
  if (part === 'target') return truthAsNumber(node, scope);
  if (part === 'group' || part === 'sort') return node;
  return toTruth(part === 'having' || part === 'where' || part === 'join' ? spellEquals(node) : node, scope);
}

function rewriteCommonTables(select: SelectStmt, scope: Scope, context: Context): void {
  const { withClause } = select;
  for (const entry of withClause?.ctes ?? []) {
    if (!('CommonTableExpr' in entry)) continue;
    const table = entry.CommonTableExpr;
    const query = table.ctequery;
    if (query === undefined || !('SelectStmt' in query)) continue;
    table.ctename = (table.ctename ?? '').toLowerCase();
    const names = (table.aliascolnames ?? []).map((name) =>
      'String' in name ? (name.String.sval ?? '') : '',
    );
    const isRecursive = namesTable(query.SelectStmt, table.ctename);
    if (isRecursive && withClause !== undefined) withClause.recursive = true;
    // A recursive query reads what its first part gives.
    if (isRecursive && query.SelectStmt.larg !== undefined) {
      const first = structuredClone(query.SelectStmt.larg);
      rewriteSelect(first, scope, context);
      scope.commonTables.set(table.ctename, renameColumns(outputTypes(first), names));
    }
    rewriteSelect(query.SelectStmt, scope, context);
    scope.commonTables.set(table.ctename, renameColumns(outputTypes(query.SelectStmt), names));
  }
}

function namesTable(select: SelectStmt, name: string): boolean {
  return JSON.stringify(select)
    .toLowerCase()
    .includes(`"relname":${JSON.stringify(name)}`);
}

function renameColumns(columns: ScopeColumn[], names: string[]): ScopeColumn[] {
  return columns.map((column, index) => ({ ...column, name: names[index]?.toLowerCase() ?? column.name }));
}

function nameOutputs(select: SelectStmt, scope: Scope): void {
  for (const target of select.targetList ?? []) {
    if (!('ResTarget' in target) || target.ResTarget.name === undefined || target.ResTarget.val === undefined)
      continue;
    target.ResTarget.name = target.ResTarget.name.toLowerCase();
    scope.outputs.set(target.ResTarget.name, target.ResTarget.val);
  }
}

function addRelations(source: Node, scope: Scope, context: Context): void {
  if ('JoinExpr' in source) {
    if (source.JoinExpr.larg !== undefined) addRelations(source.JoinExpr.larg, scope, context);
    if (source.JoinExpr.rarg !== undefined) addRelations(source.JoinExpr.rarg, scope, context);
  } else if ('RangeVar' in source) {
    const name = (source.RangeVar.relname ?? '').toLowerCase();
    source.RangeVar.relname = name;
    if (source.RangeVar.alias?.aliasname !== undefined)
      source.RangeVar.alias.aliasname = source.RangeVar.alias.aliasname.toLowerCase();
    const alias = source.RangeVar.alias?.aliasname ?? name;
    const common = findCommonTable(name, scope);
    const table = context.tables.get(name);
    if (common !== undefined) scope.relations.push({ alias, columns: common });
    else if (table !== undefined) scope.relations.push(relationOfTable(table, alias));
  } else if ('RangeSubselect' in source) {
    scope.relations.push(...relationOfSubquery(source, scope, context));
  }
}

function findCommonTable(name: string, scope: Scope): ScopeColumn[] | undefined {
  return scope.commonTables.get(name) ?? (scope.parent && findCommonTable(name, scope.parent));
}

function relationOfSubquery(source: Node, scope: Scope, context: Context): Relation[] {
  if (!('RangeSubselect' in source)) return [];
  const { subquery, alias } = source.RangeSubselect;
  if (subquery === undefined || !('SelectStmt' in subquery)) return [];
  rewriteSelect(subquery.SelectStmt, outsideOf(scope), context);
  // PostgreSQL before 16 wants a name.
  const name = alias?.aliasname?.toLowerCase() ?? `t${scope.relations.length + 1}`;
  source.RangeSubselect.alias = { ...alias, aliasname: name };
  return [{ alias: name, columns: outputTypes(subquery.SelectStmt) }];
}

/** A subquery in FROM sees the WITH queries of its SELECT, but not the tables beside it. */
function outsideOf(scope: Scope): Scope {
  return { ...scope, relations: [], outputs: new Map() };
}

function rewriteExpression(root: Node, part: SlotPart, scope: Scope, context: Context): Node {
  const rewritten = walkExpression(
    root,
    (node) => {
      if (
        'SubLink' in node &&
        node.SubLink.subselect !== undefined &&
        'SelectStmt' in node.SubLink.subselect
      ) {
        rewriteSelect(node.SubLink.subselect.SelectStmt, scope, context);
      }
      return 'ColumnRef' in node
        ? rewriteColumn(node.ColumnRef, node === root, part, scope, context)
        : undefined;
    },
    (node) => fixOperator(node, scope),
  );
  return walkExpression(rewritten, withoutCollation);
}

/** A column in scope, an output's name, or, in double quotes and neither of both, a text literal. */
function rewriteColumn(
  ref: ColumnRef,
  isWhole: boolean,
  part: SlotPart,
  scope: Scope,
  context: Context,
): Node {
  const written = columnFields(ref);
  const fields = written.map((field) => field.toLowerCase());
  if (fields.at(-1) === '*') return fields.length === 1 ? { ColumnRef: ref } : starNode(fields[0] ?? '');
  const output = fields.length === 1 ? scope.outputs.get(fields[0] ?? '') : undefined;
  const isOutputFirst = output !== undefined && part === 'sort' && isWhole;
  if (isOutputFirst || resolveColumn(fields, scope) !== undefined) return columnNode(...fields);
  if (output !== undefined && part !== 'target') {
    return isWhole && part === 'group' ? columnNode(...fields) : structuredClone(output);
  }
  const quoted = fields.length === 1 ? quotedText(ref, context) : undefined;
  return quoted === undefined ? columnNode(...fields) : textConstant(quoted);
}

function starNode(alias: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: alias } }, { A_Star: {} }] } };
}

/** The text in double quotes at the column's place, in full: the parser cuts names at 63 bytes. */
function quotedText(ref: ColumnRef, context: Context): string | undefined {
  const rest = context.source.subarray(ref.location ?? 0).toString();
  const match = /^"((?:[^"]|"")*)"/.exec(rest);
  return match?.[1]?.replaceAll('""', '"');
}
