import { deparseSync } from 'pgsql-deparser';
import type { Node, SelectStmt } from 'libpg-query';

/** Prints a SELECT on one line, without the doubled parentheses that the printer puts around subqueries. */
export function printSelect(select: SelectStmt): string {
  return dropDoubledParentheses(deparseSync({ SelectStmt: select } as Node, { pretty: false }));
}

/** `((SELECT …))` → `(SELECT …)`: only where both pairs enclose exactly the same text. */
function dropDoubledParentheses(sql: string): string {
  const partner = matchParentheses(sql);
  const dropped = new Set<number>();
  for (const match of sql.matchAll(/\(\(SELECT /g)) {
    const outer = partner.get(match.index);
    const inner = partner.get(match.index + 1);
    if (outer === undefined || inner === undefined || outer !== inner + 1) continue;
    dropped.add(match.index).add(outer);
  }
  return [...sql].length === sql.length ? [...sql].filter((_, index) => !dropped.has(index)).join('') : sql;
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
