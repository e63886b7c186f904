import { deparseSync } from 'pgsql-deparser';
import { tidySql } from './tidy-sql.ts';
import type { Node, SelectStmt } from 'libpg-query';

/** Prints a SELECT on one line, the way a person would write it. */
export function printSelect(select: SelectStmt): string {
  const tree = rewriteNotIn({ SelectStmt: structuredClone(select) });
  return tidySql(deparseSync(tree, { pretty: false }));
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
