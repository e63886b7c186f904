import { columnFields, operatorOf } from '../ast.ts';
import { nameOf } from './edit-joins.ts';
import { isNeverNull, listConjuncts } from './select-facts.ts';
import { listSlots } from './walk-tree.ts';
import type { JoinExpr, Node } from 'libpg-query';
import type { LoadedTable } from '../load.ts';

type Tables = Map<string, LoadedTable>;

/** The entries of FROM below a join's side, itself included. */
export function listSources(side: Node): Node[] {
  return [side, ...listSlots({ fromClause: [side] }).map(({ node }) => node)];
}

export function namesOf(side: Node): Set<string> {
  return new Set(listSources(side).flatMap((source) => nameOf(source) ?? []));
}

/**
 * Whether every row of `source` finds a row in the table `target`: the join's whole condition is a declared foreign
 * key that is never NULL, or a chain of them.
 * @param unique demands that it is one row and no more
 */
export function followsKey(
  source: Node | undefined,
  target: Node | undefined,
  join: JoinExpr,
  tables: Tables,
  unique = false,
): boolean {
  if (source === undefined || target === undefined || !('RangeVar' in target)) return false;
  const sources = listSources(source);
  const isInner = sources.every((node) => !('JoinExpr' in node) || node.JoinExpr.jointype === 'JOIN_INNER');
  if (!isInner || join.quals === undefined || join.isNatural === true) return false;
  const targetName = nameOf(target) ?? '';
  const pairs = listConjuncts(join.quals).map((part) => readPair(part, targetName));
  const sourceName = pairs[0]?.source;
  const from = sources.find((node) => 'RangeVar' in node && nameOf(node) === sourceName);
  const table =
    from !== undefined && 'RangeVar' in from ? tables.get(from.RangeVar.relname ?? '') : undefined;
  const found = tables.get(target.RangeVar.relname ?? '');
  const columns = pairs.flatMap((pair) => (pair !== undefined && pair.source === sourceName ? [pair] : []));
  if (table === undefined || found === undefined || columns.length < pairs.length) return false;
  return hasKey(table, found, columns) || hasChain(table, found, columns, tables, unique);
}

interface ColumnPair {
  from: string;
  to: string;
}

function hasKey(table: LoadedTable, target: LoadedTable, pairs: ColumnPair[]): boolean {
  return table.foreignKeys.some(
    (key) =>
      key.declared &&
      key.targetTable === target.name &&
      key.columns.length === pairs.length &&
      key.columns.every(
        (column, index) =>
          isNeverNull(table, column) &&
          pairs.some(({ from, to }) => from === column && to === key.targetColumns[index]),
      ),
  );
}

function hasChain(
  table: LoadedTable,
  target: LoadedTable,
  [pair, ...more]: ColumnPair[],
  tables: Tables,
  unique: boolean,
): boolean {
  if (pair === undefined || more.length > 0 || !isNeverNull(table, pair.from)) return false;
  const isKey = target.primaryKeyDeclared && target.primaryKey.join() === pair.to;
  return (isKey || !unique) && isThere(table, pair.from, target, pair.to, tables, new Set());
}

/** Whether each value of a column is also in the target's column, by way of the tables between them. */
function isThere(
  table: LoadedTable,
  column: string,
  target: LoadedTable,
  targetColumn: string,
  tables: Tables,
  seen: Set<string>,
): boolean {
  if (table === target && column === targetColumn) return true;
  if (seen.has(`${table.name}.${column}`)) return false;
  seen.add(`${table.name}.${column}`);
  return table.foreignKeys.some((key) => {
    const next = tables.get(key.targetTable);
    const at = key.targetColumns[key.columns.indexOf(column)];
    if (!key.declared || next === undefined || at === undefined) return false;
    const holds = key.columns.every((name) => isNeverNull(table, name));
    return holds && isThere(next, at, target, targetColumn, tables, seen);
  });
}

/** `a.x = b.y` with b the target; columns must say their table. */
function readPair(part: Node, targetName: string) {
  if (!('A_Expr' in part) || part.A_Expr.kind !== 'AEXPR_OP' || operatorOf(part) !== '=') return undefined;
  const sides = [part.A_Expr.lexpr, part.A_Expr.rexpr].map(readQualified);
  const to = sides.find((side) => side?.alias === targetName);
  const from = sides.find((side) => side !== undefined && side.alias !== targetName);
  return to === undefined || from === undefined
    ? undefined
    : { source: from.alias, from: from.column, to: to.column };
}

/** A column that says its table. */
export function readQualified(node: Node | undefined): { alias: string; column: string } | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const [alias, column, ...more] = columnFields(node.ColumnRef);
  if (alias === undefined || column === undefined || column === '*' || more.length > 0) return undefined;
  return { alias, column };
}
