import { deparse } from 'pgsql-deparser';
import type { Node, SelectStmt } from 'libpg-query';
import { haveSameTree } from '../sql/format.ts';
import { parseStatements, type AstNode } from '../sql/index.ts';

/** A query whose LIMIT is taken off and whose sort keys are shown, so that one sees which rows tie. */
export interface ShownTies {
  sql: string;
  /** The last so many columns of its rows are the keys. */
  keys: number;
}

/**
 * `ORDER BY age LIMIT 1` has several right answers where several rows have the least age, and rows of equal keys may
 * come in any order: SQL leaves it open, and two right queries with other plans do differ. Undefined where the query
 * neither orders nor cuts, where it has an OFFSET, and where keys cannot be shown beside the outputs (DISTINCT, set
 * operations, `*` by number).
 */
export async function showTies(sql: string): Promise<ShownTies | undefined> {
  const select = await parseSelect(sql);
  if (select === undefined || select.limitOffset !== undefined || select.op !== 'SETOP_NONE')
    return undefined;
  const isPlain = select.distinctClause === undefined && select.limitOption !== 'LIMIT_OPTION_WITH_TIES';
  const sorts = select.sortClause ?? [];
  if (!isPlain || (sorts.length === 0 && select.limitCount === undefined)) return undefined;
  const targets = select.targetList ?? [];
  const keys = sorts.map((sort) => ('SortBy' in sort ? keyOf(sort.SortBy.node, targets) : undefined));
  if (keys.includes(undefined)) return undefined;
  const shown = keys.map((val, index) => ({ ResTarget: { name: `sort_key_${index + 1}`, val } }) as Node);
  const { limitCount: _count, ...rest } = select;
  const whole = {
    SelectStmt: { ...rest, limitOption: 'LIMIT_OPTION_DEFAULT', targetList: [...targets, ...shown] },
  };
  return print(whole as Node, keys.length);
}

async function parseSelect(sql: string): Promise<SelectStmt | undefined> {
  const [statement] = await parseStatements(sql);
  const node = statement?.node as Node | undefined;
  return node !== undefined && 'SelectStmt' in node ? node.SelectStmt : undefined;
}

/** Printers have changed meanings before: what is printed must read as the same tree. */
async function print(node: Node, keys: number): Promise<ShownTies | undefined> {
  try {
    const sql = await deparse(node);
    const [again] = await parseStatements(sql);
    return haveSameTree(node as unknown as AstNode, again?.node) ? { sql, keys } : undefined;
  } catch {
    return undefined;
  }
}

/** A number, or the name of an output, means that output; undefined where a star hides which one that is. */
function keyOf(key: Node | undefined, targets: readonly Node[]): Node | undefined {
  if (key === undefined) return undefined;
  const place = 'A_Const' in key ? key.A_Const.ival?.ival : undefined;
  if (place !== undefined) {
    return JSON.stringify(targets).includes('"A_Star"') ? undefined : valueOf(targets[place - 1]);
  }
  const [field, ...more] = 'ColumnRef' in key ? (key.ColumnRef.fields ?? []) : [];
  if (field === undefined || more.length > 0 || !('String' in field)) return key;
  const name = field.String.sval;
  const output = targets.find((target) => 'ResTarget' in target && target.ResTarget.name === name);
  return output === undefined ? key : valueOf(output);
}

function valueOf(target: Node | undefined): Node | undefined {
  return target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
}
