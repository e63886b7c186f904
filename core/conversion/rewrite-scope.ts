import { columnFields } from './ast.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from './load.ts';

export type TypeClass = 'number' | 'text' | 'date' | 'timestamp' | 'boolean';

export interface ScopeColumn {
  name: string;
  type: TypeClass | undefined;
  hasNulls: boolean;
  allNumericText: boolean;
  /** Those numbers are plain integers. */
  allIntegerText: boolean;
  /** Texts of the column begin with an unsigned number or with none. */
  unsignedText: boolean;
  /** Texts of the column all begin with a year, as in an ISO date. */
  yearText: boolean;
  /** Declared NOT NULL, or part of the primary key. */
  neverNull: boolean;
  /** Whether SQLite converts what the column is compared with: false for a computed one. */
  hasAffinity: boolean;
  isDouble: boolean;
}

/** One entry of a FROM clause under the name by which its columns are called. */
export interface Relation {
  alias: string;
  columns: ScopeColumn[];
  /** Absent for a subquery. */
  table?: LoadedTable | undefined;
}

export interface Scope {
  relations: Relation[];
  /** Output names of the SELECT and what they stand for. */
  outputs: Map<string, Node>;
  parent?: Scope | undefined;
  /** WITH queries that can be named here and in subqueries. */
  commonTables: Map<string, ScopeColumn[]>;
  /** Whether ORDER BY is of our making, with its NULLs where they belong. */
  isOrderSettled?: boolean;
}

export interface Resolved {
  relation: Relation;
  column: ScopeColumn;
  /** False for a column of an enclosing query. */
  local: boolean;
}

/** Finds a column by its lower-cased fields, in this scope first, then outwards. */
export function resolveColumn(fields: string[], scope: Scope, local = true): Resolved | undefined {
  const name = fields.at(-1);
  const alias = fields.length > 1 ? fields.at(-2) : undefined;
  for (const relation of scope.relations) {
    if (alias !== undefined && relation.alias !== alias) continue;
    const column = relation.columns.find((each) => each.name === name);
    if (column !== undefined) return { relation, column, local };
  }
  return scope.parent === undefined ? undefined : resolveColumn(fields, scope.parent, false);
}

export function resolveNode(node: Node | undefined, scope: Scope): Resolved | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  return resolveColumn(columnFields(node.ColumnRef), scope);
}

export function relationOfTable(table: LoadedTable, alias: string): Relation {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: classOf(column.type),
    hasNulls: column.hasNulls,
    allNumericText: column.allNumericText,
    allIntegerText: column.allIntegerText,
    unsignedText: column.unsignedText,
    yearText: column.yearText,
    neverNull: column.notNull || (table.primaryKeyDeclared && table.primaryKey.includes(column.name)),
    hasAffinity: true,
    isDouble: column.type === 'double precision',
  }));
  return { alias, table, columns };
}

function classOf(type: string): TypeClass {
  if (type === 'text' || type === 'date') return type;
  return type.startsWith('timestamp') ? 'timestamp' : 'number';
}

export function starColumns(fields: string[], scope: Scope): ScopeColumn[] {
  const alias = fields.length > 1 ? fields[0] : undefined;
  return scope.relations
    .filter((each) => alias === undefined || each.alias === alias)
    .flatMap((each) => each.columns);
}

export function leftmost(select: SelectStmt): SelectStmt {
  return select.larg === undefined ? select : leftmost(select.larg);
}
