import { castNode, constantNumber, constantText, textConstant } from './ast.ts';
import { integerConstant, operatorNode, truthConstant } from './ast-build.ts';
import { truthAsNumber } from './rewrite-compare.ts';
import { toNumber } from './rewrite-numbers.ts';
import { resultsOf, typeOf } from './rewrite-types.ts';
import type { Node } from 'libpg-query';
import type { Scope } from './rewrite-scope.ts';

/** A condition: in SQLite any number but 0 is true, and a text is the number that it begins with. */
export function toTruth(node: Node, scope: Scope): Node {
  const number = constantNumber(node);
  if (number !== undefined) return truthConstant(Number(number) !== 0);
  const type = typeOf(node, scope);
  if (type === undefined || type === 'boolean') return node;
  return operatorNode('<>', toNumber(node, scope), integerConstant(0));
}

export function fixLogic(node: Node, scope: Scope): Node {
  if (!('BoolExpr' in node)) return node;
  const args = node.BoolExpr.args ?? [];
  const [only] = args;
  if (node.BoolExpr.boolop === 'NOT_EXPR' && only !== undefined && typeOf(only, scope) === 'number') {
    return operatorNode('=', only, integerConstant(0));
  }
  node.BoolExpr.args = args.map((part) => toTruth(part, scope));
  return node;
}

/** The results of CASE, COALESCE, GREATEST and the like need one type; conditions of CASE are conditions. */
export function fixBranches(node: Node, scope: Scope): void {
  if ('CaseExpr' in node) fixConditions(node, scope);
  const results = branchesOf(node);
  const types = new Set(results.map((each) => typeOf(each, scope) ?? (isText(each) ? 'text' : undefined)));
  types.delete(undefined);
  if (types.size < 2 && !types.has('boolean')) return;
  const hasText = types.has('text');
  putBranches(
    node,
    results.map((each) => {
      const type = typeOf(each, scope);
      if (type === 'boolean') return truthAsNumber(each, scope);
      if (!hasText || type === undefined || type === 'text') return each;
      const number = constantNumber(each);
      return number === undefined ? castNode(each, 'text') : textConstant(number);
    }),
  );
}

function isText(node: Node): boolean {
  return constantText(node) !== undefined;
}

function fixConditions(node: Node, scope: Scope): void {
  if (!('CaseExpr' in node) || node.CaseExpr.arg !== undefined) return;
  for (const branch of node.CaseExpr.args ?? []) {
    if ('CaseWhen' in branch && branch.CaseWhen.expr !== undefined) {
      branch.CaseWhen.expr = toTruth(branch.CaseWhen.expr, scope);
    }
  }
}

function branchesOf(node: Node): Node[] {
  if ('CoalesceExpr' in node) return node.CoalesceExpr.args ?? [];
  if ('MinMaxExpr' in node) return node.MinMaxExpr.args ?? [];
  return resultsOf(node);
}

function putBranches(node: Node, results: Node[]): void {
  if ('CoalesceExpr' in node) node.CoalesceExpr.args = results;
  if ('MinMaxExpr' in node) node.MinMaxExpr.args = results;
  if (!('CaseExpr' in node)) return;
  const whens = (node.CaseExpr.args ?? []).flatMap((branch) =>
    'CaseWhen' in branch ? [branch.CaseWhen] : [],
  );
  for (const [index, when] of whens.entries()) when.result = results[index] ?? when.result;
  const last = results[whens.length];
  if (node.CaseExpr.defresult !== undefined && last !== undefined) node.CaseExpr.defresult = last;
}

/** `x IS NOT DISTINCT FROM 5` is `x = 5` where only true rows count and the other side is no NULL. */
export function spellEquals(node: Node): Node {
  if ('BoolExpr' in node && node.BoolExpr.boolop !== 'NOT_EXPR') {
    node.BoolExpr.args = node.BoolExpr.args?.map(spellEquals);
  }
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_NOT_DISTINCT') return node;
  const { lexpr, rexpr } = node.A_Expr;
  if (lexpr === undefined || rexpr === undefined || !('A_Const' in rexpr) || rexpr.A_Const.isnull === true)
    return node;
  return operatorNode('=', lexpr, rexpr);
}
