import { callNode, constantText, textConstant } from './ast.ts';
import type { A_Expr, Node } from 'libpg-query';

/** `COLLATE NOCASE` on either side makes the whole comparison ignore case: both sides are lower-cased. */
export function foldCase(expression: A_Expr): void {
  const isFolded = [expression.lexpr, expression.rexpr].some((side) => collationOf(side) === 'nocase');
  if (expression.lexpr !== undefined) expression.lexpr = fold(expression.lexpr, isFolded);
  if (expression.rexpr !== undefined) expression.rexpr = fold(expression.rexpr, isFolded);
}

/** What `x COLLATE …` is outside a comparison: in ORDER BY, GROUP BY or DISTINCT. */
export function withoutCollation(node: Node): Node | undefined {
  const collation = collationOf(node);
  return collation === undefined ? undefined : fold(node, collation === 'nocase');
}

function fold(node: Node, isFolded: boolean): Node {
  const inner = collationOf(node) === undefined ? node : argumentOf(node);
  if (!isFolded) return inner;
  const text = constantText(inner);
  return text === undefined ? callNode('lower', inner) : textConstant(text.toLowerCase());
}

function argumentOf(node: Node): Node {
  return 'CollateClause' in node && node.CollateClause.arg !== undefined ? node.CollateClause.arg : node;
}

/** SQLite's own collations: BINARY is that of the database here, and trailing spaces (RTRIM) are kept. */
function collationOf(node: Node | undefined): 'nocase' | 'binary' | undefined {
  if (node === undefined || !('CollateClause' in node)) return undefined;
  const name = node.CollateClause.collname?.at(-1);
  const word = name !== undefined && 'String' in name ? name.String.sval?.toLowerCase() : undefined;
  return word === 'nocase' || word === 'binary' ? word : undefined;
}
