import type { A_Expr, Node, SubLink } from 'libpg-query';
import { constantText, describe, operatorOf, sqlOf } from './describe-expression.ts';
import { joinWords, type Words } from './writer.ts';

/** The parts that must all hold. */
export function splitAnd(node: Node): Node[] {
  return 'BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR' ? (node.BoolExpr.args ?? []) : [node];
}

/** A condition as the end of "where …". */
export function describeCondition(node: Node, words: Words): string {
  if ('BoolExpr' in node) return describeLogic(node.BoolExpr.boolop, node.BoolExpr.args ?? [], words);
  if ('NullTest' in node) {
    const { arg, nulltesttype } = node.NullTest;
    return `${part(arg, words)} ${nulltesttype === 'IS_NULL' ? 'is missing (NULL)' : 'is there (not NULL)'}`;
  }
  if ('BooleanTest' in node) {
    const { arg, booltesttype = '' } = node.BooleanTest;
    return `${part(arg, words)} ${booltesttype.toLowerCase().replaceAll('_', ' ')}`;
  }
  if ('SubLink' in node) return describeSubLink(node.SubLink, words, false);
  if ('A_Expr' in node) return describeComparison(node.A_Expr, words);
  return `${describe(node, words)} is true`;
}

function part(node: Node | undefined, words: Words): string {
  return node ? describe(node, words) : '';
}

function describeLogic(operator: string | undefined, args: readonly Node[], words: Words): string {
  if (operator === 'NOT_EXPR') {
    const [arg] = args;
    if (arg && 'SubLink' in arg) return describeSubLink(arg.SubLink, words, true);
    return `it is not so that ${arg ? describeCondition(arg, words) : ''}`;
  }
  const word = operator === 'OR_EXPR' ? 'or' : 'and';
  return args
    .map((arg) => {
      const text = describeCondition(arg, words);
      return 'BoolExpr' in arg && arg.BoolExpr.boolop !== 'NOT_EXPR' ? `(${text})` : text;
    })
    .join(` ${word} `);
}

function describeSubLink(
  { subLinkType, subselect, testexpr, operName }: SubLink,
  words: Words,
  isNegated: boolean,
): string {
  if (!subselect || !('SelectStmt' in subselect)) return 'a sub-query holds';
  const title = words.refer(subselect.SelectStmt);
  const tested = testexpr ? describe(testexpr, words) : '';
  const operator = operatorOf(operName);
  if (subLinkType === 'EXISTS_SUBLINK') return `${title} has ${isNegated ? 'no row' : 'at least one row'}`;
  if (subLinkType === 'ANY_SUBLINK' && (operator === '' || operator === '=')) {
    return `${tested} is ${isNegated ? 'none' : 'one'} of the values of ${title}`;
  }
  const all = subLinkType === 'ALL_SUBLINK' ? 'all values' : 'any value';
  const text = `${tested} ${comparisons[operator] ?? operator} ${all} of ${title}`;
  return isNegated ? `it is not so that ${text}` : text;
}

export const comparisons: Record<string, string> = {
  '=': 'is',
  '<>': 'is not',
  '!=': 'is not',
  '<': 'is less than',
  '>': 'is more than',
  '<=': 'is at most',
  '>=': 'is at least',
  '~': 'matches the regular expression',
  '~*': 'matches (whatever its case) the regular expression',
  '!~': 'does not match the regular expression',
  '!~*': 'does not match (whatever its case) the regular expression',
  '@>': 'contains',
  '<@': 'is contained in',
  '&&': 'overlaps',
  '@@': 'matches the text search',
};

function describeComparison(expression: A_Expr, words: Words): string {
  const { kind, lexpr, rexpr } = expression;
  const operator = operatorOf(expression.name);
  const left = part(lexpr, words);
  switch (kind) {
    case 'AEXPR_IN':
      return `${left} is ${operator === '<>' ? 'none' : 'one'} of ${describeList(rexpr, words)}`;
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return `${left} is ${/NOT/.test(kind) ? 'not ' : ''}between ${describeBounds(rexpr, words)}`;
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return `${left} ${describePattern(rexpr, operator, kind === 'AEXPR_ILIKE', words)}`;
    case 'AEXPR_DISTINCT':
      return `${left} differs from ${part(rexpr, words)}, NULL being a value as well`;
    case 'AEXPR_NOT_DISTINCT':
      return `${left} is the same as ${part(rexpr, words)}, NULL being a value as well`;
    case 'AEXPR_OP_ANY':
      return `${left} ${comparisons[operator] ?? operator} any of ${part(rexpr, words)}`;
    case 'AEXPR_OP_ALL':
      return `${left} ${comparisons[operator] ?? operator} all of ${part(rexpr, words)}`;
    default: {
      const word = comparisons[operator];
      return word === undefined
        ? `${sqlOf({ A_Expr: expression })} is true`
        : `${left} ${word} ${part(rexpr, words)}`;
    }
  }
}

function describeList(node: Node | undefined, words: Words): string {
  const items = node && 'List' in node ? (node.List.items ?? []) : [];
  return joinWords(
    items.map((item) => describe(item, words)),
    'or',
  );
}

function describeBounds(node: Node | undefined, words: Words): string {
  const [low, high] = node && 'List' in node ? (node.List.items ?? []) : [];
  return `${part(low, words)} and ${part(high, words)} (both included)`;
}

/** `abc%` is a beginning, `%abc` an end, `%abc%` a part; every other pattern stays one. */
function describePattern(
  node: Node | undefined,
  operator: string,
  ignoresCase: boolean,
  words: Words,
): string {
  const isNegated = operator.startsWith('!');
  const text = constantText(node);
  const anyCase = ignoresCase ? ' (whatever its case)' : '';
  const [, before, middle, after] = /^(%?)([^%_\\]+)(%?)$/.exec(text ?? '') ?? [];
  if (middle === undefined) {
    const pattern = text === undefined ? part(node, words) : `“${text}”`;
    return `${isNegated ? 'does not match' : 'matches'}${anyCase} the pattern ${pattern}`;
  }
  const [verb, plain] = before
    ? after
      ? ['contains', 'contain']
      : ['ends with', 'end with']
    : after
      ? ['begins with', 'begin with']
      : ['is', 'be'];
  if (!before && !after) return `${isNegated ? 'is not' : 'is'}${anyCase} “${middle}”`;
  return `${isNegated ? `does not ${plain}` : verb}${anyCase} “${middle}”`;
}
