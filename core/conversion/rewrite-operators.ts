import {
  callNode,
  castNode,
  constantNumber,
  constantText,
  functionName,
  numberConstant,
  operatorOf,
  textConstant,
} from './ast.ts';
import { leftmost, outputTypes, resolveNode, typeOf } from './rewrite-scope.ts';
import { isIsoDate, isIsoTimestamp, isNumericText } from './types.ts';
import type { A_Expr, Node, SelectStmt } from 'libpg-query';
import type { Scope, TypeClass } from './rewrite-scope.ts';

const comparisons = new Set(['=', '<>', '<', '>', '<=', '>=']);

/** Makes one operator or call type-correct the way SQLite's affinities meant it. Its operands are done already. */
export function fixOperator(node: Node, scope: Scope): Node {
  if ('A_Expr' in node) fixExpression(node, node.A_Expr, scope);
  if ('FuncCall' in node) fixAggregate(node, scope);
  if ('SubLink' in node) fixInSubquery(node, scope);
  return node;
}

function fixExpression(node: Node, expression: A_Expr, scope: Scope): void {
  const operator = operatorOf(node) ?? '';
  if (expression.kind === 'AEXPR_LIKE') fixLike(expression, scope);
  else if (expression.kind === 'AEXPR_IN' || isBetween(expression)) fixList(expression, scope);
  else if (comparisons.has(operator)) {
    const [left, right] = matchTypes([expression.lexpr, expression.rexpr], scope, operator);
    expression.lexpr = left;
    expression.rexpr = right;
  } else if (/^[-+*/%]$/.test(operator)) {
    expression.lexpr = toNumber(expression.lexpr, scope);
    expression.rexpr = toNumber(expression.rexpr, scope);
  }
}

function isBetween(expression: A_Expr): boolean {
  return expression.kind === 'AEXPR_BETWEEN' || expression.kind === 'AEXPR_NOT_BETWEEN';
}

function fixList(expression: A_Expr, scope: Scope): void {
  const list = expression.rexpr;
  if (list === undefined || !('List' in list)) return;
  const operator = isBetween(expression) ? '<' : '=';
  const [left, ...items] = matchTypes([expression.lexpr, ...(list.List.items ?? [])], scope, operator);
  expression.lexpr = left;
  list.List.items = items.filter((item) => item !== undefined);
}

/** LIKE ignores the case of ASCII letters in SQLite; PostgreSQL's ILIKE does. */
function fixLike(expression: A_Expr, scope: Scope): void {
  const type = typeOf(expression.lexpr, scope);
  if (expression.lexpr !== undefined && type !== undefined && type !== 'text') {
    expression.lexpr = castNode(expression.lexpr, 'text');
  }
  const number = constantNumber(expression.rexpr);
  if (number !== undefined) expression.rexpr = textConstant(number);
  const pattern = constantText(expression.rexpr);
  if (pattern !== undefined && !/\p{L}/u.test(pattern)) return;
  const isNegated = expression.name?.some((part) => 'String' in part && part.String.sval?.startsWith('!'));
  expression.kind = 'AEXPR_ILIKE';
  expression.name = [{ String: { sval: isNegated === true ? '!~~*' : '~~*' } }];
}

/** Gives all operands of one comparison types that PostgreSQL compares. */
function matchTypes(operands: (Node | undefined)[], scope: Scope, operator: string): (Node | undefined)[] {
  const literals = operands.map((node) => constantText(node) ?? constantNumber(node));
  const types = operands.map((node, index) =>
    literals[index] === undefined ? typeOf(node, scope) : undefined,
  );
  const known = new Set(types.filter((type) => type !== undefined));
  if (known.size === 0) return operands;
  const isEveryLiteralFit = [...known].every((type) =>
    literals.every((literal, index) => fits(literal, operands[index], type)),
  );
  if (known.has('text') || !isEveryLiteralFit) return matchText(operands, types, scope, operator);
  return known.size === 1 ? operands.map((node) => toLiteralOf(node, [...known][0])) : operands;
}

/** Compares as text, or as numbers where `<` and the like meet a column of numbers kept as text. */
function matchText(
  operands: (Node | undefined)[],
  types: (TypeClass | undefined)[],
  scope: Scope,
  operator: string,
): (Node | undefined)[] {
  const isOrder = operator !== '=' && operator !== '<>';
  const hasBoth = types.includes('text') && types.includes('number');
  const asNumbers = isOrder && hasBoth && areNumericTexts(operands, types, scope);
  return operands.map((node, index) => {
    if (!asNumbers) return toText(node, types[index]);
    return types[index] === 'text' && node !== undefined ? castNode(node, 'numeric') : node;
  });
}

function areNumericTexts(
  operands: (Node | undefined)[],
  types: (TypeClass | undefined)[],
  scope: Scope,
): boolean {
  return operands.every(
    (node, index) => types[index] !== 'text' || resolveNode(node, scope)?.column.allNumericText === true,
  );
}

/** Whether a literal can be compared with a column of that type as it is, or rewritten as a number. */
function fits(literal: string | undefined, node: Node | undefined, type: TypeClass): boolean {
  if (literal === undefined) return true;
  if (type === 'number') return constantNumber(node) !== undefined || isNumericText(literal);
  if (constantText(node) === undefined) return false;
  return isIsoDate(literal) || isIsoTimestamp(literal);
}

/** `'5'` beside a number is the number 5. */
function toLiteralOf(node: Node | undefined, type: TypeClass | undefined): Node | undefined {
  const text = constantText(node);
  return type === 'number' && text !== undefined ? numberConstant(text) : node;
}

function toText(node: Node | undefined, type: TypeClass | undefined): Node | undefined {
  if (node === undefined) return undefined;
  const number = constantNumber(node);
  if (number !== undefined) return textConstant(number);
  return type === undefined || type === 'text' ? node : castNode(node, 'text');
}

function toNumber(node: Node | undefined, scope: Scope): Node | undefined {
  if (node === undefined || typeOf(node, scope) !== 'text') return node;
  return numberOfText(node, scope);
}

/** SQLite reads the number that a text begins with, 0 where there is none; NULL stays NULL. */
function numberOfText(node: Node, scope: Scope): Node {
  if (resolveNode(node, scope)?.column.allNumericText === true) return castNode(node, 'numeric');
  const prefix = callNode('substring', node, textConstant('^ *[-+]?[0-9]+[.]?[0-9]*'));
  const fallback: Node = {
    A_Expr: {
      kind: 'AEXPR_OP',
      name: [{ String: { sval: '||' } }],
      lexpr: callNode('left', structuredClone(node), { A_Const: { ival: {} } }),
      rexpr: textConstant('0'),
    },
  };
  return castNode({ CoalesceExpr: { args: [prefix, fallback] } }, 'numeric');
}

function fixAggregate(node: Node, scope: Scope): void {
  const name = functionName(node);
  if (!('FuncCall' in node) || (name !== 'sum' && name !== 'avg')) return;
  const argument = node.FuncCall.args?.[0];
  const type = typeOf(argument, scope);
  if (argument === undefined || type === undefined || type === 'number') return;
  node.FuncCall.args = [type === 'text' ? numberOfText(argument, scope) : yearOf(argument)];
}

/** SQLite keeps a date as text, and the number that it begins with is its year. */
function yearOf(date: Node): Node {
  return {
    FuncCall: {
      funcname: [{ String: { sval: 'pg_catalog' } }, { String: { sval: 'extract' } }],
      args: [textConstant('year'), date],
      funcformat: 'COERCE_SQL_SYNTAX',
    },
  };
}

function fixInSubquery(node: Node, scope: Scope): void {
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'ANY_SUBLINK') return;
  const subselect = node.SubLink.subselect;
  if (subselect === undefined || !('SelectStmt' in subselect)) return;
  const test = typeOf(node.SubLink.testexpr, scope);
  const inner = outputTypes(subselect.SelectStmt)[0]?.type;
  if (test === undefined || inner === undefined || test === inner) return;
  if (test !== 'text' && node.SubLink.testexpr !== undefined)
    node.SubLink.testexpr = castNode(node.SubLink.testexpr, 'text');
  if (inner !== 'text') castFirstTarget(subselect.SelectStmt);
}

function castFirstTarget(select: SelectStmt): void {
  if (select.larg !== undefined) castFirstTarget(select.larg);
  if (select.rarg !== undefined) castFirstTarget(select.rarg);
  if (select.larg !== undefined) return;
  const target = leftmost(select).targetList?.[0];
  if (target !== undefined && 'ResTarget' in target && target.ResTarget.val !== undefined) {
    target.ResTarget.val = castNode(target.ResTarget.val, 'text');
  }
}

/** Both sides of a set operation need one type in each column. */
export function matchSetOperation(select: SelectStmt): void {
  if (select.larg === undefined || select.rarg === undefined) return;
  const left = outputTypes(select.larg);
  const right = outputTypes(select.rarg);
  for (const [index, column] of left.entries()) {
    const other = right[index];
    if (column.type === undefined || other?.type === undefined || column.type === other.type) continue;
    for (const [side, type] of [
      [select.larg, column.type],
      [select.rarg, other.type],
    ] as const) {
      if (type !== 'text') castTarget(side, index);
    }
  }
}

function castTarget(select: SelectStmt, index: number): void {
  if (select.larg !== undefined && select.rarg !== undefined) {
    castTarget(select.larg, index);
    castTarget(select.rarg, index);
    return;
  }
  const target = select.targetList?.[index];
  if (target !== undefined && 'ResTarget' in target && target.ResTarget.val !== undefined) {
    target.ResTarget.val = castNode(target.ResTarget.val, 'text');
  }
}
