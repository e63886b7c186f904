/**
 * The sketch: the compact form that our small models write instead of SQL. FROM comes first, so that every
 * later word is chosen within a known scope; joins carry no condition, because keys say it; literals are
 * typed by their column. Code expands a sketch to PostgreSQL (expand.ts) and says which word may come next
 * (constraint.ts). The idea of an intermediate form without join conditions is NatSQL's (Gan et al., 2021,
 * arXiv:2109.05153); this one is our own.
 *
 *     from customers , orders select customers . name , count ( * ) group customers . id
 *
 * Words hold no spaces. In a core over one table, columns stand without their table.
 */
export const aggregateNames = ['count', 'sum', 'avg', 'min', 'max'] as const;
export type AggregateName = (typeof aggregateNames)[number];

/** `year` and `month` are EXTRACT; `monthly` is the first day of the month. */
export const datePartNames = ['year', 'month', 'monthly'] as const;
export type DatePartName = (typeof datePartNames)[number];

export const arithmeticOperators = ['+', '-', '*', '/'] as const;
export type ArithmeticOperator = (typeof arithmeticOperators)[number];

export const comparisonOperators = ['=', '!=', '>', '<', '>=', '<='] as const;
export const textOperators = ['contains', 'lacks', 'starts', 'ends'] as const;
export type PredicateOperator =
  | (typeof comparisonOperators)[number]
  | (typeof textOperators)[number]
  | 'between'
  | 'in'
  | 'not-in'
  | 'is-null'
  | 'not-null';

export interface ColumnRef {
  kind: 'column';
  /** Words of the table and the column, see SchemaView. */
  table: string;
  column: string;
}
export interface Arithmetic {
  kind: 'arithmetic';
  left: ColumnRef;
  operator: ArithmeticOperator;
  right: ColumnRef;
}
export interface DatePart {
  kind: 'date-part';
  name: DatePartName;
  column: ColumnRef;
}
export interface Aggregate {
  kind: 'aggregate';
  name: AggregateName;
  distinct: boolean;
  argument: ColumnRef | Arithmetic | { kind: 'star' };
}
/** `select *`: every column. */
export interface AllColumns {
  kind: 'all';
}
export type Operand = ColumnRef | Arithmetic | DatePart | Aggregate | AllColumns;

export type Literal =
  | { kind: 'text'; value: string }
  | { kind: 'number'; value: string }
  | { kind: 'boolean'; value: boolean }
  /** A word that stands for a value of the question, see pointers.ts. */
  | { kind: 'pointer'; value: string };

export interface Predicate {
  left: Operand;
  operator: PredicateOperator;
  /** None for is-null and not-null, two for between, any number for in. */
  literals: Literal[];
  subquery?: Core;
  /** A column on the right-hand side. */
  column?: ColumnRef;
  /** How this predicate is joined to the one before; `and` for the first. */
  connector: 'and' | 'or';
}

export interface OrderItem {
  operand: Operand;
  descending: boolean;
}

export interface Core {
  from: string[];
  distinct: boolean;
  items: Operand[];
  where: Predicate[];
  group: Operand[];
  having: Predicate[];
  order: OrderItem[];
  limit?: string;
}

export type SetOperator = 'union' | 'intersect' | 'except';

export interface Sketch {
  core: Core;
  set?: { operator: SetOperator; right: Core };
}

export function emptyCore(): Core {
  return { from: [], distinct: false, items: [], where: [], group: [], having: [], order: [] };
}
