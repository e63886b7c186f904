import { isNullable } from './draft-row.ts';
import type { Cell } from './draft-row.ts';
import type {
  Atom,
  Block,
  ColumnTerm,
  Comparison,
  Formula,
  GroupCondition,
  ScalarComparison,
  Source,
} from './query-model.ts';

/** A query's blocks: itself, the sides of set operations, subqueries in FROM and in conditions. */
export function allBlocks(block: Block): Block[] {
  const inner = [
    ...(block.set === undefined ? [] : [block.set.left, block.set.right]),
    ...block.sources.flatMap((source) => source.block ?? []),
    ...atomsOf(block).flatMap((atom) =>
      atom.kind === 'member' || atom.kind === 'scalar' ? [atom.block] : [],
    ),
  ];
  return [block, ...inner.flatMap(allBlocks)];
}

export function atomsOf(block: Block): Atom[] {
  return [block.where, block.having].flatMap(atomsIn);
}

export function atomsIn(formula: Formula): Atom[] {
  return formula.kind === 'all' || formula.kind === 'any' ? formula.parts.flatMap(atomsIn) : [formula];
}

export function termsOf(atom: Atom): ColumnTerm[] {
  if (atom.kind === 'relate') return [atom.left, atom.right];
  return atom.term === undefined ? [] : [atom.term];
}

export function nameOfTerm(term: ColumnTerm): string {
  return `${term.source.table?.name ?? ''}.${term.column}`;
}

/** Whether a subquery uses columns of a query around it. */
export function isCorrelated(block: Block): boolean {
  const own = new Set<Source>(allBlocks(block).flatMap((each) => each.sources));
  return allBlocks(block).some((each) =>
    atomsOf(each).some((atom) => termsOf(atom).some((term) => !own.has(term.source))),
  );
}

/** `x = (SELECT y …)` without an aggregate: PostgreSQL refuses it where the subquery finds several rows. */
export function givesOneRow(atom: ScalarComparison): boolean {
  return atom.block.outputs[0]?.aggregate === undefined;
}

/** The literals by which such subqueries find their row, by `table.column`. */
export function literalsOfSingles(query: Block): Map<string, Set<Cell>> {
  const literals = new Map<string, Set<Cell>>();
  for (const atom of allBlocks(query).flatMap(atomsOf)) {
    if (atom.kind !== 'scalar' || !givesOneRow(atom)) continue;
    for (const inner of atomsOf(atom.block)) {
      if (inner.kind !== 'compare' || inner.check.operator !== '=') continue;
      const name = nameOfTerm(inner.term);
      literals.set(name, new Set([...(literals.get(name) ?? []), ...inner.check.values]));
    }
  }
  return literals;
}

/** Rows that a group needs for HAVING count(…), 1 where it does not say. */
export function rowsForHaving(block: Block): number {
  const counts = atomsOf(block).filter((atom) => atom.kind === 'group' && atom.aggregate === 'count');
  return Math.min(mostInGroup, Math.max(1, ...counts.map((atom) => leastCount(atom as GroupCondition))));
}

/** HAVING of Spider asks for 200 rows at most. */
const mostInGroup = 220;

function leastCount({ check }: GroupCondition): number {
  const value = Number(check.values[0] ?? 1);
  if (!Number.isFinite(value)) return 1;
  if (check.operator === '>' || check.operator === '<>') return Math.floor(value) + 1;
  return check.operator.startsWith('<') ? 1 : Math.ceil(value);
}

/** Columns that ORDER BY sorts without saying where NULLs come: their shipped rows have none, so these get none. */
export function columnsWithoutNulls(block: Block): Set<string> {
  return new Set(
    allBlocks(block).flatMap((each) =>
      each.sorts
        .filter((sort) => !sort.saysNulls)
        .flatMap(({ term }) => (term === undefined ? [] : [nameOfTerm(term)])),
    ),
  );
}

export function canBeNull(term: ColumnTerm, withoutNulls: ReadonlySet<string>): boolean {
  const { table } = term.source;
  return table !== undefined && isNullable(table, term.column) && !withoutNulls.has(nameOfTerm(term));
}

/** `LEFT JOIN b … WHERE b.x IS NULL` asks for rows without a b. */
export function isAskedToBeAbsent(source: Source, block: Block): boolean {
  return (
    source.isOptional &&
    atomsIn(block.where).some(
      (atom) => atom.kind === 'compare' && atom.term.source === source && atom.check.operator === 'null',
    )
  );
}

/** `x = (SELECT max(x) FROM the same table …)`: a row itself can be the greatest of those. */
export function isExtremeOfItself(atom: ScalarComparison): boolean {
  const aggregate = atom.block.outputs[0]?.aggregate;
  return atom.operator === '=' && (aggregate === 'min' || aggregate === 'max') && isOfItself(atom);
}

/** Whether a subquery asks the column that it is compared with. */
export function isOfItself({ term, block }: ScalarComparison): boolean {
  const inner = block.outputs[0]?.term;
  const isSame = inner?.column === term.column && inner.source.table === term.source.table;
  return isSame && block.groups.length === 0;
}

/** Whether a probe outside a subquery changes a column by which the subquery selects: that row is none of its own. */
export function isProbedAround(block: Block, probed: Atom | undefined): boolean {
  if (probed?.kind !== 'compare' || atomsOf(block).includes(probed)) return false;
  const name = nameOfTerm(probed.term);
  return atomsOf(block).some((atom) => atom.kind === 'compare' && nameOfTerm(atom.term) === name);
}

/** A condition by which a row of the block around is none of the subquery's: one that the block itself does not ask. */
export function conditionToFail(inner: Block, around: Block | undefined): Comparison | undefined {
  const asked = new Set(around === undefined ? [] : atomsIn(around.where).map(textOfCheck));
  return atomsIn(inner.where).find(
    (atom): atom is Comparison =>
      atom.kind === 'compare' &&
      atom.term.source === inner.outputs[0]?.term?.source &&
      !asked.has(textOfCheck(atom)),
  );
}

function textOfCheck(atom: Atom): string {
  return atom.kind === 'compare' ? JSON.stringify([atom.term.column, atom.check]) : '';
}
