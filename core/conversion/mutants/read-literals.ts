import { columnFields, constantNumber, constantText, functionName } from '../ast.ts';
import { parseSelect } from './mutate.ts';
import { listSelects, listSlots } from './walk-tree.ts';
import type { Node } from 'libpg-query';

/** What a query compares its columns with. */
export interface QueryLiterals {
  /** Texts and numbers (as text) by the name of the column beside them, whichever table it is of. */
  byColumn: Map<string, string[]>;
  /** The greatest number that a count is compared with; 0 where none is. */
  greatestCount: number;
  /** Columns whose texts are read as numbers. */
  readAsNumbers: Set<string>;
  tables: Set<string>;
}

export function readLiterals(sql: string): QueryLiterals {
  const found: QueryLiterals = {
    byColumn: new Map(),
    greatestCount: 0,
    readAsNumbers: new Set(),
    tables: new Set(),
  };
  for (const { node } of listSelects(parseSelect(sql)).flatMap(listSlots)) {
    if ('RangeVar' in node && node.RangeVar.relname !== undefined) found.tables.add(node.RangeVar.relname);
    if (
      'TypeCast' in node &&
      /"(numeric|integer|double|float8|int4)"/.test(JSON.stringify(node.TypeCast.typeName))
    )
      for (const name of columnsIn(node.TypeCast.arg)) found.readAsNumbers.add(name);
    if ('A_Expr' in node) readComparison(node.A_Expr.lexpr, node.A_Expr.rexpr, found);
  }
  return found;
}

function readComparison(left: Node | undefined, right: Node | undefined, found: QueryLiterals): void {
  for (const [side, other] of [
    [left, right],
    [right, left],
  ]) {
    const literals = literalsIn(other);
    if (literals.length === 0 || side === undefined) continue;
    if (functionName(side) === 'count') {
      found.greatestCount = Math.max(found.greatestCount, ...literals.map((text) => Number(text) || 0));
    }
    for (const name of columnsIn(side)) {
      found.byColumn.set(name, [...(found.byColumn.get(name) ?? []), ...literals]);
    }
  }
}

function literalsIn(node: Node | undefined): string[] {
  if (node === undefined) return [];
  const own = constantText(node) ?? constantNumber(node);
  if (own !== undefined) return [own];
  if ('List' in node) return (node.List.items ?? []).flatMap(literalsIn);
  return 'TypeCast' in node ? literalsIn(node.TypeCast.arg) : [];
}

/** Columns of an expression in its own scope. */
function columnsIn(node: Node | undefined): string[] {
  if (node === undefined) return [];
  return listSlots({ whereClause: node }).flatMap((slot) =>
    'ColumnRef' in slot.node ? [columnFields(slot.node.ColumnRef).at(-1) ?? ''] : [],
  );
}
