import { loadModule, parseSync } from 'libpg-query';
import { AppError } from '../contract/errors.ts';
import { columnFields, columnNode, expressionSlots, textConstant, walkExpression } from './ast.ts';
import { fixGrouping } from './rewrite-grouping.ts';
import { printSelect } from './rewrite-print.ts';
import { toPostgresTokens } from './rewrite-lexical.ts';
import { fixOperator, matchSetOperation } from './rewrite-operators.ts';
import { fixDistinct, fixNullOrder, fixSetOrder } from './rewrite-order.ts';
import { outputTypes, relationOfTable, rememberScope, resolveColumn } from './rewrite-scope.ts';
import type { ColumnRef, Node, SelectStmt } from 'libpg-query';
import type { SlotPart } from './ast.ts';
import type { LoadedTable } from './load.ts';
import type { BareColumnRule } from './rewrite-grouping.ts';
import type { Relation, Scope } from './rewrite-scope.ts';

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
  if (select.larg !== undefined && select.rarg !== undefined) {
    rewriteSelect(select.larg, parent, context);
    rewriteSelect(select.rarg, parent, context);
    fixSetOrder(select);
    matchSetOperation(select);
    return;
  }
  const scope: Scope = { relations: [], outputs: new Map(), parent };
  for (const source of select.fromClause ?? []) addRelations(source, scope, context);
  rememberScope(select, scope);
  nameOutputs(select, scope);
  for (const slot of expressionSlots(select))
    slot.put(rewriteExpression(slot.node, slot.part, scope, context));
  nameOutputs(select, scope);
  fixDistinct(select, scope);
  if (fixGrouping(select, scope, context.rule)) context.hasChoice = true;
  nameOutputs(select, scope);
  fixNullOrder(select, scope);
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
    const table = context.tables.get(name);
    if (table !== undefined)
      scope.relations.push(relationOfTable(table, source.RangeVar.alias?.aliasname ?? name));
  } else if ('RangeSubselect' in source) {
    scope.relations.push(...relationOfSubquery(source, scope, context));
  }
}

function relationOfSubquery(source: Node, scope: Scope, context: Context): Relation[] {
  if (!('RangeSubselect' in source)) return [];
  const { subquery, alias } = source.RangeSubselect;
  if (subquery === undefined || !('SelectStmt' in subquery)) return [];
  rewriteSelect(subquery.SelectStmt, scope.parent, context);
  // PostgreSQL before 16 wants a name.
  const name = alias?.aliasname?.toLowerCase() ?? `t${scope.relations.length + 1}`;
  source.RangeSubselect.alias = { ...alias, aliasname: name };
  return [{ alias: name, columns: outputTypes(subquery.SelectStmt) }];
}

function rewriteExpression(root: Node, part: SlotPart, scope: Scope, context: Context): Node {
  return walkExpression(
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
