import { negate } from './read-condition.ts';
import {
  atomsIn,
  atomsOf,
  canBeNull,
  isAskedToBeAbsent,
  conditionToFail,
  isCorrelated,
  isExtremeOfItself,
  isOfItself,
  isProbedAround,
  rowsForHaving,
} from './query-facts.ts';
import type {
  Block,
  ColumnTerm,
  Comparison,
  Formula,
  GroupCondition,
  Membership,
  Relation,
  ScalarComparison,
  SetOperation,
  Source,
} from './query-model.ts';
import type { RowSystem, RowVariable } from './row-system.ts';
import type { Variation } from './variation.ts';

/** Cells of the rows that a block was given: a node for each output that is a column, then for each tied column. */
export type Outputs = (number | undefined)[];
type Rows = Map<Source, RowVariable>;

export interface InstanceContext {
  system: RowSystem;
  withoutNulls: ReadonlySet<string>;
  /** Rows of subqueries that may give one row only, used by all instances. */
  shared: Map<Block, Outputs>;
}

/** Adds the rows of one instance of a query to the system: one for each table named, tied as the query ties them. */
export function addInstance(
  block: Block,
  variation: Variation,
  instance: number,
  context: InstanceContext,
): Outputs {
  return new Instance(variation, instance, context).build(block, new Map());
}

class Instance {
  readonly #variation: Variation;
  readonly #instance: number;
  readonly #context: InstanceContext;
  #isInOwn = false;

  constructor(variation: Variation, instance: number, context: InstanceContext) {
    this.#variation = variation;
    this.#instance = instance;
    this.#context = context;
  }

  /** `rows` holds the rows of the queries around, and gets those of the block's first group member. */
  build(block: Block, rows: Rows): Outputs {
    if (block.set !== undefined) return this.#buildSet(block.set, rows);
    const isGrouped = block.groups.length > 0;
    const wanted = rowsForHaving(block) + (isGrouped ? this.#variation.extraInGroup : 0);
    const copies = isGrouped ? Math.max(1, wanted) : 1;
    const outer = new Map(rows);
    this.#buildOne(block, rows);
    const { repeated } = this.#variation;
    const again =
      repeated !== undefined && atomsIn(block.having).includes(repeated) ? repeated.term : undefined;
    const shared = [...block.groups, ...block.tied, ...(again === undefined ? [] : [again])];
    const groups = shared.map((term) => this.#node(term, rows));
    for (let copy = 1; copy < copies; copy += 1) {
      const own = new Map(outer);
      this.#buildOne(block, own);
      equateAll(
        this.#context.system,
        groups,
        shared.map((term) => this.#node(term, own)),
      );
    }
    return [...block.outputs, ...block.tied.map((term) => ({ term }))].map(({ term }) =>
      term === undefined ? undefined : this.#node(term, rows),
    );
  }

  #buildSet(set: SetOperation, rows: Rows): Outputs {
    const side = this.#variation.sides.get(set) ?? (set.operator === 'intersect' ? 'both' : 'left');
    if (side === 'left') {
      const own = new Map(rows);
      const outputs = this.build(set.left, own);
      if (set.operator === 'except') this.#avoid(set.right, set.left.outputs[0]?.term, set.left, own);
      return outputs;
    }
    const right = this.build(set.right, new Map(rows));
    if (side === 'right') return right;
    const left = this.build(set.left, new Map(rows));
    equateAll(this.#context.system, left, right);
    return left;
  }

  #buildOne(block: Block, rows: Rows): void {
    for (const source of block.sources) {
      if (rows.has(source) || this.#isAbsent(source, block)) continue;
      if (source.table !== undefined)
        rows.set(source, this.#context.system.addRow(source.table, this.#instance));
      else if (source.block !== undefined) this.build(source.block, rows);
    }
    // What the query sorts by gets its value as what it shows does.
    for (const { term } of block.sorts) if (term !== undefined) this.#node(term, rows);
    this.#assert(block.where, rows);
    this.#assert(block.having, rows);
    const { blank } = this.#variation;
    const row = blank === undefined ? undefined : rows.get(blank.source);
    if (blank !== undefined && row !== undefined && block.sources.includes(blank.source)) {
      this.#context.system.fix(this.#context.system.node(row, blank.column), null);
    }
  }

  #isAbsent(source: Source, block: Block): boolean {
    if (source === this.#variation.omit) return true;
    return source !== this.#variation.include && isAskedToBeAbsent(source, block);
  }

  #node(term: ColumnTerm, rows: Rows): number | undefined {
    const row = rows.get(term.source);
    return row === undefined ? undefined : this.#context.system.node(row, term.column);
  }

  #assert(formula: Formula, rows: Rows): void {
    if (formula.kind === 'all') for (const part of formula.parts) this.#assert(part, rows);
    else if (formula.kind === 'any') {
      const choice = this.#variation.choices.get(formula) ?? 0;
      for (const [index, part] of formula.parts.entries()) {
        if (index === choice) this.#assert(part, rows);
        else this.#fail(part, rows);
      }
    } else if (formula.kind === 'compare' || formula.kind === 'group') this.#assertCheck(formula, rows);
    else if (formula.kind === 'relate') this.#assertRelation(formula, rows);
    else if (formula.kind === 'member') this.#assertMember(formula, rows);
    else this.#assertScalar(formula, rows);
  }

  /** A part of an OR that is not the chosen one must not hold by accident. */
  #fail(formula: Formula, rows: Rows): void {
    const atom = atomsIn(formula).find(
      (each) => each.kind === 'compare' || (each.kind === 'group' && each.aggregate !== 'count'),
    );
    if (atom?.kind !== 'compare' && atom?.kind !== 'group') return;
    const node = atom.term === undefined ? undefined : this.#node(atom.term, rows);
    if (node !== undefined) this.#context.system.check(node, negate(atom.check));
  }

  #assertCheck(atom: Comparison | GroupCondition, rows: Rows): void {
    const { probe } = this.#variation;
    const node = atom.term === undefined ? undefined : this.#node(atom.term, rows);
    if (node === undefined) return;
    if (probe?.atom === atom) this.#context.system.fix(node, probe.cell);
    else if (atom.kind === 'compare' || atom.aggregate !== 'count') {
      this.#context.system.check(node, atom.check);
    }
  }

  #assertRelation({ left, operator, right }: Relation, rows: Rows): void {
    const [one, two] = [this.#node(left, rows), this.#node(right, rows)];
    if (one !== undefined && two !== undefined) {
      if (operator === '=') this.#context.system.equate(one, two);
      else this.#context.system.relate(one, operator, two);
    } else if (operator === '=') {
      this.#leaveAlone(one === undefined ? right : left, one ?? two);
    }
  }

  /** The other side of a join is left out: a foreign key must be NULL, or completing the row brings a parent. */
  #leaveAlone(term: ColumnTerm, node: number | undefined): void {
    const isKey = term.source.table?.foreignKeys.some((key) => key.columns.includes(term.column)) === true;
    if (node !== undefined && isKey && canBeNull(term, this.#context.withoutNulls)) {
      this.#context.system.fix(node, null);
    }
  }

  /** A row that should have no partner must not be its own: it fails one condition of the subquery. */
  #avoid(inner: Block, term: ColumnTerm | undefined, around: Block | undefined, rows: Rows): void {
    const innerTerm = inner.outputs[0]?.term;
    const row = term === undefined ? undefined : rows.get(term.source);
    if (row === undefined || term?.column !== innerTerm?.column || row.table !== innerTerm?.source.table)
      return;
    const chosen = conditionToFail(inner, around);
    if (chosen !== undefined) {
      this.#context.system.check(this.#context.system.node(row, chosen.term.column), negate(chosen.check));
    }
  }

  #assertMember(atom: Membership, rows: Rows): void {
    if (!(this.#variation.partners.get(atom) ?? !atom.isNegated)) {
      this.#avoid(atom.block, atom.term, undefined, rows);
      return;
    }
    const [inner] = this.build(atom.block, new Map(rows));
    const outer = atom.term === undefined ? undefined : this.#node(atom.term, rows);
    if (inner !== undefined && outer !== undefined) this.#context.system.equate(outer, inner);
  }

  #assertScalar(atom: ScalarComparison, rows: Rows): void {
    const outer = this.#node(atom.term, rows);
    if (isExtremeOfItself(atom) && !isProbedAround(atom.block, this.#variation.probe?.atom)) {
      this.#buildAroundOwnRow(atom, rows);
      return;
    }
    if (isOfItself(atom) && atom.operator !== '=' && atomsOf(atom.block).length === 0) return;
    const [inner] = this.#isShared(atom.block) ? this.#shared(atom.block) : this.#buildOwn(atom.block, rows);
    const aggregate = atom.block.outputs[0]?.aggregate;
    const isValue = aggregate === undefined || aggregate === 'min' || aggregate === 'max';
    const isLinked = this.#variation.partners.get(atom) ?? atom.operator === '=';
    if (outer === undefined || inner === undefined || !isValue) return;
    if (isLinked) this.#context.system.equate(outer, inner);
    else if (aggregate === undefined && atom.operator !== '=')
      this.#context.system.relate(outer, atom.operator, inner);
  }

  #buildAroundOwnRow(atom: ScalarComparison, rows: Rows): void {
    const own = rows.get(atom.term.source);
    const source = atom.block.outputs[0]?.term?.source;
    if (own === undefined || source === undefined) return;
    if (!(this.#variation.partners.get(atom) ?? true)) return;
    const probed = this.#variation.probe?.atom;
    if (probed !== undefined && atomsOf(atom.block).includes(probed)) {
      // A row that is none of those, and beyond them.
      this.build(atom.block, new Map(rows));
      return;
    }
    this.build(atom.block, new Map([...rows, [source, own]]));
  }

  #isShared(block: Block): boolean {
    return !this.#isInOwn && !this.#variation.inside.has(block) && !isCorrelated(block);
  }

  /** Rows that only this instance uses; the subqueries inside then have their own too. */
  #buildOwn(block: Block, rows: Rows): Outputs {
    const before = this.#isInOwn;
    this.#isInOwn = true;
    const outputs = this.build(block, new Map(rows));
    this.#isInOwn = before;
    return outputs;
  }

  #shared(block: Block): Outputs {
    const known = this.#context.shared.get(block);
    if (known !== undefined) return known;
    const outputs = this.build(block, new Map());
    this.#context.shared.set(block, outputs);
    return outputs;
  }
}

export function equateAll(system: RowSystem, left: Outputs, right: Outputs): void {
  for (const [index, node] of left.entries()) {
    const other = right[index];
    if (node !== undefined && other !== undefined) system.equate(node, other);
  }
}
