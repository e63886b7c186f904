import { deparseSync } from 'pgsql-deparser';
import type { Node, SelectStmt } from 'libpg-query';

/** Prints a SELECT on one line, the way a person would write it. */
export function printSelect(select: SelectStmt): string {
  const tree = rewriteNotIn({ SelectStmt: structuredClone(select) });
  return tidyParentheses(deparseSync(tree, { pretty: false }));
}

/** `NOT (x IN (SELECT …))` → `x NOT IN (SELECT …)`, by a node that the printer prints so. */
function rewriteNotIn<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const [key, inner] of Object.entries(value)) {
    (value as Record<string, unknown>)[key] = rewriteNotIn(inner as unknown);
  }
  return (toNotIn(value as unknown as Node) ?? value) as T;
}

function toNotIn(node: Node): Node | undefined {
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'NOT_EXPR') return undefined;
  const inner = node.BoolExpr.args?.[0];
  if (inner === undefined || !('SubLink' in inner) || inner.SubLink.subLinkType !== 'ANY_SUBLINK')
    return undefined;
  const subquery: Node = { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: inner.SubLink.subselect } };
  return {
    A_Expr: {
      kind: 'AEXPR_IN',
      name: [{ String: { sval: '<>' } }],
      lexpr: inner.SubLink.testexpr,
      rexpr: subquery,
    },
  };
}

/** `((SELECT …))` → `(SELECT …)` where both pairs enclose exactly the same text, and no spaces inside a pair. */
function tidyParentheses(sql: string): string {
  const partner = matchParentheses(sql);
  const dropped = new Set<number>();
  for (const [open, close] of partner) {
    if (partner.get(open + 1) === close - 1 && sql.startsWith('((SELECT ', open))
      dropped.add(open).add(close);
    if (sql[open + 1] === ' ') dropped.add(open + 1);
    if (sql[close - 1] === ' ') dropped.add(close - 1);
  }
  return Array.from({ length: sql.length }, (_, index) => (dropped.has(index) ? '' : sql[index])).join('');
}

/** The position of the closing parenthesis for each opening one, outside literals and quoted names. */
function matchParentheses(sql: string): Map<number, number> {
  const partner = new Map<number, number>();
  const open: number[] = [];
  for (const match of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]/g)) {
    if (match[0] === '(') open.push(match.index);
    else if (match[0] === ')') partner.set(open.pop() ?? -1, match.index);
  }
  return partner;
}
