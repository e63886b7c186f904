import { callNode, castNode, constantNumber, operatorOf, textConstant } from './ast.ts';
import { integerConstant, operatorNode, sqlCall } from './ast-build.ts';
import { truthAsNumber } from './rewrite-compare.ts';
import { resolveNode } from './rewrite-scope.ts';
import { isDouble, typeOf } from './rewrite-types.ts';
import type { A_Expr, Node } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** Arithmetic and sums the way SQLite does them over what is no number. */
export function fixArithmetic(expression: A_Expr, operator: string, scope: Scope): void {
  const { lexpr, rexpr } = expression;
  if (lexpr !== undefined) expression.lexpr = toNumber(lexpr, scope);
  if (rexpr !== undefined) expression.rexpr = toNumber(rexpr, scope);
  if (lexpr === undefined || expression.lexpr === undefined || expression.rexpr === undefined) return;
  if (operator === '%') {
    // SQLite takes the remainder of whole numbers.
    expression.lexpr = toWhole(expression.lexpr, scope);
    expression.rexpr = toWhole(expression.rexpr, scope);
  }
  if (operator === '/' || operator === '%') expression.rexpr = guardDivisor(expression.rexpr);
}

/** SQLite divides by zero to NULL; PostgreSQL refuses. */
function guardDivisor(divisor: Node): Node {
  const number = constantNumber(divisor);
  if (number !== undefined && Number(number) !== 0) return divisor;
  return {
    A_Expr: {
      kind: 'AEXPR_NULLIF',
      name: [{ String: { sval: '=' } }],
      lexpr: divisor,
      rexpr: integerConstant(0),
    },
  };
}

function toWhole(node: Node, scope: Scope): Node {
  return isDouble(node, scope) ? castNode(callNode('trunc', node), 'integer') : node;
}

/** What SQLite takes an expression for where it wants a number. */
export function toNumber(node: Node, scope: Scope, kind: 'numeric' | 'integer' = 'numeric'): Node {
  const type = typeOf(node, scope);
  if (type === 'text') return numberOfText(node, scope, kind);
  if (type === 'date' || type === 'timestamp') return yearOf(node);
  return type === 'boolean' ? truthAsNumber(node, scope) : node;
}

/** SQLite reads the number that a text begins with, 0 where there is none; NULL stays NULL. */
function numberOfText(node: Node, scope: Scope, kind: 'numeric' | 'integer'): Node {
  const column = resolveNode(node, scope)?.column;
  const isWhole = kind === 'integer' && column?.allIntegerText === true;
  if (column?.allNumericText === true) return castNode(node, isWhole ? 'integer' : 'numeric');
  if (column?.yearText === true) return castNode(callNode('left', node, integerConstant(4)), 'integer');
  if (column?.unsignedText === true) {
    const pattern = kind === 'integer' ? '^[0-9]*' : '^[0-9]*[.]?[0-9]*';
    const digits = sqlCall('substring', node, textConstant(pattern));
    return castNode(operatorNode('||', textConstant('0'), digits), kind);
  }
  const prefix = sqlCall('substring', node, textConstant('^ *[-+]?[0-9]+[.]?[0-9]*'));
  const nothing = operatorNode(
    '||',
    callNode('left', structuredClone(node), integerConstant(0)),
    textConstant('0'),
  );
  return castNode({ CoalesceExpr: { args: [prefix, nothing] } }, 'numeric');
}

/** SQLite keeps a date as text, and the number that it begins with is its year. */
export function yearOf(date: Node): Node {
  return sqlCall('extract', textConstant('year'), date);
}

/** `||` wants a text on one side at least. */
export function fixConcatenation(expression: A_Expr, scope: Scope): void {
  const { lexpr, rexpr } = expression;
  if (lexpr === undefined || rexpr === undefined) return;
  const hasText = [lexpr, rexpr].some((side) => {
    const type = typeOf(side, scope);
    return type === 'text' || (type === undefined && constantNumber(side) === undefined);
  });
  if (!hasText && operatorOf(lexpr) !== '||') expression.lexpr = castNode(lexpr, 'text');
}
