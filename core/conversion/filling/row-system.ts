import { compareCells, asKind, holds, satisfies } from './check-value.ts';
import { uniqueSets } from './draft-row.ts';
import { kindIn, kindsOfNumbers, valueAt } from './fresh-values.ts';
import { candidatesFor, shift } from './probe-values.ts';
import { UnionFind } from './union-find.ts';
import type { LoadedTable } from '../load.ts';
import type { Cell, DraftRow } from './draft-row.ts';
import type { ValueKind } from './fresh-values.ts';
import type { Check, Comparator } from './query-model.ts';

/** A row to be made: its cells are nodes of the system. */
export interface RowVariable {
  table: LoadedTable;
  nodes: Map<string, number>;
  /** The instance of the query that it belongs to. */
  instance: number;
}

interface NodeFacts {
  variable: RowVariable;
  column: string;
  kind: ValueKind;
}

interface ClassFacts {
  nodes: NodeFacts[];
  checks: Check[];
  kind: ValueKind;
  fixed?: Cell | undefined;
}

/**
 * Rows whose cells are tied by equalities, conditions and comparisons, and the values that satisfy them. Cells that are
 * equal form a class; a class takes the first of its candidates that meets all its conditions.
 */
export class RowSystem {
  readonly #tables: Map<string, LoadedTable>;
  readonly #numberTexts: ReadonlySet<string>;
  readonly #variables: RowVariable[] = [];
  readonly #nodes: NodeFacts[] = [];
  readonly #classes = new UnionFind();
  readonly #checks: [number, Check][] = [];
  readonly #fixed: [number, Cell][] = [];
  readonly #relations: [number, Comparator, number][] = [];

  constructor(tables: Map<string, LoadedTable>, numberTexts: ReadonlySet<string>) {
    this.#tables = tables;
    this.#numberTexts = numberTexts;
  }

  addRow(table: LoadedTable, instance: number): RowVariable {
    const variable = { table, nodes: new Map<string, number>(), instance };
    this.#variables.push(variable);
    return variable;
  }

  node(variable: RowVariable, column: string): number {
    const known = variable.nodes.get(column);
    if (known !== undefined) return known;
    const node = this.#classes.add();
    this.#nodes.push({ variable, column, kind: kindIn(variable.table, column, this.#numberTexts) });
    variable.nodes.set(column, node);
    return node;
  }

  kindAt(node: number): ValueKind {
    return this.#nodes[node]?.kind ?? 'text';
  }

  equate(left: number, right: number): void {
    this.#classes.union(left, right);
  }

  check(node: number, check: Check): void {
    this.#checks.push([node, check]);
  }

  relate(left: number, operator: Comparator, right: number): void {
    this.#relations.push([left, operator, right]);
  }

  /** Gives the cell this value, whatever else is said about it. */
  fix(node: number, cell: Cell): void {
    this.#fixed.push([node, cell]);
  }

  /**
   * The rows, those that one key makes one and the same merged. `placeOf` says at which position of `valueAt` the values
   * of an instance begin.
   */
  solve(placeOf: (instance: number) => number): DraftRow[] {
    this.#mergeRows();
    const classes = this.#listClasses();
    const values = new Map<number, Cell>();
    const slots = new Map<number, number>();
    const turns = new Map<string, number>();
    for (const [root, facts] of classes) {
      const instance = facts.nodes[0]?.variable.instance ?? 0;
      const slot = slots.get(instance) ?? 0;
      slots.set(instance, slot + 1);
      const fresh = valueAt(facts.kind, placeOf(instance) + slot);
      const name = `${facts.nodes[0]?.variable.table.name}.${facts.nodes[0]?.column}`;
      const turn = turns.get(name) ?? 0;
      turns.set(name, turn + 1);
      values.set(root, this.#choose(root, facts, { fresh, turn, values }));
    }
    return this.#variables.map((variable) => ({
      table: variable.table,
      cells: new Map(
        [...variable.nodes].map(([column, node]) => [column, this.#cellOf(node, values)] as const),
      ),
    }));
  }

  #cellOf(node: number, values: Map<number, Cell>): Cell {
    const cell = values.get(this.#classes.find(node)) ?? null;
    return asKind(cell, this.kindAt(node)) ?? null;
  }

  /** Rows of one table that agree in a key are one row: all their cells are equal. */
  #mergeRows(): void {
    const groups = [...Map.groupBy(this.#variables, (variable) => variable.table)].map(
      ([table, variables]) => ({
        variables,
        keys: uniqueSets(table, this.#tables),
      }),
    );
    for (let changed = true; changed;) {
      changed = false;
      for (const { variables, keys } of groups) {
        for (const key of keys) if (this.#mergeByKey(variables, key)) changed = true;
      }
    }
  }

  #mergeByKey(variables: RowVariable[], key: string[]): boolean {
    const seen = new Map<string, RowVariable>();
    let changed = false;
    for (const variable of variables) {
      const nodes = key.map((column) => variable.nodes.get(column));
      if (!nodes.every((node) => node !== undefined)) continue;
      const place = nodes.map((node) => this.#classes.find(node)).join();
      const first = seen.get(place);
      if (first === undefined) seen.set(place, variable);
      else if (this.#mergePair(first, variable)) changed = true;
    }
    return changed;
  }

  #mergePair(first: RowVariable, second: RowVariable): boolean {
    let changed = false;
    for (const column of new Set([...first.nodes.keys(), ...second.nodes.keys()])) {
      if (this.#classes.union(this.node(first, column), this.node(second, column))) changed = true;
    }
    return changed;
  }

  #listClasses(): Map<number, ClassFacts> {
    const classes = new Map<number, ClassFacts>();
    for (const [node, facts] of this.#nodes.entries()) {
      const root = this.#classes.find(node);
      const known = classes.get(root);
      if (known === undefined) classes.set(root, { nodes: [facts], checks: [], kind: facts.kind });
      else {
        known.nodes.push(facts);
        known.kind = commonKind(known.kind, facts.kind);
      }
    }
    for (const [node, check] of this.#checks) classes.get(this.#classes.find(node))?.checks.push(check);
    for (const [node, cell] of this.#fixed) {
      const facts = classes.get(this.#classes.find(node));
      if (facts !== undefined && facts.fixed === undefined) facts.fixed = cell;
    }
    return classes;
  }

  /** The first candidate that meets everything, else the one that meets most. */
  #choose(
    root: number,
    facts: ClassFacts,
    { fresh, turn, values }: { fresh: Cell; turn: number; values: Map<number, Cell> },
  ): Cell {
    if (facts.fixed !== undefined) return facts.fixed;
    const related = this.#relatedTo(root, values);
    if (facts.checks.length === 0 && related.length === 0) return fresh;
    const candidates = [
      fresh,
      ...facts.checks.flatMap((check) => candidatesFor(check, facts.kind, turn)),
      ...related.flatMap(({ other }) => [other, shift(other, 1), shift(other, -1)]),
    ];
    const isMet = (cell: Cell) =>
      facts.checks.filter((check) => satisfies(cell, check, facts.kind)).length +
      related.filter((each) => holds(compareCells(cell, each.other, {}, facts.kind), each.operator)).length;
    const wanted = facts.checks.length + related.length;
    let best: Cell = fresh;
    let most = -1;
    for (const candidate of candidates) {
      const met = isMet(candidate);
      if (met > most) [best, most] = [candidate, met];
      if (met === wanted) break;
    }
    return best;
  }

  /** Comparisons of the class with classes that have their values already, seen from this one. */
  #relatedTo(root: number, values: Map<number, Cell>): { operator: Comparator; other: Cell }[] {
    return this.#relations.flatMap(([left, operator, right]) => {
      const [one, two] = [this.#classes.find(left), this.#classes.find(right)];
      if (one === two) return [];
      if (one === root) return withValue(operator, values.get(two));
      return two === root ? withValue(mirrored[operator], values.get(one)) : [];
    });
  }
}

const mirrored: Record<Comparator, Comparator> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function withValue(operator: Comparator, other: Cell | undefined) {
  return other === undefined || other === null ? [] : [{ operator, other }];
}

/** Cells of unlike columns that are equal: what both can store. */
function commonKind(left: ValueKind, right: ValueKind): ValueKind {
  if (left === right) return left;
  const both = [left, right];
  if (both.includes('integer') && both.some((kind) => kindsOfNumbers.has(kind) || kind === 'text'))
    return 'integer';
  if (both.includes('numeric-text')) return 'numeric-text';
  return both.includes('fraction') ? 'fraction' : (both.find((kind) => kind !== 'text') ?? 'text');
}
