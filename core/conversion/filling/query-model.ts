import type { LoadedTable } from '../load.ts';
import type { Cell } from './draft-row.ts';

/** What a query says about rows, as far as rows can be made from it. */

/** An entry of a FROM clause: a table or a subquery. */
export interface Source {
  alias: string;
  table?: LoadedTable | undefined;
  block?: Block | undefined;
  /** On the side of an outer join that may be missing. */
  isOptional: boolean;
}

/** A column of a table of some FROM clause; `source.table` is set. */
export interface ColumnTerm {
  source: Source;
  column: string;
}

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

/** A condition on one value. `as` says how the query reads the column where that is not its own type. */
export interface Check {
  operator:
    | Comparator
    | 'in'
    | 'not in'
    | 'between'
    | 'not between'
    | 'like'
    | 'not like'
    | 'ilike'
    | 'not ilike'
    | 'null'
    | 'not null';
  values: Cell[];
  as?: 'text' | 'number' | undefined;
}

/** A column against constants. */
export interface Comparison {
  kind: 'compare';
  term: ColumnTerm;
  check: Check;
}

/** A column against a column. */
export interface Relation {
  kind: 'relate';
  left: ColumnTerm;
  operator: Comparator;
  right: ColumnTerm;
}

/** `x IN (SELECT …)`, `EXISTS (SELECT …)` (without a term) and their negations. */
export interface Membership {
  kind: 'member';
  term?: ColumnTerm | undefined;
  block: Block;
  isNegated: boolean;
}

/** `x > (SELECT …)` */
export interface ScalarComparison {
  kind: 'scalar';
  term: ColumnTerm;
  operator: Comparator;
  block: Block;
}

/** `count(*) > 2` of HAVING; `aggregate` other than count says something about `term`'s values. */
export interface GroupCondition {
  kind: 'group';
  aggregate: string;
  isDistinct: boolean;
  term?: ColumnTerm | undefined;
  check: Check;
}

export type Atom = Comparison | Relation | Membership | ScalarComparison | GroupCondition;
export type Formula = Atom | { kind: 'all'; parts: Formula[] } | AnyOf;
export interface AnyOf {
  kind: 'any';
  parts: Formula[];
}

export interface Output {
  /** As the SELECT list names it, for the query around. */
  name: string;
  term?: ColumnTerm | undefined;
  aggregate?: string | undefined;
  isDistinct?: boolean | undefined;
}

export interface Sort {
  term?: ColumnTerm | undefined;
  aggregate?: string | undefined;
  isDescending: boolean;
  /** Whether the query says where NULLs come. */
  saysNulls: boolean;
  /** Whether the first row in this order is the one that is shown: then no two may tie. */
  picksRow: boolean;
}

export interface Block {
  sources: Source[];
  where: Formula;
  having: Formula;
  outputs: Output[];
  groups: ColumnTerm[];
  /** Columns of which SQLite takes some row's value in each group: rows give each group one value. */
  tied: ColumnTerm[];
  sorts: Sort[];
  limit?: number | undefined;
  set?: SetOperation | undefined;
}

export interface SetOperation {
  operator: 'union' | 'intersect' | 'except';
  left: Block;
  right: Block;
}

export const nothing: Formula = { kind: 'all', parts: [] };
