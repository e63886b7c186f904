import { columnFields, constantNumber, constantText, functionName, operatorOf } from './ast.ts';
import type { Node, SelectStmt } from 'libpg-query';
import type { LoadedTable } from './load.ts';

export type TypeClass = 'number' | 'text' | 'date' | 'timestamp';

export interface ScopeColumn {
  name: string;
  type: TypeClass | undefined;
  hasNulls: boolean;
  allNumericText: boolean;
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
  }));
  return { alias, table, columns };
}

function classOf(type: string): TypeClass {
  if (type === 'text' || type === 'date') return type;
  return type.startsWith('timestamp') ? 'timestamp' : 'number';
}

/** The type of an expression; undefined for literals and whatever is not known. */
export function typeOf(node: Node | undefined, scope: Scope): TypeClass | undefined {
  if (node === undefined) return undefined;
  if ('ColumnRef' in node) {
    const found = resolveNode(node, scope);
    const output = scope.outputs.get(columnFields(node.ColumnRef).at(-1) ?? '');
    return found !== undefined
      ? found.column.type
      : output === undefined || output === node
        ? undefined
        : typeOf(output, scope);
  }
  if ('TypeCast' in node) {
    const name = node.TypeCast.typeName?.names?.at(-1);
    return name !== undefined && 'String' in name && name.String.sval === 'text' ? 'text' : 'number';
  }
  if ('SubLink' in node) return subqueryType(node.SubLink.subselect);
  if ('FuncCall' in node) return functionType(node, scope);
  if (operatorOf(node) !== undefined && /^[-+*/%]$/.test(operatorOf(node) ?? '')) return 'number';
  return constantNumber(node) !== undefined && constantText(node) === undefined ? 'number' : undefined;
}

function functionType(node: Node, scope: Scope): TypeClass | undefined {
  const name = functionName(node) ?? '';
  if (['count', 'sum', 'avg', 'length', 'round'].includes(name)) return 'number';
  if (['lower', 'upper'].includes(name)) return 'text';
  const first = 'FuncCall' in node ? node.FuncCall.args?.[0] : undefined;
  return ['min', 'max', 'abs'].includes(name) ? typeOf(first, scope) : undefined;
}

/** Scopes of subqueries already rewritten, so that outer queries can ask for their types. */
const scopes = new WeakMap<SelectStmt, Scope>();

export function rememberScope(select: SelectStmt, scope: Scope): void {
  scopes.set(select, scope);
}

export function outputTypes(
  select: SelectStmt,
): { name: string; type: TypeClass | undefined; hasNulls: boolean; allNumericText: boolean }[] {
  const base = leftmost(select);
  const scope = scopes.get(base);
  if (scope === undefined) return [];
  return (base.targetList ?? []).flatMap((target) => {
    if (!('ResTarget' in target)) return [];
    const value = target.ResTarget.val;
    if (value !== undefined && 'ColumnRef' in value && columnFields(value.ColumnRef).at(-1) === '*') {
      return starColumns(columnFields(value.ColumnRef), scope);
    }
    const found = resolveNode(value, scope);
    const name =
      target.ResTarget.name ?? found?.column.name ?? functionName(value ?? { A_Star: {} }) ?? '?column?';
    return [
      {
        name,
        type: typeOf(value, scope),
        hasNulls: found?.column.hasNulls ?? false,
        allNumericText: found?.column.allNumericText ?? false,
      },
    ];
  });
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

function subqueryType(node: Node | undefined): TypeClass | undefined {
  if (node === undefined || !('SelectStmt' in node)) return undefined;
  return outputTypes(node.SelectStmt)[0]?.type;
}
