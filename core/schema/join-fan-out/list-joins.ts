import type { Cardinality, DatabaseSchema, QueryJoin, TableName } from '../../contract/index.ts';
import type { Block, ColumnAt, Equality } from './block.ts';
import { originOf } from './derive-relation.ts';
import type { Multiplier } from './judge-block.ts';

/** The joins of one SELECT: one for each pair of relations that equalities connect, and for what nothing connects. */
export function listJoins(block: Block, schema: DatabaseSchema, guilty: readonly Multiplier[]): QueryJoin[] {
  const pairs = Map.groupBy(block.equalities.map(inOrder), pairKey);
  const joins = [...pairs.values()].map((equalities) => describeJoin(block, schema, equalities, guilty));
  return [...joins, ...crossJoins(block, guilty)];
}

/** The relation that comes first in FROM on the left. */
function inOrder(equality: Equality): Equality {
  const { left, right, kind } = equality;
  if (left.relation < right.relation) return equality;
  // The kind speaks of the order in FROM, whichever side its condition names first.
  return { left: right, right: left, kind };
}

function pairKey({ left, right }: Equality): string {
  return `${left.relation}-${right.relation}`;
}

function describeJoin(
  block: Block,
  schema: DatabaseSchema,
  equalities: Equality[],
  guilty: readonly Multiplier[],
): QueryJoin {
  const [left, right] = [equalities.map((one) => one.left), equalities.map((one) => one.right)];
  const [leftAt, rightAt] = [left[0]?.relation ?? 0, right[0]?.relation ?? 0];
  const outer = equalities.find(({ kind }) => kind !== 'inner');
  return {
    left: sideOf(block, left),
    right: sideOf(block, right),
    kind: outer?.kind ?? 'inner',
    alongForeignKey: followsForeignKey(schema, block, equalities),
    cardinality: cardinalityOf(block, left, right),
    multiplies: guilty.some(
      ({ from, to }) => (from === leftAt && to === rightAt) || (from === rightAt && to === leftAt),
    ),
    part: block.part,
  };
}

function sideOf(block: Block, columns: ColumnAt[]): QueryJoin['left'] {
  const origins = columns.map((column) => originOf(block, column));
  const table = origins[0]?.table;
  const isOne = table !== undefined && origins.every((origin) => origin && isSame(origin.table, table));
  return {
    name: block.relations[columns[0]?.relation ?? 0]?.name ?? '',
    ...(isOne ? { table } : {}),
    columns: columns.map(({ column }, at) => (isOne ? (origins[at]?.column ?? column) : column)),
  };
}

function isSame(one: TableName, other: TableName): boolean {
  return one.namespace === other.namespace && one.table === other.table;
}

function cardinalityOf(block: Block, left: ColumnAt[], right: ColumnAt[]): Cardinality {
  const isOne = (columns: ColumnAt[]): boolean | undefined => {
    const at = columns[0]?.relation ?? 0;
    const relation = block.relations[at];
    const known = new Set([
      ...columns.map(({ column }) => column),
      ...block.constants.filter((constant) => constant.relation === at).map(({ column }) => column),
    ]);
    if (relation?.uniqueKeys.some((key) => key.every((column) => known.has(column)))) return true;
    return relation?.unknown === undefined ? false : undefined;
  };
  const [leftOne, rightOne] = [isOne(left), isOne(right)];
  if (leftOne === undefined || rightOne === undefined) return 'unknown';
  if (leftOne) return rightOne ? '1:1' : '1:n';
  return rightOne ? 'n:1' : 'n:m';
}

function followsForeignKey({ tables }: DatabaseSchema, block: Block, equalities: Equality[]): boolean {
  const pairs = equalities.map(({ left, right }) => [originOf(block, left), originOf(block, right)] as const);
  const leads = (from: 0 | 1, to: 0 | 1): boolean => {
    const [source, target] = [pairs[0]?.[from]?.table, pairs[0]?.[to]?.table];
    if (source === undefined || target === undefined) return false;
    const table = tables.find((one) => one.namespace === source.namespace && one.name === source.table);
    return (table?.foreignKeys ?? []).some(
      (key) =>
        isSame({ namespace: key.targetNamespace, table: key.targetTable }, target) &&
        key.columns.every((column, at) =>
          pairs.some((pair) => pair[from]?.column === column && pair[to]?.column === key.targetColumns[at]),
        ),
    );
  };
  return leads(0, 1) || leads(1, 0);
}

/** Between the groups of relations that no equality connects. */
function crossJoins(block: Block, guilty: readonly Multiplier[]): QueryJoin[] {
  const groups = groupsOf(block);
  return groups.slice(1).map((group, at): QueryJoin => {
    const [left, right] = [groups[at]?.[0] ?? 0, group[0] ?? 0];
    const single = (relation: number) =>
      block.relations[relation]?.uniqueKeys.some((key) => key.length === 0);
    const [one, other] = [single(left), single(right)];
    return {
      left: wholeSide(block, left),
      right: wholeSide(block, right),
      kind: 'cross',
      alongForeignKey: false,
      cardinality: one ? (other ? '1:1' : '1:n') : other ? 'n:1' : 'n:m',
      multiplies: guilty.some(({ to, from }) => from === undefined && (to === left || to === right)),
      part: block.part,
    };
  });
}

function groupsOf({ relations, equalities }: Block): number[][] {
  const group = relations.map((_, at) => at);
  for (const { left, right } of equalities) {
    const [one = 0, other = 0] = [group[left.relation], group[right.relation]];
    for (const [at, mine] of group.entries()) if (mine === other) group[at] = one;
  }
  return [...Map.groupBy(relations.keys(), (at) => group[at]).values()];
}

function wholeSide({ relations }: Block, at: number): QueryJoin['left'] {
  const relation = relations[at];
  const table = relation?.columns?.[0]?.origin?.table;
  const isOne = relation?.columns?.every(({ origin }) => origin && table && isSame(origin.table, table));
  return { name: relation?.name ?? '', ...(isOne && table ? { table } : {}), columns: [] };
}
