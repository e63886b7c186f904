import { kindIn, valueAt } from './fresh-values.ts';
import { candidatesFor, probesOf } from './probe-values.ts';
import { allBlocks, atomsOf, canBeNull, givesOneRow, nameOfTerm, termsOf } from './query-facts.ts';
import type { Cell } from './draft-row.ts';
import type { Atom, Block, ColumnTerm } from './query-model.ts';

export interface Pools {
  /** Values by `table.column`. */
  pools: Map<string, Cell[]>;
  /** Columns of one table whose values go together, because the query groups by several of them. */
  joint: string[][];
  /** Columns that give no value twice, because the query may find one row only by them. */
  unique: Set<string>;
}

interface Reading {
  numberTexts: ReadonlySet<string>;
  withoutNulls: ReadonlySet<string>;
}

/** Values to draw from: the query's literals twice, their neighbours, and shared ones for columns it compares. */
export function listPools(query: Block, reading: Reading): Pools {
  const pools = new Map<string, Cell[]>();
  const add = (term: ColumnTerm, cells: Cell[]) => {
    const name = nameOfTerm(term);
    pools.set(name, [...(pools.get(name) ?? []), ...cells]);
  };
  for (const [index, atom] of allBlocks(query).flatMap(atomsOf).entries()) {
    for (const [term, cells] of cellsFor(atom, index, reading)) add(term, cells);
  }
  for (const block of allBlocks(query)) {
    for (const { term } of block.outputs) {
      if (term !== undefined && canBeNull(term, reading.withoutNulls)) add(term, [null]);
    }
  }
  const groups = allBlocks(query).map((block) => [...block.groups, ...block.tied].map(nameOfTerm));
  const joint = groups.filter((names) => names.length > 1);
  const tied = new Set(joint.flat());
  const unique = new Set([...uniqueColumns(query)].filter((name) => !tied.has(name)));
  return { pools, joint, unique };
}

/** Whatever a subquery that must give one row selects by, or sorts by. */
function uniqueColumns(query: Block): Set<string> {
  const blocks = allBlocks(query);
  const single = blocks
    .flatMap(atomsOf)
    .flatMap((atom) => (atom.kind === 'scalar' && givesOneRow(atom) ? [atom.block] : []));
  const terms = single.flatMap((block) => atomsOf(block)).flatMap(termsOf);
  const sorted = blocks.flatMap((block) => block.sorts.filter((sort) => sort.picksRow));
  return new Set([...terms, ...sorted.flatMap((sort) => sort.term ?? [])].map(nameOfTerm));
}

function cellsFor(atom: Atom, index: number, { numberTexts }: Reading): [ColumnTerm, Cell[]][] {
  const kindAt = ({ source, column }: ColumnTerm) =>
    source.table === undefined ? 'text' : kindIn(source.table, column, numberTexts);
  if (atom.kind === 'compare') {
    const kind = kindAt(atom.term);
    const met = [0, 1, 2].flatMap((turn) => candidatesFor(atom.check, kind, turn));
    return [[atom.term, [...met, ...met, ...probesOf(atom.check, kind)]]];
  }
  const inner = atom.kind === 'member' || atom.kind === 'scalar' ? atom.block.outputs[0]?.term : undefined;
  const terms =
    atom.kind === 'relate' ? [atom.left, atom.right] : [atom.kind === 'group' ? undefined : atom.term, inner];
  return terms.flatMap((term): [ColumnTerm, Cell[]][] =>
    term === undefined
      ? []
      : [[term, [1, 2, 3].map((step) => valueAt(kindAt(term), 1000 + 10 * index + step))]],
  );
}
