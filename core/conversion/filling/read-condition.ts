import { constantText, operatorOf } from '../ast.ts';
import { noteNumberTexts, readAggregate, readConstant, readTerm } from './read-expression.ts';
import { nothing } from './query-model.ts';
import type { A_Expr, Node, SelectStmt, SubLink } from 'libpg-query';
import type { Cell } from './draft-row.ts';
import type { Block, Check, Comparator, Formula } from './query-model.ts';
import type { ReadScope } from './read-expression.ts';

export type ReadBlock = (select: SelectStmt, parent: ReadScope) => Block;

const comparators = new Set<string>(['=', '<>', '<', '<=', '>', '>=']);
const flipped: Record<Comparator, Comparator> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const opposite: Record<Check['operator'], Check['operator']> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  in: 'not in',
  'not in': 'in',
  between: 'not between',
  'not between': 'between',
  like: 'not like',
  'not like': 'like',
  ilike: 'not ilike',
  'not ilike': 'ilike',
  null: 'not null',
  'not null': 'null',
};

/** What a condition asks for. Parts that say nothing about single columns are left out. */
export function readCondition(
  node: Node | undefined,
  scope: ReadScope,
  readBlock: ReadBlock,
  isNegated = false,
): Formula {
  if (node === undefined) return nothing;
  if ('BoolExpr' in node) {
    const { boolop, args = [] } = node.BoolExpr;
    const inside = boolop === 'NOT_EXPR' ? !isNegated : isNegated;
    const parts = args.map((part) => readCondition(part, scope, readBlock, inside));
    const isAny = (boolop === 'OR_EXPR') !== isNegated && boolop !== 'NOT_EXPR';
    return { kind: isAny ? 'any' : 'all', parts };
  }
  if ('NullTest' in node) {
    const isNull = (node.NullTest.nulltesttype === 'IS_NULL') !== isNegated;
    return compare(node.NullTest.arg, { operator: isNull ? 'null' : 'not null', values: [] }, scope);
  }
  if ('SubLink' in node) return readSubLink(node.SubLink, scope, readBlock, isNegated);
  noteNumberTexts(node, scope);
  if ('A_Expr' in node) return readOperator(node, node.A_Expr, scope, readBlock, isNegated);
  return nothing;
}

function readSubLink(link: SubLink, scope: ReadScope, readBlock: ReadBlock, isNegated: boolean): Formula {
  const select = link.subselect;
  if (select === undefined || !('SelectStmt' in select)) return nothing;
  const block = readBlock(select.SelectStmt, scope);
  if (link.subLinkType === 'EXISTS_SUBLINK') return { kind: 'member', block, isNegated };
  const term = readTerm(link.testexpr, scope)?.term;
  return link.subLinkType === 'ANY_SUBLINK' && term !== undefined
    ? { kind: 'member', term, block, isNegated }
    : nothing;
}

function readOperator(
  node: Node,
  expression: A_Expr,
  scope: ReadScope,
  readBlock: ReadBlock,
  isNegated: boolean,
): Formula {
  const check = readCheck(node, expression);
  if (check !== undefined) return compare(expression.lexpr, isNegated ? negate(check) : check, scope);
  const operator = operatorOf(node) ?? '';
  if (expression.kind !== 'AEXPR_OP' || !comparators.has(operator)) {
    return readNotIn(expression, scope, readBlock, isNegated);
  }
  const { lexpr, rexpr } = expression;
  const comparator = (isNegated ? opposite[operator as Comparator] : operator) as Comparator;
  if (isScalar(rexpr)) return readScalar(lexpr, comparator, rexpr.SubLink, scope, readBlock);
  if (isScalar(lexpr)) return readScalar(rexpr, flipped[comparator], lexpr.SubLink, scope, readBlock);
  const right = readConstant(rexpr);
  if (right !== undefined) return compare(lexpr, { operator: comparator, values: [right] }, scope);
  const left = readConstant(lexpr);
  if (left !== undefined) return compare(rexpr, { operator: flipped[comparator], values: [left] }, scope);
  const [one, two] = [readTerm(lexpr, scope)?.term, readTerm(rexpr, scope)?.term];
  if (one === undefined || two === undefined) return nothing;
  return { kind: 'relate', left: one, operator: comparator, right: two };
}

/** `x NOT IN (SELECT …)`: the printer's own node, where the conversion's tree was read again. */
function readNotIn(expression: A_Expr, scope: ReadScope, readBlock: ReadBlock, isNegated: boolean): Formula {
  const link = expression.rexpr;
  if (expression.kind !== 'AEXPR_IN' || link === undefined || !('SubLink' in link)) return nothing;
  const testexpr = expression.lexpr;
  return readSubLink({ ...link.SubLink, subLinkType: 'ANY_SUBLINK', testexpr }, scope, readBlock, !isNegated);
}

function isScalar(node: Node | undefined): node is { SubLink: SubLink } {
  return node !== undefined && 'SubLink' in node && node.SubLink.subLinkType === 'EXPR_SUBLINK';
}

function readScalar(
  other: Node | undefined,
  operator: Comparator,
  link: SubLink,
  scope: ReadScope,
  readBlock: ReadBlock,
): Formula {
  const term = readTerm(other, scope)?.term;
  const select = link.subselect;
  if (term === undefined || select === undefined || !('SelectStmt' in select)) return nothing;
  return { kind: 'scalar', term, operator, block: readBlock(select.SelectStmt, scope) };
}

function compare(node: Node | undefined, check: Check, scope: ReadScope): Formula {
  const found = readTerm(node, scope);
  if (found !== undefined) return { kind: 'compare', term: found.term, check: { ...check, as: found.as } };
  const named = node !== undefined && 'ColumnRef' in node ? scope.named.get(nameOf(node)) : undefined;
  const aggregate = readAggregate(named ?? node, scope);
  return aggregate?.aggregate === undefined
    ? nothing
    : {
        kind: 'group',
        aggregate: aggregate.aggregate,
        isDistinct: aggregate.isDistinct === true,
        term: aggregate.term,
        check,
      };
}

function nameOf(node: Node): string {
  const last = 'ColumnRef' in node ? node.ColumnRef.fields?.at(-1) : undefined;
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

/** The condition that a value other than NULL meets where it does not meet this one. */
export function negate(check: Check): Check {
  return { ...check, operator: opposite[check.operator] };
}

/** LIKE, IN (list) and BETWEEN. */
function readCheck(node: Node, expression: A_Expr): Check | undefined {
  const operator = operatorOf(node) ?? '';
  if (expression.kind === 'AEXPR_LIKE' || expression.kind === 'AEXPR_ILIKE') {
    const pattern = constantText(expression.rexpr);
    const word = expression.kind === 'AEXPR_LIKE' ? 'like' : 'ilike';
    return pattern === undefined
      ? undefined
      : { operator: operator.startsWith('!') ? `not ${word}` : word, values: [pattern] };
  }
  const isBetween = expression.kind === 'AEXPR_BETWEEN' || expression.kind === 'AEXPR_NOT_BETWEEN';
  if (expression.kind !== 'AEXPR_IN' && !isBetween) return undefined;
  const values = readList(expression.rexpr);
  if (values === undefined) return undefined;
  if (isBetween) return { operator: expression.kind === 'AEXPR_BETWEEN' ? 'between' : 'not between', values };
  return { operator: operator === '<>' ? 'not in' : 'in', values };
}

function readList(node: Node | undefined): Cell[] | undefined {
  if (node === undefined || !('List' in node)) return undefined;
  const values = (node.List.items ?? []).map(readConstant);
  return values.every((value) => value !== undefined) ? values : undefined;
}
