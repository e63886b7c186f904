import {
  columnFields,
  constantNumber,
  constantText,
  functionName,
  isColumn,
  operatorOf,
  starFields,
  walkExpression,
} from './ast.ts';
import { leftmost, resolveNode, starColumns } from './rewrite-scope.ts';
import type { Node, SelectStmt, TypeCast } from 'libpg-query';
import type { Scope, ScopeColumn, TypeClass } from './rewrite-scope.ts';

const comparisons = new Set(['=', '<>', '<', '>', '<=', '>=']);
const typedCalls: Record<string, TypeClass> = {
  ...Object.fromEntries(
    [
      'count',
      'sum',
      'avg',
      'length',
      'round',
      'strpos',
      'extract',
      'ascii',
      'trunc',
      'row_number',
      'rank',
    ].map((name) => [name, 'number']),
  ),
  ...Object.fromEntries(
    ['dense_rank', 'ntile', 'percent_rank', 'cume_dist', 'sign', 'ceil', 'floor', 'sqrt', 'power', 'mod'].map(
      (name) => [name, 'number'],
    ),
  ),
  ...Object.fromEntries(
    [
      'lower',
      'upper',
      'substr',
      'substring',
      'right',
      'left',
      'btrim',
      'ltrim',
      'rtrim',
      'replace',
      'to_char',
    ].map((name) => [name, 'text']),
  ),
  timezone: 'timestamp',
  date_trunc: 'timestamp',
  string_agg: 'text',
  concat: 'text',
  chr: 'text',
};
/** Calls that give a value of their first argument's type. */
const passingCalls = new Set(['min', 'max', 'abs', 'lag', 'lead', 'first_value', 'last_value', 'nth_value']);

/** The type of an expression; undefined for literals and whatever is not known. */
export function typeOf(node: Node | undefined, scope: Scope): TypeClass | undefined {
  if (node === undefined) return undefined;
  if ('ColumnRef' in node) return columnType(node, scope);
  if ('TypeCast' in node) return castType(node.TypeCast);
  if ('FuncCall' in node) {
    const name = functionName(node) ?? '';
    return passingCalls.has(name) ? typeOf(node.FuncCall.args?.[0], scope) : typedCalls[name];
  }
  if ('SubLink' in node) {
    return node.SubLink.subLinkType === 'EXPR_SUBLINK' ? subqueryType(node.SubLink.subselect) : 'boolean';
  }
  if ('A_Expr' in node) return operatorType(node, scope);
  return otherType(node, scope);
}

function columnType(node: Node, scope: Scope): TypeClass | undefined {
  const found = resolveNode(node, scope);
  if (found !== undefined || !isColumn(node)) return found?.column.type;
  const output = scope.outputs.get(columnFields(node.ColumnRef).at(-1) ?? '');
  return output === undefined || output === node ? undefined : typeOf(output, scope);
}

function castType(cast: TypeCast): TypeClass {
  const last = cast.typeName?.names?.at(-1);
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  if (name === 'date' || name === 'text') return name;
  if (/char/.test(name)) return 'text';
  if (name.startsWith('timestamp')) return 'timestamp';
  return name.startsWith('bool') ? 'boolean' : 'number';
}

function operatorType(node: Node, scope: Scope): TypeClass | undefined {
  if (!('A_Expr' in node)) return undefined;
  const operator = operatorOf(node) ?? '';
  if (node.A_Expr.kind === 'AEXPR_NULLIF') return typeOf(node.A_Expr.lexpr, scope);
  if (node.A_Expr.kind !== 'AEXPR_OP' || comparisons.has(operator)) return 'boolean';
  if (operator === '||') return 'text';
  const left = typeOf(node.A_Expr.lexpr, scope);
  // Arithmetic on dates has become that on years; what is left adds an interval.
  if (left === 'date' || left === 'timestamp') return 'timestamp';
  return constantText(node) === undefined && /^[-+*/%&|]$/.test(operator) ? 'number' : undefined;
}

function otherType(node: Node, scope: Scope): TypeClass | undefined {
  if ('BoolExpr' in node || 'NullTest' in node || 'BooleanTest' in node) return 'boolean';
  if ('A_Const' in node && node.A_Const.boolval !== undefined) return 'boolean';
  if ('CoalesceExpr' in node) return firstType(node.CoalesceExpr.args ?? [], scope);
  if ('MinMaxExpr' in node) return firstType(node.MinMaxExpr.args ?? [], scope);
  if ('CaseExpr' in node) return firstType(resultsOf(node), scope);
  if ('A_Indirection' in node) return arrayType(node.A_Indirection.arg, scope);
  if ('SQLValueFunction' in node) return 'date';
  return constantNumber(node) === undefined ? undefined : 'number';
}

function arrayType(node: Node | undefined, scope: Scope): TypeClass | undefined {
  return node !== undefined && 'FuncCall' in node ? typeOf(node.FuncCall.args?.[0], scope) : undefined;
}

/** The results of a CASE, that of ELSE last. */
export function resultsOf(node: Node): Node[] {
  if (!('CaseExpr' in node)) return [];
  const branches = (node.CaseExpr.args ?? []).flatMap((branch) =>
    'CaseWhen' in branch && branch.CaseWhen.result !== undefined ? [branch.CaseWhen.result] : [],
  );
  return node.CaseExpr.defresult === undefined ? branches : [...branches, node.CaseExpr.defresult];
}

function firstType(nodes: Node[], scope: Scope): TypeClass | undefined {
  for (const node of nodes) {
    const type = typeOf(node, scope) ?? (constantText(node) === undefined ? undefined : 'text');
    if (type !== undefined) return type;
  }
  return undefined;
}

function subqueryType(node: Node | undefined): TypeClass | undefined {
  if (node === undefined || !('SelectStmt' in node)) return undefined;
  return outputTypes(node.SelectStmt)[0]?.type;
}

/**
 * Whether SQLite converts what the expression is compared with, as it does for a column, a CAST and a subquery of
 * either, but not for a computed value: https://www.sqlite.org/datatype3.html, section 3.2.
 */
export function hasAffinity(node: Node | undefined, scope: Scope): boolean {
  if (node === undefined) return false;
  if ('TypeCast' in node) return true;
  if ('SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK') {
    const inner = node.SubLink.subselect;
    return (
      inner !== undefined && 'SelectStmt' in inner && outputTypes(inner.SelectStmt)[0]?.hasAffinity === true
    );
  }
  return resolveNode(node, scope)?.column.hasAffinity ?? false;
}

/** Whether a value of the type `double precision` goes into a number: PostgreSQL has no round(double, digits). */
export function isDouble(node: Node, scope: Scope): boolean {
  let found = false;
  walkExpression(node, (each) => {
    const column = resolveNode(each, scope)?.column;
    if (column?.isDouble === true) found = true;
    return functionName(each) === 'count' || 'SubLink' in each ? 'skip' : undefined;
  });
  return found;
}

/** Scopes of subqueries already rewritten, so that outer queries can ask for their types. */
const scopes = new WeakMap<SelectStmt, Scope>();

export function rememberScope(select: SelectStmt, scope: Scope): void {
  scopes.set(select, scope);
}

/** The columns that a rewritten SELECT gives. */
export function outputTypes(select: SelectStmt): ScopeColumn[] {
  const base = leftmost(select);
  const scope = scopes.get(base);
  if (scope === undefined) return [];
  return (base.targetList ?? []).flatMap((target) => {
    if (!('ResTarget' in target)) return [];
    const value = target.ResTarget.val;
    const star = starFields(value);
    if (star !== undefined) return starColumns(star, scope);
    return [describeOutput(value, target.ResTarget.name, scope)];
  });
}

function describeOutput(value: Node | undefined, name: string | undefined, scope: Scope): ScopeColumn {
  const column = resolveNode(value, scope)?.column;
  return {
    name: name ?? column?.name ?? functionName(value ?? { A_Star: {} }) ?? '?column?',
    type: typeOf(value, scope),
    hasNulls: column?.hasNulls ?? false,
    allNumericText: column?.allNumericText ?? false,
    allIntegerText: column?.allIntegerText ?? false,
    unsignedText: column?.unsignedText ?? false,
    yearText: column?.yearText ?? false,
    neverNull: column?.neverNull ?? false,
    hasAffinity: column?.hasAffinity ?? (value !== undefined && 'TypeCast' in value),
    isDouble: column?.isDouble ?? false,
  };
}
