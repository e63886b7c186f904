import { satisfies } from './check-value.ts';
import { kindIn } from './fresh-values.ts';
import { probesOf } from './probe-values.ts';
import {
  atomsIn,
  canBeNull,
  columnsWithoutNulls,
  givesOneRow,
  isAskedToBeAbsent,
  literalsOfSingles,
  rowsForHaving,
  nameOfTerm,
} from './query-facts.ts';
import { plain, withEntry } from './variation.ts';
import type { Cell } from './draft-row.ts';
import type { ValueKind } from './fresh-values.ts';
import type {
  Atom,
  Block,
  Comparison,
  Formula,
  GroupCondition,
  SetOperation,
  Source,
} from './query-model.ts';
import type { Variation } from './variation.ts';

/** Departures from a query's plain instance, by what they do to the answer. */
export interface Variations {
  /** In the answer: one for each part of an OR and each side of a UNION. */
  witnesses: Variation[];
  /** Probably in the answer, at the edge of a condition, or with a NULL that shows. */
  edges: Variation[];
  /** Probably not in the answer, for one reason each. */
  misses: Variation[];
}

export interface ReadingOfTexts {
  /** `table.column` of texts that the query reads as numbers. */
  numberTexts: ReadonlySet<string>;
}

/** Where a walk through the query has come to. */
interface Place {
  /** What makes the rows of this place. */
  base: Variation;
  /** Below a NOT IN or on the right of an EXCEPT: a row here keeps another one out of the answer. */
  isNegative: boolean;
  /** Below a subquery of which one row only is allowed. */
  isSingle: boolean;
}

export function listVariations(query: Block, texts: ReadingOfTexts): Variations {
  const walk = new Walk(query, texts);
  walk.visit(query, { base: plain, isNegative: false, isSingle: false });
  const { edges, misses } = walk;
  return { witnesses: walk.witnesses.length > 0 ? walk.witnesses : [plain], edges, misses };
}

class Walk {
  readonly witnesses: Variation[] = [];
  readonly edges: Variation[] = [];
  readonly misses: Variation[] = [];
  readonly #withoutNulls: ReadonlySet<string>;
  readonly #texts: ReadingOfTexts;

  /** Values by which a subquery finds its one row: no other row may have them. */
  readonly #singleLiterals: ReadonlyMap<string, ReadonlySet<Cell>>;

  constructor(query: Block, texts: ReadingOfTexts) {
    this.#withoutNulls = columnsWithoutNulls(query);
    this.#singleLiterals = literalsOfSingles(query);
    this.#texts = texts;
  }

  visit(block: Block, place: Place): void {
    if (block.set !== undefined) {
      this.#visitSet(block.set, place);
      return;
    }
    if (!place.isNegative && !place.isSingle) this.witnesses.push(place.base);
    for (const source of block.sources) {
      if (source.block !== undefined) this.visit(source.block, this.#inside(place, source.block, {}));
      if (isAskedToBeAbsent(source, block)) this.misses.push({ ...place.base, include: source });
      else if (block.sources.length > 1 && !this.#comesBack(source, block)) {
        this.misses.push({ ...place.base, omit: source });
      }
    }
    for (const { term } of block.outputs) {
      if (term !== undefined && canBeNull(term, this.#withoutNulls) && !place.isSingle)
        this.edges.push({ ...place.base, blank: term });
    }
    this.#visitFormula(block.where, place);
    this.#visitFormula(block.having, place);
    this.#visitGroups(block, place);
  }

  /** Whether a row left out would be there all the same, as the parent of another that cannot be without. */
  #comesBack(source: Source, block: Block): boolean {
    return atomsIn(block.where).some((atom) => {
      if (atom.kind !== 'relate' || atom.operator !== '=') return false;
      const [own, child] = atom.left.source === source ? [atom.left, atom.right] : [atom.right, atom.left];
      const isParent = child.source.table?.foreignKeys.some(
        (key) => key.targetTable === source.table?.name && key.columns.includes(child.column),
      );
      return own.source === source && isParent === true && !canBeNull(child, this.#withoutNulls);
    });
  }

  #visitSet(set: SetOperation, place: Place): void {
    const at = (side: 'left' | 'right' | 'both'): Place => ({
      ...place,
      base: { ...place.base, sides: withEntry(place.base.sides, set, side) },
    });
    if (set.operator === 'union') {
      this.visit(set.left, at('left'));
      this.visit(set.right, at('right'));
      this.edges.push(at('both').base);
    } else if (set.operator === 'intersect') {
      this.visit(set.left, at('both'));
      this.visit(set.right, at('both'));
      this.misses.push(at('left').base, at('right').base);
    } else {
      this.visit(set.left, at('left'));
      this.visit(set.right, { ...at('both'), isNegative: !place.isNegative });
      this.misses.push(at('both').base, at('right').base);
    }
  }

  #inside(place: Place, block: Block, change: Partial<Variation>): Place {
    const inside = new Set([...place.base.inside, block]);
    return { ...place, base: { ...place.base, ...change, inside } };
  }

  #visitFormula(formula: Formula, place: Place): void {
    if (formula.kind === 'all') {
      for (const part of formula.parts) this.#visitFormula(part, place);
    } else if (formula.kind === 'any') {
      for (const [index, part] of formula.parts.entries()) {
        const base = { ...place.base, choices: withEntry(place.base.choices, formula, index) };
        if (index > 0 && !place.isNegative && !place.isSingle) this.witnesses.push(base);
        this.#visitFormula(part, { ...place, base });
      }
    } else this.#visitAtom(formula, place);
  }

  #visitAtom(atom: Atom, place: Place): void {
    if (atom.kind === 'compare') this.#visitCheck(atom, place);
    else if (atom.kind === 'group' && atom.aggregate !== 'count') this.#visitCheck(atom, place);
    else if (atom.kind === 'member') {
      const partners = withEntry(place.base.partners, atom, true);
      const without = withEntry(place.base.partners, atom, false);
      this.misses.push({ ...place.base, partners: atom.isNegated ? partners : without });
      const isNegative = place.isNegative !== atom.isNegated;
      this.visit(atom.block, { ...this.#inside(place, atom.block, { partners }), isNegative });
    } else if (atom.kind === 'scalar') {
      const partners = withEntry(place.base.partners, atom, true);
      if (atom.operator === '=')
        this.misses.push({ ...place.base, partners: withEntry(place.base.partners, atom, false) });
      else this.misses.push({ ...place.base, partners });
      const isSingle = givesOneRow(atom);
      this.visit(atom.block, { ...this.#inside(place, atom.block, { partners }), isSingle });
    }
  }

  #visitCheck(atom: Comparison | GroupCondition, place: Place): void {
    const table = atom.term?.source.table;
    if (atom.term === undefined || table === undefined) return;
    const kind = kindIn(table, atom.term.column, this.#texts.numberTexts);
    const taken = place.isSingle ? undefined : this.#singleLiterals.get(nameOfTerm(atom.term));
    const cells = probesOf(atom.check, kind).filter((cell) => taken?.has(cell) !== true);
    if (canBeNull(atom.term, this.#withoutNulls)) cells.push(null);
    if (atom.check.operator === 'null') cells.push(...this.#otherThanNull(kind));
    for (const cell of cells) this.#addProbe(atom, cell, kind, place);
  }

  #otherThanNull(kind: ValueKind): Cell[] {
    return probesOf({ operator: '=', values: [kind === 'text' ? 'some' : 5] }, kind);
  }

  #addProbe(atom: Comparison | GroupCondition, cell: Cell, kind: ValueKind, place: Place): void {
    const isMet = satisfies(cell, atom.check, kind);
    if (isMet && place.isSingle) return;
    const variation = { ...place.base, probe: { atom, cell } };
    if (isMet !== place.isNegative) this.edges.push(variation);
    else this.misses.push(variation);
  }

  /** Groups of as many rows as HAVING count(…) names, one fewer and one more; and rows that are all alike for DISTINCT. */
  #visitGroups(block: Block, place: Place): void {
    if (place.isSingle) return;
    for (const atom of atomsIn(block.having)) {
      if (atom.kind !== 'group') continue;
      if (atom.aggregate === 'sum' || atom.aggregate === 'avg') this.#addHalves(atom, place);
      if (atom.aggregate !== 'count') continue;
      const bounds = atom.check.values.map(Number).filter(Number.isInteger);
      for (const size of new Set(bounds.flatMap((bound) => [bound - 1, bound, bound + 1]))) {
        if (size < 1) continue;
        const variation = { ...place.base, extraInGroup: size - rowsForHaving(block) };
        const isMet = satisfies(size, atom.check, 'integer');
        (isMet !== place.isNegative ? this.edges : this.misses).push(variation);
      }
      if (atom.isDistinct) this.misses.push({ ...place.base, repeated: atom });
    }
  }

  /** Two rows of which each holds more than half of the bound: their sum is beyond it, their average is not. */
  #addHalves(atom: GroupCondition, place: Place): void {
    const bound = Number(atom.check.values[0]);
    if (!Number.isFinite(bound) || Math.abs(bound) < 4) return;
    const variation = { ...place.base, extraInGroup: 1, probe: { atom, cell: Math.round(bound * 0.75) } };
    const isMet = satisfies(
      Number(atom.aggregate === 'sum' ? bound * 1.5 : bound * 0.75),
      atom.check,
      'integer',
    );
    (isMet !== place.isNegative ? this.edges : this.misses).push(variation);
  }
}
