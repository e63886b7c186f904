import type { ColumnRef, Node } from 'libpg-query';

/** The text of a String node. */
export function textOf(node: Node | undefined): string | undefined {
  return node !== undefined && 'String' in node ? node.String.sval : undefined;
}

/** `a.b` → ['a', 'b']; undefined with a star in it. */
export function fieldsOf({ fields = [] }: ColumnRef): string[] | undefined {
  const names = fields.map(textOf);
  return names.every((name) => name !== undefined) ? names : undefined;
}

/** A cast changes how a value is written, and of key columns hardly which are equal. */
export function withoutCasts(node: Node | undefined): Node | undefined {
  return node !== undefined && 'TypeCast' in node ? withoutCasts(node.TypeCast.arg) : node;
}

/** Conditions that must all hold: the parts of AND, through parentheses. */
export function conjunctsOf(node: Node | undefined): Node[] {
  if (node === undefined) return [];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') {
    return (node.BoolExpr.args ?? []).flatMap(conjunctsOf);
  }
  return [node];
}

/** Every node of an expression, sub-queries left out; those are given to `onSubquery`. */
export function walkExpression(
  value: unknown,
  visit: (node: Node) => void,
  onSubquery?: (select: Node) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) walkExpression(item, visit, onSubquery);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [tag, fields] of Object.entries(value)) {
    if (tag === 'SelectStmt') {
      onSubquery?.(value as Node);
      continue;
    }
    if (/^[A-Z]/.test(tag)) visit(value as Node);
    walkExpression(fields, visit, onSubquery);
  }
}

/** The text of a call that begins at a byte: `sum(o.total)`, its parentheses matched. */
export function callText(sql: string, startByte: number): string {
  const text = Buffer.from(sql, 'utf8').subarray(startByte).toString('utf8');
  let depth = 0;
  let quote = '';
  for (const [at, letter] of [...text].entries()) {
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '(') depth += 1;
    else if (letter === ')' && --depth === 0) {
      return [...text]
        .slice(0, at + 1)
        .join('')
        .replace(/\s+/g, ' ');
    }
  }
  return text;
}
