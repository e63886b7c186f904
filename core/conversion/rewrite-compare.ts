import { castNode, constantNumber, constantText, numberConstant, operatorOf, textConstant } from './ast.ts';
import { isNotNull, logicNode, operatorNode, truthConstant } from './ast-build.ts';
import { resolveNode } from './rewrite-scope.ts';
import { castTarget } from './rewrite-sets.ts';
import { hasAffinity, typeOf } from './rewrite-types.ts';
import { isIsoDate, isIsoTimestamp, isNumericText } from './types.ts';
import type { A_Expr, Node, SelectStmt, SubLink } from 'libpg-query';
import type { Scope, TypeClass } from './rewrite-scope.ts';

export const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '>', '<=', '>=']);
const mirrored: Record<string, string> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

/** Gives both sides of a comparison types that PostgreSQL compares, with SQLite's outcome. */
export function compareAs(operator: string, left: Node, right: Node, scope: Scope): Node {
  const [leftLiteral, rightLiteral] = [isLiteral(left), isLiteral(right)];
  if (leftLiteral && !rightLiteral) return compareAs(mirrored[operator] ?? operator, right, left, scope);
  if (rightLiteral && !leftLiteral) return compareToLiteral(operator, left, right, scope);
  const types = [typeOf(left, scope), typeOf(right, scope)];
  if (types.includes('date') && types.includes('timestamp')) {
    const compared = compareMoments(operator, left, right, types[0] ?? 'date');
    if (compared !== undefined) return compared;
  }
  const [first, second] = matchOperands(operator, left, right, scope);
  return operatorNode(operator, first, second);
}

function isLiteral(node: Node): boolean {
  return constantText(node) !== undefined || constantNumber(node) !== undefined;
}

function compareToLiteral(operator: string, node: Node, literal: Node, scope: Scope): Node {
  const type = typeOf(node, scope);
  const text = constantText(literal);
  if (type === 'number' && text !== undefined) return compareNumberToText(operator, node, text, scope);
  if (type === 'text' && text === undefined) {
    if (!hasAffinity(node, scope)) return compareUnequal(operator, node, 'greater');
    return operatorNode(operator, node, textConstant(constantNumber(literal) ?? ''));
  }
  if (type === 'boolean') return compareTruth(operator, node, literal);
  if (type === 'date' || type === 'timestamp')
    return compareDate(operator, node, literal, { type, hasAffinity: hasAffinity(node, scope) });
  return operatorNode(operator, node, literal);
}

/** A column takes `'5'` for the number 5; any other text is greater than every number. */
function compareNumberToText(operator: string, node: Node, text: string, scope: Scope): Node {
  if (!isNumericText(text)) {
    return operator === '='
      ? operatorNode(operator, castNode(node, 'text'), textConstant(text))
      : compareUnequal(operator, node, 'less');
  }
  if (!hasAffinity(node, scope)) return compareUnequal(operator, node, 'less');
  return operatorNode(operator, node, numberConstant(text));
}

/** A comparison whose outcome is the same for every value but NULL, because SQLite sorts numbers before texts. */
function compareUnequal(operator: string, node: Node, side: 'less' | 'greater'): Node {
  const holds = operator === '<>' || operator.startsWith(side === 'less' ? '<' : '>');
  return holds ? isNotNull(node) : truthConstant(false);
}

function compareTruth(operator: string, node: Node, literal: Node): Node {
  const number = constantNumber(literal);
  const isTruth = (number === '0' || number === '1') && (operator === '=' || operator === '<>');
  if (!isTruth) return operatorNode(operator, castNode(node, 'integer'), literal);
  return (number === '1') === (operator === '=') ? node : logicNode('NOT_EXPR', node);
}

/**
 * SQLite keeps a date as text. A literal that reads as a number is one beside a DATE column, and less than any text;
 * a day beside a timestamp is less than every moment of that day.
 */
function compareDate(
  operator: string,
  node: Node,
  literal: Node,
  { type, hasAffinity: isConverted }: { type: 'date' | 'timestamp'; hasAffinity: boolean },
): Node {
  const text = constantText(literal);
  if (text === undefined || (isConverted && isNumericText(text)))
    return compareUnequal(operator, node, 'greater');
  if (type === 'date' ? isIsoDate(text) : isIsoTimestamp(text)) return operatorNode(operator, node, literal);
  const isDay = type === 'timestamp' && isIsoDate(text);
  if (isDay && operator !== '=' && operator !== '<>') {
    return operatorNode(operator.startsWith('<') ? '<' : '>=', node, literal);
  }
  return operatorNode(operator, castNode(node, 'text'), literal);
}

/** A day is less than every moment of that day, as with literals. */
function compareMoments(operator: string, left: Node, right: Node, leftType: TypeClass): Node | undefined {
  if (operator === '=' || operator === '<>') return undefined;
  const isDayRight = leftType === 'timestamp';
  const [less, greater] = isDayRight ? ['<', '>='] : ['<=', '>'];
  return operatorNode(operator.startsWith('<') ? less : greater, left, right);
}

function matchOperands(operator: string, left: Node, right: Node, scope: Scope): [Node, Node] {
  const [leftType, rightType] = [typeOf(left, scope), typeOf(right, scope)];
  if (leftType === rightType || leftType === undefined || rightType === undefined) return [left, right];
  const both = new Set([leftType, rightType]);
  if (both.has('boolean') && both.has('number'))
    return [truthAsNumber(left, scope), truthAsNumber(right, scope)];
  if (comparesAsNumbers(operator, [left, right], scope)) {
    return [textAsNumber(left, leftType), textAsNumber(right, rightType)];
  }
  return [asText(left, leftType), asText(right, rightType)];
}

/** Where a column of numbers stands beside one of numbers kept as text, and the order matters. */
function comparesAsNumbers(operator: string, nodes: Node[], scope: Scope): boolean {
  const isOrder = operator !== '=' && operator !== '<>';
  return (
    isOrder &&
    nodes.every((node) => {
      const type = typeOf(node, scope);
      if (type === 'number') return hasAffinity(node, scope);
      return type === 'text' && resolveNode(node, scope)?.column.allNumericText === true;
    })
  );
}

function textAsNumber(node: Node, type: TypeClass): Node {
  return type === 'text' ? castNode(node, 'numeric') : node;
}

function asText(node: Node, type: TypeClass | undefined): Node {
  const number = constantNumber(node);
  if (number !== undefined) return textConstant(number);
  if (type !== undefined && type !== 'text' && isScalarSubquery(node)) {
    castTarget(node.SubLink.subselect.SelectStmt, 0);
    return node;
  }
  return type === undefined || type === 'text' ? node : castNode(node, 'text');
}

function isScalarSubquery(
  node: Node,
): node is { SubLink: SubLink & { subselect: { SelectStmt: SelectStmt } } } {
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'EXPR_SUBLINK') return false;
  return node.SubLink.subselect !== undefined && 'SelectStmt' in node.SubLink.subselect;
}

/** SQLite's truth values are the numbers 1 and 0. */
export function truthAsNumber(node: Node, scope: Scope): Node {
  if (typeOf(node, scope) !== 'boolean') return node;
  if ('A_Const' in node) return numberConstant(node.A_Const.boolval?.boolval === true ? '1' : '0');
  return castNode(node, 'integer');
}

/** `x IN (a, b)`: each item is compared as `=` would; where one needs text, all are. */
export function matchList(expression: A_Expr, scope: Scope): void {
  const list = expression.rexpr;
  const left = expression.lexpr;
  if (left === undefined || list === undefined || !('List' in list)) return;
  const items = list.List.items ?? [];
  const compared = items.map((item) => compareAs('=', structuredClone(left), item, scope));
  const sides = compared.map((node) => ('A_Expr' in node ? node.A_Expr : undefined));
  const isAsText = sides.some(
    (side) => side?.lexpr !== undefined && 'TypeCast' in side.lexpr && !('TypeCast' in left),
  );
  expression.lexpr = isAsText ? castNode(left, 'text') : left;
  list.List.items = items.map((item, index) =>
    isAsText ? asText(item, typeOf(item, scope)) : (sides[index]?.rexpr ?? item),
  );
}

/** `x BETWEEN a AND b`; as two comparisons where one of both needs another operator. */
export function matchBetween(node: Node, expression: A_Expr, scope: Scope): Node {
  const range = expression.rexpr;
  const [low, high] = range !== undefined && 'List' in range ? (range.List.items ?? []) : [];
  const { lexpr } = expression;
  if (lexpr === undefined || low === undefined || high === undefined) return node;
  const bounds = [
    compareAs('>=', structuredClone(lexpr), low, scope),
    compareAs('<=', structuredClone(lexpr), high, scope),
  ];
  const [from, to] = bounds.map((bound) => ('A_Expr' in bound ? bound.A_Expr : undefined));
  const isPlain = operatorOf(bounds[0] ?? node) === '>=' && operatorOf(bounds[1] ?? node) === '<=';
  const left = from?.lexpr;
  const isSameLeft = left !== undefined && JSON.stringify(left) === JSON.stringify(to?.lexpr);
  if (isPlain && isSameLeft && from?.rexpr !== undefined && to?.rexpr !== undefined) {
    expression.lexpr = left;
    expression.rexpr = { List: { items: [from.rexpr, to.rexpr] } };
    return node;
  }
  const both = logicNode('AND_EXPR', ...bounds);
  return expression.kind === 'AEXPR_NOT_BETWEEN' ? logicNode('NOT_EXPR', both) : both;
}
