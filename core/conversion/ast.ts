import type { A_Const, ColumnRef, Node, SelectStmt } from 'libpg-query';

/** Small readers and builders over PostgreSQL's parse tree. */

export function columnFields(ref: ColumnRef): string[] {
  return (ref.fields ?? []).map((field) => ('String' in field ? (field.String.sval ?? '') : '*'));
}

export function isColumn(node: Node | undefined): node is { ColumnRef: ColumnRef } {
  return node !== undefined && 'ColumnRef' in node;
}

/** The fields of `*` or `t.*`; undefined for anything else. */
export function starFields(node: Node | undefined): string[] | undefined {
  const fields = isColumn(node) ? columnFields(node.ColumnRef) : [];
  return fields.at(-1) === '*' ? fields : undefined;
}

/** What a SELECT's output computes. */
export function targetValue(target: Node): Node | undefined {
  return 'ResTarget' in target ? target.ResTarget.val : undefined;
}

export function textConstant(text: string): Node {
  return { A_Const: { sval: { sval: text } } };
}

export function columnNode(...fields: string[]): Node {
  return { ColumnRef: { fields: fields.map((sval) => ({ String: { sval } })) } };
}

export function callNode(name: string, ...args: Node[]): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: name } }],
      args,
      funcformat: 'COERCE_EXPLICIT_CALL',
    },
  };
}

/** `node::type` */
export function castNode(
  node: Node,
  type: 'text' | 'numeric' | 'integer' | 'date' | 'timestamp' | 'float8',
): Node {
  // The printer knows the type of two words by its internal name only.
  const words = type === 'float8' ? ['pg_catalog', type] : [type];
  return {
    TypeCast: {
      arg: node,
      typeName: { names: words.map((sval) => ({ String: { sval } })), typemod: -1 },
    },
  };
}

/** The text of a string constant. */
export function constantText(node: Node | undefined): string | undefined {
  return node !== undefined && 'A_Const' in node && node.A_Const.sval !== undefined
    ? (node.A_Const.sval.sval ?? '')
    : undefined;
}

/** A number constant as written; PostgreSQL's tree leaves out a zero. */
export function constantNumber(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('A_Const' in node) return numberOf(node.A_Const);
  if (!('A_Expr' in node) || node.A_Expr.lexpr !== undefined || operatorOf(node) !== '-') return undefined;
  const inner = constantNumber(node.A_Expr.rexpr);
  return inner === undefined ? undefined : `-${inner}`;
}

function numberOf(constant: A_Const): string | undefined {
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  return constant.fval?.fval;
}

export function numberConstant(text: string): Node {
  const trimmed = text.trim();
  if (/^-/.test(trimmed)) {
    return {
      A_Expr: {
        kind: 'AEXPR_OP',
        name: [{ String: { sval: '-' } }],
        rexpr: numberConstant(trimmed.slice(1)),
      },
    };
  }
  const digits = trimmed.replace(/^\+/, '');
  return /^\d{1,9}$/.test(digits)
    ? { A_Const: { ival: { ival: Number(digits) } } }
    : { A_Const: { fval: { fval: digits } } };
}

export function operatorOf(node: Node): string | undefined {
  if (!('A_Expr' in node)) return undefined;
  const last = node.A_Expr.name?.at(-1);
  return last !== undefined && 'String' in last ? last.String.sval : undefined;
}

const aggregates = new Set(['count', 'sum', 'avg', 'min', 'max', 'array_agg', 'string_agg']);

export function functionName(node: Node): string | undefined {
  if (!('FuncCall' in node)) return undefined;
  const last = node.FuncCall.funcname?.at(-1);
  return last !== undefined && 'String' in last ? last.String.sval?.toLowerCase() : undefined;
}

/** An aggregate of the query's groups: over a window it is none. */
export function isAggregate(node: Node): boolean {
  const name = functionName(node);
  return name !== undefined && aggregates.has(name) && 'FuncCall' in node && node.FuncCall.over === undefined;
}

export type VisitResult = Node | 'skip' | undefined;

/**
 * Walks an expression and rebuilds it in place. `enter` may return another node, which takes the place of the one
 * seen and is not walked again, or 'skip' to leave the node as it is. Subqueries are not entered: they have a
 * scope of their own.
 */
export function walkExpression(
  node: Node,
  enter: (node: Node) => VisitResult,
  leave?: (node: Node) => Node,
): Node {
  const result = enter(node);
  if (result === 'skip') return node;
  if (result !== undefined) return result;
  for (const inner of Object.values(node) as Record<string, unknown>[]) walkFields(inner, enter, leave);
  return leave === undefined ? node : leave(node);
}

function walkFields(
  fields: Record<string, unknown>,
  enter: (node: Node) => VisitResult,
  leave?: (node: Node) => Node,
): void {
  for (const [key, value] of Object.entries(fields)) {
    if (key === 'subselect') continue;
    if (Array.isArray(value))
      fields[key] = value.map((item: unknown) => (isNode(item) ? walkExpression(item, enter, leave) : item));
    else if (isNode(value)) fields[key] = walkExpression(value, enter, leave);
    else if (key === 'over') walkFields(value as Record<string, unknown>, enter, leave);
  }
}

function isNode(value: unknown): value is Node {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}

/** Expressions of a SELECT in its own scope, each with a setter: targets, conditions, groups, order. */
export function expressionSlots(
  select: SelectStmt,
): { node: Node; put: (node: Node) => void; part: SlotPart }[] {
  const slots: { node: Node; put: (node: Node) => void; part: SlotPart }[] = [];
  const add = (part: SlotPart, node: Node | undefined, put: (node: Node) => void) => {
    if (node !== undefined) slots.push({ node, put, part });
  };
  for (const source of select.fromClause ?? []) addJoinSlots(source, add);
  for (const target of select.targetList ?? []) {
    if ('ResTarget' in target) add('target', target.ResTarget.val, (node) => (target.ResTarget.val = node));
  }
  add('where', select.whereClause, (node) => (select.whereClause = node));
  for (const [index, group] of (select.groupClause ?? []).entries()) {
    add('group', group, (node) => select.groupClause?.splice(index, 1, node));
  }
  add('having', select.havingClause, (node) => (select.havingClause = node));
  for (const sort of select.sortClause ?? []) {
    if ('SortBy' in sort) add('sort', sort.SortBy.node, (node) => (sort.SortBy.node = node));
  }
  return slots;
}

/** `outer-join` conditions do not hold in every row of the result. */
export type SlotPart = 'join' | 'outer-join' | 'target' | 'where' | 'group' | 'having' | 'sort';

function addJoinSlots(
  source: Node,
  add: (part: SlotPart, node: Node | undefined, put: (node: Node) => void) => void,
): void {
  if (!('JoinExpr' in source)) return;
  const join = source.JoinExpr;
  if (join.larg !== undefined) addJoinSlots(join.larg, add);
  if (join.rarg !== undefined) addJoinSlots(join.rarg, add);
  add(join.jointype === 'JOIN_INNER' ? 'join' : 'outer-join', join.quals, (node) => (join.quals = node));
}

/** A text that is the same for the same expression, wherever it stood. */
export function withoutLocations(node: Node): string {
  return JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value));
}
