import { columnFields, operatorOf } from '../ast.ts';
import { nameOf } from './edit-joins.ts';
import { listStrictColumns } from './strict-conditions.ts';
import { listSlots } from './walk-tree.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from '../load.ts';

/** A column of a relation: `alias.column`. */
type ColumnName = string;

/** What the keys of its tables say about the rows of one SELECT before grouping. */
export interface SelectFacts {
  /** Tables by the name by which their columns are called. */
  relations: Map<string, LoadedTable>;
  /** False where a relation is a subquery, or a join is outer, natural or by USING: then nothing is concluded. */
  isPlain: boolean;
  /** `alias.column` of a reference to one of these tables. */
  resolve(
    node: Node | undefined,
  ): { name: ColumnName; alias: string; table: LoadedTable; column: string } | undefined;
  /** All columns that are the same in any two rows in which these are the same. */
  closure(columns: Iterable<ColumnName>): Set<ColumnName>;
  /** Whether no two rows agree in these columns. */
  isKey(columns: Iterable<ColumnName>): boolean;
  /** Whether a column is NULL in no row: as declared, or because a condition compares it. */
  isNeverNull(node: Node | undefined): boolean;
}

export function readFacts(select: SelectStmt, tables: Map<string, LoadedTable>): SelectFacts {
  const { relations, isPlain, areTables } = readRelations(select, tables);
  const resolve = (node: Node | undefined) => resolveIn(relations, areTables, node);
  const equalities = isPlain ? listEqualities(select, resolve) : [];
  const closure = (columns: Iterable<ColumnName>) => close(new Set(columns), relations, equalities);
  const isKey = (columns: Iterable<ColumnName>) => {
    if (!isPlain || relations.size === 0) return false;
    const reached = closure(columns);
    return [...relations].every(([alias, table]) => hasKey(alias, table, reached));
  };
  const strict = isPlain ? listConditions(select).flatMap(listStrictColumns) : [];
  const compared = new Set(strict.flatMap((column) => resolve(column)?.name ?? []));
  const isNeverNullHere = (node: Node | undefined) => {
    const found = isPlain ? resolve(node) : undefined;
    return found !== undefined && (isNeverNull(found.table, found.column) || compared.has(found.name));
  };
  return { relations, isPlain, resolve, closure, isKey, isNeverNull: isNeverNullHere };
}

/** Whether a NULL can never stand there, in either engine. */
export function isNeverNull(table: LoadedTable, name: string): boolean {
  if (table.primaryKeyDeclared && table.primaryKey.includes(name)) return true;
  const column = table.columns.find((each) => each.name === name);
  return column !== undefined && column.notNull && !column.hasNulls;
}

/** Keys without NULLs: rows that agree in one of them are the same row. */
function keysOf(table: LoadedTable): string[][] {
  const keys = [...(table.primaryKeyDeclared ? [table.primaryKey] : []), ...table.uniqueKeys];
  return keys.filter((key) => key.length > 0 && key.every((name) => isNeverNull(table, name)));
}

function hasKey(alias: string, table: LoadedTable, columns: Set<ColumnName>): boolean {
  return keysOf(table).some((key) => key.every((name) => columns.has(`${alias}.${name}`)));
}

function readRelations(select: SelectStmt, tables: Map<string, LoadedTable>) {
  const relations = new Map<string, LoadedTable>();
  let isPlain = select.op === undefined || select.op === 'SETOP_NONE';
  let areTables = isPlain;
  for (const { node } of listSlots({ fromClause: select.fromClause ?? [] })) {
    if ('RangeSubselect' in node) areTables = false;
    if ('JoinExpr' in node) {
      const { jointype, usingClause, isNatural } = node.JoinExpr;
      if (jointype !== 'JOIN_INNER') isPlain = false;
      if (usingClause !== undefined || isNatural === true) areTables = false;
    }
    if (!('RangeVar' in node)) continue;
    const alias = nameOf(node) ?? '';
    const table = tables.get(node.RangeVar.relname ?? '');
    if (table === undefined || relations.has(alias)) areTables = false;
    else relations.set(alias, table);
  }
  return { relations, isPlain: isPlain && areTables, areTables };
}

function resolveIn(relations: Map<string, LoadedTable>, areTables: boolean, node: Node | undefined) {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const fields = columnFields(node.ColumnRef);
  const column = fields.at(-1) ?? '';
  // Beside a subquery a name without a table may be the subquery's.
  if (fields.length > 2 || (fields.length === 1 && !areTables)) return undefined;
  const found = [...relations].filter(
    ([alias, table]) =>
      (fields.length === 1 || fields[0] === alias) && table.columns.some((each) => each.name === column),
  );
  const [alias, table] = found[0] ?? [];
  if (found.length !== 1 || alias === undefined || table === undefined) return undefined;
  return { name: `${alias}.${column}`, alias, table, column };
}

/** Columns that are equal in every row, and columns that are one constant (the second name is undefined). */
type Equality = [ColumnName, ColumnName | undefined];

/** All that holds in every row: the parts of WHERE and of the inner joins' ON. */
function listConditions(select: SelectStmt): Node[] {
  const joins = listSlots({ fromClause: select.fromClause ?? [] }).flatMap(({ node }) =>
    'JoinExpr' in node ? [node.JoinExpr.quals] : [],
  );
  return [select.whereClause, ...joins].flatMap(listConjuncts);
}

function listEqualities(select: SelectStmt, resolve: SelectFacts['resolve']): Equality[] {
  return listConditions(select).flatMap((part): Equality[] => {
    if (!('A_Expr' in part) || part.A_Expr.kind !== 'AEXPR_OP' || operatorOf(part) !== '=') return [];
    const { lexpr, rexpr } = part.A_Expr;
    const [left, right] = [resolve(lexpr)?.name, resolve(rexpr)?.name];
    if (left !== undefined && right !== undefined) return [[left, right]];
    if (left !== undefined && isConstant(rexpr)) return [[left, undefined]];
    return right !== undefined && isConstant(lexpr) ? [[right, undefined]] : [];
  });
}

function isConstant(node: Node | undefined): boolean {
  return node !== undefined && 'A_Const' in node;
}

/** The parts of a condition that all hold. */
export function listConjuncts(condition: Node | undefined): Node[] {
  if (condition === undefined) return [];
  if (!('BoolExpr' in condition) || condition.BoolExpr.boolop !== 'AND_EXPR') return [condition];
  return (condition.BoolExpr.args ?? []).flatMap(listConjuncts);
}

/** Armstrong's closure: a key determines its row, an equality determines either side by the other. */
function close(columns: Set<ColumnName>, relations: Map<string, LoadedTable>, equalities: Equality[]) {
  for (let size = -1; size !== columns.size;) {
    size = columns.size;
    for (const [left, right] of equalities) {
      if (right === undefined || columns.has(right)) columns.add(left);
      if (right !== undefined && columns.has(left)) columns.add(right);
    }
    for (const [alias, table] of relations) {
      if (!hasKey(alias, table, columns)) continue;
      for (const { name } of table.columns) columns.add(`${alias}.${name}`);
    }
  }
  return columns;
}
