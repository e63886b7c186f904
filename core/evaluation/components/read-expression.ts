import type { ColumnRef, FuncCall, Node, SelectStmt } from 'libpg-query';
import type { Condition, Expression, QueryParts } from './query-parts.ts';
import { resolveColumn, type Scope } from './scope.ts';

export type ReadSelect = (select: SelectStmt, outer: Scope) => QueryParts;

const aggregateNames = new Set(['max', 'min', 'count', 'sum', 'avg', 'any_value', 'array_agg', 'string_agg']);

/** One expression. What this reader does not know is its parts, one after another. */
export function readExpression(node: Node | undefined, scope: Scope, readSelect: ReadSelect): Expression {
  const read = (inner: Node | undefined) => readExpression(inner, scope, readSelect);
  if (node === undefined) return leaf('');
  if ('ColumnRef' in node) return readColumn(node.ColumnRef, scope);
  if ('A_Const' in node) return { ...leaf('?'), values: [constantText(node.A_Const)] };
  if ('TypeCast' in node) return read(node.TypeCast.arg);
  if ('CollateClause' in node) return read(node.CollateClause.arg);
  if ('FuncCall' in node) return readCall(node.FuncCall, read);
  if ('SubLink' in node) {
    const inner = node.SubLink.subselect;
    const test = read(node.SubLink.testexpr);
    if (inner === undefined || !('SelectStmt' in inner)) return test;
    return { ...test, text: `${test.text}()`, nested: [...test.nested, readSelect(inner.SelectStmt, scope)] };
  }
  if ('A_Expr' in node) {
    const [left, right] = [read(node.A_Expr.lexpr), read(node.A_Expr.rexpr)];
    return { ...join([left, right]), text: `(${left.text} ${operatorOf(node.A_Expr.name)} ${right.text})` };
  }
  if ('List' in node) return { ...join((node.List.items ?? []).map(read)), text: '?' };
  return readParts(node, read);
}

function readParts(node: Node, read: (inner: Node) => Expression): Expression {
  const [[tag, fields] = ['', {}]] = Object.entries(node) as [string, object][];
  const inner = Object.values(fields).flatMap((value) => (Array.isArray(value) ? value : [value]));
  const parts = inner.filter(isNode).map(read);
  return { ...join(parts), text: `${tag}(${parts.map(({ text }) => text).join(', ')})` };
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  return Object.keys(value).length === 1 && /^[A-Z]/.test(Object.keys(value)[0] ?? '');
}

function readColumn({ fields = [] }: ColumnRef, scope: Scope): Expression {
  const names = fields.map((field) => ('String' in field ? (field.String.sval ?? '').toLowerCase() : '*'));
  const column = names.at(-1) ?? '';
  if (column === '*') return leaf('*');
  const used = resolveColumn(scope, names.at(-2), column);
  return { ...leaf(used.key), columns: [used] };
}

function readCall(call: FuncCall, read: (inner: Node) => Expression): Expression {
  const name = stringOf(call.funcname?.at(-1)).toLowerCase();
  const parts = (call.args ?? []).map(read);
  const whole = join(parts);
  const text = `${name}(${call.agg_star ? '*' : parts.map((part) => part.text).join(', ')})`;
  if (!aggregateNames.has(name)) return { ...whole, text };
  const distincts = whole.distincts + Number(call.agg_distinct ?? false);
  return { ...whole, text, aggregates: [name, ...whole.aggregates], distincts };
}

/** A condition as a flat list of tests, whatever its parentheses: Spider's rules know no nesting of AND and OR. */
export function readConditions(
  node: Node | undefined,
  scope: Scope,
  readSelect: ReadSelect,
): { conditions: Condition[]; connectors: string[] } {
  if (node === undefined) return { conditions: [], connectors: [] };
  if (!('BoolExpr' in node) || node.BoolExpr.boolop === 'NOT_EXPR') {
    return { conditions: [readTest(node, scope, readSelect)], connectors: [] };
  }
  const word = node.BoolExpr.boolop === 'OR_EXPR' ? 'or' : 'and';
  const parts = (node.BoolExpr.args ?? []).map((part) => readConditions(part, scope, readSelect));
  return {
    conditions: parts.flatMap((part) => part.conditions),
    connectors: [...parts.flatMap((part) => part.connectors), ...parts.slice(1).map(() => word)],
  };
}

function readTest(node: Node, scope: Scope, readSelect: ReadSelect, isNegated = false): Condition {
  if ('BoolExpr' in node) {
    const [inner] = node.BoolExpr.args ?? [];
    if (inner !== undefined && node.BoolExpr.boolop === 'NOT_EXPR') {
      return readTest(inner, scope, readSelect, !isNegated);
    }
  }
  const { operator, negated, sides } = describeTest(node);
  const parts = sides.map((side) => readExpression(side, scope, readSelect));
  const not = negated !== isNegated ? 'not ' : '';
  const texts = parts.map(({ text }) => text);
  // `a = b` is `b = a`, and a range of values is values.
  const [left, right] = operator === '=' && !texts.includes('?') ? texts.toSorted() : texts;
  const text = `${left ?? ''} ${not}${operator} ${right ?? ''}`.trim();
  return { ...join(parts), text, operator: `${not}${operator}` };
}

interface Test {
  operator: string;
  negated: boolean;
  sides: (Node | undefined)[];
}

function describeTest(node: Node): Test {
  if ('NullTest' in node) {
    const { arg, nulltesttype } = node.NullTest;
    return { operator: 'is null', negated: nulltesttype === 'IS_NOT_NULL', sides: [arg] };
  }
  if ('SubLink' in node) {
    const { subLinkType } = node.SubLink;
    const operator = subLinkType === 'EXISTS_SUBLINK' ? 'exists' : 'in';
    return { operator, negated: false, sides: [node] };
  }
  if (!('A_Expr' in node)) return { operator: '', negated: false, sides: [node] };
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const symbol = operatorOf(name);
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') {
    return { operator: 'like', negated: symbol.startsWith('!'), sides: [lexpr, rexpr] };
  }
  if (kind === 'AEXPR_IN') return { operator: 'in', negated: symbol === '<>', sides: [lexpr, rexpr] };
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN') {
    return { operator: 'between', negated: kind === 'AEXPR_NOT_BETWEEN', sides: [lexpr, rexpr] };
  }
  return { operator: symbol === '<>' ? '!=' : symbol, negated: false, sides: [lexpr, rexpr] };
}

function leaf(text: string): Expression {
  return { text, columns: [], aggregates: [], distincts: 0, values: [], nested: [] };
}

function join(parts: readonly Expression[]): Expression {
  return {
    text: parts.map(({ text }) => text).join(', '),
    columns: parts.flatMap(({ columns }) => columns),
    aggregates: parts.flatMap(({ aggregates }) => aggregates),
    distincts: parts.reduce((sum, { distincts }) => sum + distincts, 0),
    values: parts.flatMap(({ values }) => values),
    nested: parts.flatMap(({ nested }) => nested),
  };
}

function operatorOf(name: readonly Node[] | undefined): string {
  return stringOf(name?.at(-1));
}

function stringOf(node: Node | undefined): string {
  return node !== undefined && 'String' in node ? (node.String.sval ?? '') : '';
}

/** A literal as written; the parser leaves out what is empty, zero or false. */
export function constantText(constant: Extract<Node, { A_Const: unknown }>['A_Const']): string {
  if (constant.isnull) return 'null';
  if (constant.sval !== undefined) return `'${constant.sval.sval ?? ''}'`;
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  if (constant.fval !== undefined) return String(Number(constant.fval.fval));
  return String(constant.boolval?.boolval ?? false);
}
