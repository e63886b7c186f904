import type { Cell } from './draft-row.ts';
import type {
  AnyOf,
  Atom,
  Block,
  ColumnTerm,
  Comparison,
  GroupCondition,
  SetOperation,
  Source,
} from './query-model.ts';

/** How one instance of a query's rows departs from the plain one that is in the answer. */
export interface Variation {
  /** Which part of an OR is made true; the first by default. */
  choices: ReadonlyMap<AnyOf, number>;
  /** Which sides of a set operation get rows; `both` get equal outputs. */
  sides: ReadonlyMap<SetOperation, Side>;
  /** Whether the subquery of a condition gets a row that meets it; as the condition asks by default. */
  partners: ReadonlyMap<Atom, boolean>;
  /** A value set against one condition. */
  probe?: { atom: Comparison | GroupCondition; cell: Cell } | undefined;
  /** A row left out, or put in where the query asks for none. */
  omit?: Source | undefined;
  include?: Source | undefined;
  /** A cell that is NULL. */
  blank?: ColumnTerm | undefined;
  /** A count(DISTINCT …) whose column has one value in the whole group. */
  repeated?: GroupCondition | undefined;
  /** Further rows in each group, beyond those that HAVING asks for; may be negative. */
  extraInGroup: number;
  /** Subqueries around the departure: they need rows of their own here. */
  inside: ReadonlySet<Block>;
}

export type Side = 'left' | 'right' | 'both';

export const plain: Variation = {
  choices: new Map(),
  sides: new Map(),
  partners: new Map(),
  extraInGroup: 0,
  inside: new Set(),
};

export function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map([...map, [key, value]]);
}
