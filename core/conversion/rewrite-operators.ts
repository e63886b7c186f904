import { castNode, constantNumber, constantText, operatorOf, textConstant } from './ast.ts';
import { compareAs, comparisons, matchBetween, matchList } from './rewrite-compare.ts';
import { fixCall } from './rewrite-calls.ts';
import { fixCast } from './rewrite-casts.ts';
import { foldCase } from './rewrite-collation.ts';
import { fixArithmetic, fixConcatenation } from './rewrite-numbers.ts';
import { fixEscape, fixGlob, globOperator } from './rewrite-patterns.ts';
import { fixInSubquery } from './rewrite-sets.ts';
import { fixBranches, fixLogic } from './rewrite-truth.ts';
import { typeOf } from './rewrite-types.ts';
import type { A_Expr, Node } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** Makes one operator or call mean in PostgreSQL what SQLite meant. Its operands are done already. */
export function fixOperator(node: Node, scope: Scope): Node {
  if ('A_Expr' in node) return fixExpression(node, node.A_Expr, scope);
  if ('FuncCall' in node) return fixCall(node, scope);
  if ('TypeCast' in node) return fixCast(node, scope);
  if ('SubLink' in node) fixInSubquery(node, scope);
  if ('BoolExpr' in node) return fixLogic(node, scope);
  if ('CaseExpr' in node || 'CoalesceExpr' in node || 'MinMaxExpr' in node) fixBranches(node, scope);
  return node;
}

function fixExpression(node: Node, expression: A_Expr, scope: Scope): Node {
  foldCase(expression);
  const operator = operatorOf(node) ?? '';
  const { kind, lexpr, rexpr } = expression;
  if (kind === 'AEXPR_LIKE') fixLike(expression, scope);
  else if (kind === 'AEXPR_IN') matchList(expression, scope);
  else if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_NOT_BETWEEN')
    return matchBetween(node, expression, scope);
  else if (kind === 'AEXPR_DISTINCT' || kind === 'AEXPR_NOT_DISTINCT') fixIs(expression, scope);
  else if (globOperator.test(operator)) fixGlob(expression, operator);
  else if (kind === 'AEXPR_OP' && comparisons.has(operator) && lexpr !== undefined && rexpr !== undefined)
    return compareAs(operator, lexpr, rexpr, scope);
  else if (/^[-+*/%]$/.test(operator)) fixArithmetic(expression, operator, scope);
  else if (operator === '||') fixConcatenation(expression, scope);
  return node;
}

/** LIKE ignores the case of ASCII letters in SQLite; PostgreSQL's ILIKE does. */
function fixLike(expression: A_Expr, scope: Scope): void {
  const type = typeOf(expression.lexpr, scope);
  if (expression.lexpr !== undefined && type !== undefined && type !== 'text') {
    expression.lexpr = castNode(expression.lexpr, 'text');
  }
  const number = constantNumber(expression.rexpr);
  if (number !== undefined) expression.rexpr = textConstant(number);
  expression.rexpr = fixEscape(expression.rexpr);
  const pattern = constantText(expression.rexpr);
  if (pattern !== undefined && !/\p{L}/u.test(pattern)) return;
  const isNegated = expression.name?.some((part) => 'String' in part && part.String.sval?.startsWith('!'));
  expression.kind = 'AEXPR_ILIKE';
  expression.name = [{ String: { sval: isNegated === true ? '!~~*' : '~~*' } }];
}

/** `IS 'x'`: typed as `=` is. */
function fixIs(expression: A_Expr, scope: Scope): void {
  const { lexpr, rexpr } = expression;
  if (lexpr === undefined || rexpr === undefined) return;
  const compared = compareAs('=', lexpr, rexpr, scope);
  if (!('A_Expr' in compared)) return;
  expression.lexpr = compared.A_Expr.lexpr ?? lexpr;
  expression.rexpr = compared.A_Expr.rexpr ?? rexpr;
}
