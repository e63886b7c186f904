import { parseSelect } from '../../conversion/mutants/mutate.ts';
import { listSelects, listSlots, type Slot } from '../../conversion/mutants/walk-tree.ts';
import { printSelect } from '../../conversion/rewrite-print.ts';
import type { A_Expr, Node, SelectStmt } from 'libpg-query';

/** Ways to say the same: each gives the same rows on every content, NULLs and repeated rows included. */
export const rewritingKinds = [
  'conditions-turned',
  'comparison-turned',
  'join-turned',
  'between-opened',
  'list-opened',
  'membership-as-exists',
  'count-of-one',
  'distinct-as-group',
  'answer-wrapped',
] as const;
export type RewritingKind = (typeof rewritingKinds)[number];

export interface EqualRewriting {
  kind: RewritingKind;
  sql: string;
}

/** A gold query said otherwise: one text for each kind that applies, made at every place where it does. */
export function rewriteEqually(sql: string): EqualRewriting[] {
  const original = printSelect(parseSelect(sql));
  return rewritingKinds.flatMap((kind) => {
    const rewritten = rewrite(kind, sql);
    return rewritten === undefined || rewritten === original ? [] : [{ kind, sql: rewritten }];
  });
}

function rewrite(kind: RewritingKind, sql: string): string | undefined {
  const select = parseSelect(sql);
  if (kind === 'answer-wrapped') {
    return select.sortClause === undefined
      ? `WITH answer AS (${printSelect(select)}) SELECT * FROM answer`
      : undefined;
  }
  for (const each of listSelects(select)) {
    if (kind === 'distinct-as-group') groupForDistinct(each);
    else if (kind !== 'join-turned') for (const slot of listSlots(each)) rewriteSlot(kind, slot);
    else if (!hasStar(each)) for (const slot of listSlots(each)) turnJoin(slot);
  }
  return printSelect(select);
}

function rewriteSlot(kind: RewritingKind, { node, put }: Slot): void {
  if (kind === 'conditions-turned' && 'BoolExpr' in node && node.BoolExpr.boolop !== 'NOT_EXPR') {
    node.BoolExpr.args = node.BoolExpr.args?.toReversed() ?? [];
  } else if (kind === 'count-of-one' && 'FuncCall' in node && node.FuncCall.agg_star === true) {
    delete node.FuncCall.agg_star;
    node.FuncCall.args = [whole(1)];
  } else if (kind === 'membership-as-exists') {
    const exists = asExists(node);
    if (exists !== undefined) put(exists);
  } else if ('A_Expr' in node) {
    const opened = rewriteOperator(kind, node.A_Expr);
    if (opened !== undefined) put(opened);
  }
}

const turned: Record<string, string> = { '=': '=', '<>': '<>', '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function rewriteOperator(kind: RewritingKind, expression: A_Expr): Node | undefined {
  const { lexpr, rexpr } = expression;
  if (lexpr === undefined || rexpr === undefined) return undefined;
  if (kind === 'comparison-turned' && expression.kind === 'AEXPR_OP') {
    const name = turned[nameOf(expression)];
    return name === undefined ? undefined : operator(name, rexpr, lexpr);
  }
  if (!('List' in rexpr)) return undefined;
  const items = rexpr.List.items ?? [];
  if (kind === 'between-opened' && expression.kind === 'AEXPR_BETWEEN') {
    const [from, to] = items;
    if (from === undefined || to === undefined) return undefined;
    return both('AND_EXPR', [operator('>=', lexpr, from), operator('<=', lexpr, to)]);
  }
  if (kind !== 'list-opened' || expression.kind !== 'AEXPR_IN') return undefined;
  const isNegated = nameOf(expression) === '<>';
  return both(
    isNegated ? 'AND_EXPR' : 'OR_EXPR',
    items.map((item) => operator(isNegated ? '<>' : '=', lexpr, item)),
  );
}

/** `x IN (SELECT y …)` → `EXISTS (SELECT 1 FROM (SELECT y …) AS member (value) WHERE member.value = x)` */
function asExists(node: Node): Node | undefined {
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'ANY_SUBLINK') return undefined;
  const { testexpr, subselect, operName } = node.SubLink;
  if (testexpr === undefined || subselect === undefined || operName !== undefined) return undefined;
  const member: Node = {
    RangeSubselect: { subquery: subselect, alias: { aliasname: 'member', colnames: [text('value')] } },
  };
  const value: Node = { ColumnRef: { fields: [text('member'), text('value')] } };
  const select: SelectStmt = {
    targetList: [{ ResTarget: { val: whole(1) } }],
    fromClause: [member],
    whereClause: operator('=', value, testexpr),
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return { SubLink: { subLinkType: 'EXISTS_SUBLINK', subselect: { SelectStmt: select } } };
}

/** The sides of an inner join; what stands in a SELECT list names its tables. */
function turnJoin({ node }: Slot): void {
  if (!('JoinExpr' in node)) return;
  const { jointype, larg, rarg, isNatural, usingClause } = node.JoinExpr;
  // Joined tables on the left stay there: brackets around them would be needed on the right.
  const isPlain = jointype === 'JOIN_INNER' && isNatural !== true && usingClause === undefined;
  if (!isPlain || larg === undefined || rarg === undefined || 'JoinExpr' in larg) return;
  Object.assign(node.JoinExpr, { larg: rarg, rarg: larg });
}

/** `SELECT DISTINCT a, b` → `SELECT a, b … GROUP BY 1, 2`, where nothing is counted or grouped. */
function groupForDistinct(select: SelectStmt): void {
  const { distinctClause, groupClause, havingClause, targetList = [] } = select;
  const isPlain = groupClause === undefined && havingClause === undefined && !hasStar(select);
  const isDistinct = distinctClause?.length === 1 && Object.keys(distinctClause[0] ?? {}).length === 0;
  const isCounted = listSlots(select).some(({ node }) => 'FuncCall' in node);
  if (!isDistinct || !isPlain || isCounted) return;
  delete select.distinctClause;
  select.groupClause = targetList.map((_, index) => whole(index + 1));
}

function hasStar({ targetList = [] }: SelectStmt): boolean {
  return targetList.some((target) => /"A_Star"/.test(JSON.stringify(target)));
}

function operator(name: string, lexpr: Node, rexpr: Node): Node {
  return { A_Expr: { kind: 'AEXPR_OP', name: [text(name)], lexpr, rexpr } };
}

function both(boolop: 'AND_EXPR' | 'OR_EXPR', args: Node[]): Node | undefined {
  return args.length < 2 ? args[0] : { BoolExpr: { boolop, args } };
}

function whole(value: number): Node {
  return { A_Const: { ival: { ival: value } } };
}

function text(value: string): Node {
  return { String: { sval: value } };
}

function nameOf({ name = [] }: A_Expr): string {
  const [first] = name;
  return name.length === 1 && first !== undefined && 'String' in first ? (first.String.sval ?? '') : '';
}
