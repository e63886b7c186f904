import type { Alias, JoinExpr, Node, RangeVar, SelectStmt } from 'libpg-query';
import type { Table } from '../../contract/index.ts';
import type { Analysis, Block, Equality, Relation } from './block.ts';
import { textOf } from './nodes.ts';
import { readConditions } from './read-conditions.ts';

/** What WITH offers, by name. */
export type Named = ReadonlyMap<string, Relation>;

/** Reads a sub-query in FROM or in WITH as a relation; a block of its own is made of it. */
export type ReadSelect = (select: SelectStmt, part: string, outer: readonly Block[]) => Relation;

interface Reading {
  analysis: Analysis;
  block: Block;
  named: Named;
  readSelect: ReadSelect;
}

/** Fills the block with what its FROM reads and how WHERE and ON match it. */
export function readFrom(reading: Reading): void {
  const { block } = reading;
  const joins: (() => void)[] = [];
  for (const source of block.select.fromClause ?? []) readSource(reading, source, joins);
  // Names are found among all relations: conditions come after them.
  for (const join of joins) join();
  readConditions(block, block.select.whereClause, { kind: 'inner', filters: () => true });
}

/** @returns the places of the relations that were added */
function readSource(reading: Reading, source: Node, joins: (() => void)[]): number[] {
  if ('JoinExpr' in source) return readJoin(reading, source.JoinExpr, joins);
  const { relations } = reading.block;
  relations.push(readRelation(reading, source));
  return [relations.length - 1];
}

function readRelation(reading: Reading, source: Node): Relation {
  if ('RangeVar' in source) return readTable(reading, source.RangeVar);
  if ('RangeTableSample' in source && source.RangeTableSample.relation) {
    return readRelation(reading, source.RangeTableSample.relation);
  }
  if ('RangeSubselect' in source) {
    const { subquery, alias, lateral } = source.RangeSubselect;
    const name = alias?.aliasname ?? 'sub-query';
    const select = subquery !== undefined && 'SelectStmt' in subquery ? subquery.SelectStmt : undefined;
    if (select === undefined) return unknownRelation(name, `What ${name} gives is not known.`);
    const outer = lateral ? [reading.block, ...reading.block.outer] : reading.block.outer;
    return renamed({ ...reading.readSelect(select, `the sub-query ${name}`, outer), name }, alias);
  }
  const alias = 'RangeFunction' in source ? source.RangeFunction.alias?.aliasname : undefined;
  const name = alias ?? 'function';
  return unknownRelation(
    name,
    `How many rows ${name} gives for each other row is not known: it is a function.`,
  );
}

function readTable({ analysis, named }: Reading, range: RangeVar): Relation {
  const { schemaname, relname = '', alias } = range;
  const name = alias?.aliasname ?? relname;
  const cte = schemaname === undefined ? named.get(relname) : undefined;
  if (cte !== undefined) return renamed({ ...cte, name }, alias);
  const table = findTable(analysis, schemaname, relname);
  if (table === undefined) {
    return unknownRelation(name, `The table ${relname} is not in the schema that was read.`);
  }
  const id = { namespace: table.namespace, table: table.name };
  const keys = analysis.uniqueKeysOf(id);
  const isQuery = table.kind === 'view' || table.kind === 'foreign-table';
  const relation: Relation = {
    name,
    columns: table.columns.map((column) => ({
      name: column.name,
      origin: { table: id, column: column.name },
    })),
    uniqueKeys: keys.length > 0 || table.primaryKey.length === 0 ? keys : [table.primaryKey],
    unknown: isQuery
      ? `${table.name} is a ${table.kind.replace('-', ' ')}: what is unique in it is not known.`
      : undefined,
  };
  return renamed(relation, alias);
}

function findTable({ schema }: Analysis, namespace: string | undefined, name: string): Table | undefined {
  const paths = namespace === undefined ? schema.searchPath : [namespace];
  for (const path of paths) {
    const found = schema.tables.find((table) => table.namespace === path && table.name === name);
    if (found) return found;
  }
  return undefined;
}

export function unknownRelation(name: string, why: string): Relation {
  return { name, columns: undefined, uniqueKeys: [], unknown: why };
}

/** `FROM t AS a (x, y)` gives the first columns other names. */
function renamed(relation: Relation, alias: Alias | undefined): Relation {
  const names = alias?.colnames?.map(textOf) ?? [];
  if (names.length === 0 || relation.columns === undefined) return relation;
  const newNames = new Map(relation.columns.map(({ name }, at) => [name, names[at] ?? name]));
  return {
    ...relation,
    columns: relation.columns.map((column) => ({
      ...column,
      name: newNames.get(column.name) ?? column.name,
    })),
    uniqueKeys: relation.uniqueKeys.map((key) => key.map((column) => newNames.get(column) ?? column)),
  };
}

const kinds: Partial<Record<string, Equality['kind']>> = {
  ...{ JOIN_LEFT: 'left', JOIN_RIGHT: 'right', JOIN_FULL: 'full' },
};

function readJoin(reading: Reading, join: JoinExpr, joins: (() => void)[]): number[] {
  const left = join.larg ? readSource(reading, join.larg, joins) : [];
  const right = join.rarg ? readSource(reading, join.rarg, joins) : [];
  const { block } = reading;
  const kind = kinds[join.jointype ?? ''] ?? 'inner';
  const filters = (relation: number): boolean =>
    kind === 'inner' ||
    (kind === 'left' && right.includes(relation)) ||
    (kind === 'right' && left.includes(relation));
  joins.push(() => {
    for (const column of sharedColumns(block, join, left, right)) {
      const [one, other] = [holderOf(block, left, column), holderOf(block, right, column)];
      if (one === undefined || other === undefined) continue;
      block.equalities.push({ left: { relation: one, column }, right: { relation: other, column }, kind });
    }
    readConditions(block, join.quals, { kind, filters });
  });
  return [...left, ...right];
}

/** The columns of USING, or of NATURAL: those that both sides have. */
function sharedColumns(block: Block, join: JoinExpr, left: number[], right: number[]): string[] {
  if (!join.isNatural) return (join.usingClause ?? []).flatMap((node) => textOf(node) ?? []);
  const namesOf = (places: number[]) =>
    new Set(places.flatMap((at) => block.relations[at]?.columns?.map(({ name }) => name) ?? []));
  const others = namesOf(right);
  return [...namesOf(left)].filter((name) => others.has(name));
}

function holderOf(block: Block, places: number[], column: string): number | undefined {
  return (
    places.find((at) => block.relations[at]?.columns?.some(({ name }) => name === column)) ??
    places.find((at) => block.relations[at]?.columns === undefined)
  );
}
