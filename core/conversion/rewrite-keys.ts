import { columnFields, columnNode, constantNumber, operatorOf, expressionSlots } from './ast.ts';
import { conjunctsOf } from './ast-build.ts';
import { keyOf, type BareColumn } from './rewrite-bare.ts';
import { resolveNode } from './rewrite-scope.ts';
import type { A_Expr, Node, SelectStmt } from 'libpg-query';
import type { Relation, Scope } from './rewrite-scope.ts';

/** What the columns of GROUP BY determine, through equal columns of joins and through keys. */
export interface Grouping {
  /** Columns that stand in GROUP BY. */
  grouped: Set<string>;
  /** Columns with one value in each group, the grouped ones among them. */
  determined: Set<string>;
  equalities: [string, string][];
}

/** Columns that a condition ties to one value in all rows. */
export function readConstants(select: SelectStmt, scope: Scope): Set<string> {
  const constants = new Set<string>();
  for (const node of holdingConditions(select)) {
    if (!isEquality(node)) continue;
    for (const [side, other] of [
      [node.A_Expr.lexpr, node.A_Expr.rexpr],
      [node.A_Expr.rexpr, node.A_Expr.lexpr],
    ]) {
      const found = resolveNode(side, scope);
      if (found?.local === true && other !== undefined && isOneValue(other)) constants.add(keyOf(found));
    }
  }
  return constants;
}

function isOneValue(node: Node): boolean {
  return 'A_Const' in node || ('SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK');
}

export function readGrouping(select: SelectStmt, scope: Scope): Grouping {
  const grouped = new Set((select.groupClause ?? []).flatMap((node) => keyOfGroup(node, select, scope)));
  const equalities = collectEqualities(select, scope);
  const known = new Set([...grouped, ...readConstants(select, scope)]);
  return { grouped, equalities, determined: closeOverKeys(scope, known, equalities) };
}

function keyOfGroup(node: Node, select: SelectStmt, scope: Scope): string[] {
  const found = resolveNode(node, scope);
  if (found !== undefined) return [keyOf(found)];
  const position = constantNumber(node);
  const target = position === undefined ? undefined : select.targetList?.[Number(position) - 1];
  const named =
    'ColumnRef' in node ? scope.outputs.get(columnFields(node.ColumnRef).at(-1) ?? '') : undefined;
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : named;
  const inner = resolveNode(value, scope);
  return inner === undefined ? [] : [keyOf(inner)];
}

/** PostgreSQL itself accepts every column of a table whose declared primary key is in GROUP BY. */
export function isCovered(key: string, scope: Scope, grouped: Set<string>): boolean {
  const relation = scope.relations.find((each) => key.startsWith(`${each.alias}.`));
  const primaryKey = relation === undefined ? [] : primaryKeyOf(relation);
  return primaryKey.length > 0 && primaryKey.every((column) => grouped.has(column));
}

function primaryKeyOf({ alias, table }: Relation): string[] {
  return table?.primaryKeyDeclared === true ? table.primaryKey.map((column) => `${alias}.${column}`) : [];
}

function closeOverKeys(scope: Scope, grouped: Set<string>, equalities: [string, string][]): Set<string> {
  const known = new Set(grouped);
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const [left, right] of equalities) {
      if (known.has(left)) known.add(right);
      if (known.has(right)) known.add(left);
    }
    for (const relation of scope.relations) {
      const isKnown = keysOf(relation).some((key) => key.every((column) => known.has(column)));
      if (isKnown) for (const column of relation.columns) known.add(`${relation.alias}.${column.name}`);
    }
  }
  return known;
}

/** A unique key whose columns may be NULL is none: NULLs are as many rows as there are. */
function keysOf({ alias, table }: Relation): string[][] {
  if (table === undefined) return [];
  const isFilled = (name: string) => table.columns.find((column) => column.name === name)?.notNull === true;
  return [table.primaryKey, ...table.uniqueKeys.filter((key) => key.every(isFilled))]
    .filter((key) => key.length > 0)
    .map((key) => key.map((column) => `${alias}.${column}`));
}

/** Pairs of columns that have the same value in every row of the result. */
function collectEqualities(select: SelectStmt, scope: Scope): [string, string][] {
  const pairs: [string, string][] = [];
  for (const node of holdingConditions(select)) {
    if (!isEquality(node)) continue;
    const left = resolveNode(stripCast(node.A_Expr.lexpr), scope);
    const right = resolveNode(stripCast(node.A_Expr.rexpr), scope);
    if (left?.local === true && right?.local === true) pairs.push([keyOf(left), keyOf(right)]);
  }
  return pairs;
}

/** Conditions that hold in each row of the result: those of an outer join do not. */
function holdingConditions(select: SelectStmt): Node[] {
  return expressionSlots(select)
    .filter((slot) => slot.part === 'join' || slot.part === 'where')
    .flatMap((slot) => conjunctsOf(slot.node));
}

function isEquality(node: Node): node is { A_Expr: A_Expr } {
  return 'A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP' && operatorOf(node) === '=';
}

function stripCast(node: Node | undefined): Node | undefined {
  return node !== undefined && 'TypeCast' in node ? node.TypeCast.arg : node;
}

/**
 * Groups by a table's primary key instead of a column that is equal to it, where that saves columns: PostgreSQL
 * then accepts all the others of that table. The grouped column itself stays where the query shows it.
 */
export function preferPrimaryKeys(
  select: SelectStmt,
  scope: Scope,
  bare: BareColumn[],
  grouping: Grouping,
): void {
  for (const relation of scope.relations) {
    const key = primaryKeyOf(relation);
    const open = bare.filter(
      (column) =>
        column.key.startsWith(`${relation.alias}.`) &&
        !grouping.grouped.has(column.key) &&
        grouping.determined.has(column.key),
    );
    const [only] = key;
    if (key.length !== 1 || only === undefined || open.length === 0 || grouping.grouped.has(only)) continue;
    const stand = standInOf(only, grouping);
    const isDirect = stand !== undefined && areKeysUnmixed(only, stand, scope);
    const isShown = !isDirect || bare.some((column) => column.key === stand);
    if (isShown && (!grouping.determined.has(only) || (open.length < 2 && open[0]?.key !== only))) continue;
    putKey(select, scope, { key: only, stand: isDirect ? stand : undefined, isShown });
    if (!isShown && stand !== undefined) grouping.grouped.delete(stand);
    grouping.grouped.add(only);
  }
}

/** The grouped column that a condition makes equal to the key. */
function standInOf(key: string, { grouped, equalities }: Grouping): string | undefined {
  for (const [left, right] of equalities) {
    if (left === key && grouped.has(right)) return right;
    if (right === key && grouped.has(left)) return left;
  }
  return undefined;
}

/** Equal only by a cast, two columns may group differently. */
function areKeysUnmixed(key: string, stand: string, scope: Scope): boolean {
  const typeOfKey = (wanted: string) =>
    scope.relations
      .flatMap(({ alias, columns }) => columns.map((column) => ({ name: `${alias}.${column.name}`, column })))
      .find((each) => each.name === wanted)?.column.type;
  return typeOfKey(key) === typeOfKey(stand);
}

function putKey(
  select: SelectStmt,
  scope: Scope,
  { key, stand, isShown }: { key: string; stand: string | undefined; isShown: boolean },
): void {
  const dot = key.indexOf('.');
  const node = columnNode(key.slice(0, dot), key.slice(dot + 1));
  const groups = select.groupClause ?? [];
  const position =
    stand === undefined ? -1 : groups.findIndex((group) => keyOfGroup(group, select, scope).includes(stand));
  if (position < 0) groups.push(node);
  else groups.splice(position, isShown ? 0 : 1, node);
}
