/** A column as a query means it, whatever its alias there. */
export interface UsedColumn {
  /** Lower case; empty where the query's own sub-query gives the column. */
  table: string;
  /** `table.column`; columns that foreign keys tie together share the name of one of them. */
  key: string;
}

/** An expression as it counts for comparing: aliases resolved, casts passed over, values replaced by `?`. */
export interface Expression {
  text: string;
  columns: UsedColumn[];
  /** Names of its aggregate functions. */
  aggregates: string[];
  /** Aggregates over DISTINCT values. */
  distincts: number;
  /** Its literals. */
  values: string[];
  nested: QueryParts[];
}

export interface Condition extends Expression {
  /** `=`, `like`, `in`, `between`, …, with `not ` before it. */
  operator: string;
}

export interface Ordering extends Expression {
  direction: 'asc' | 'desc';
}

/** The components that Spider's evaluation compares, of one SELECT and what is nested in it. */
export interface QueryParts {
  /** Lower case, as often as they are named; `()` for a sub-query. */
  tables: string[];
  /** Conditions of joins, both sides sorted. */
  joins: Expression[];
  /** Joins that keep rows without a partner. */
  outerJoins: number;
  isDistinct: boolean;
  select: Expression[];
  where: Condition[];
  /** `and`, `or` of WHERE. */
  connectors: string[];
  group: Expression[];
  having: Condition[];
  order: Ordering[];
  /** The LIMIT as written. */
  limit: string | undefined;
  /** `union`, `intersect` or `except` with another query. */
  set: { operator: string; right: QueryParts } | undefined;
  /** Sub-queries in FROM and WITH. */
  sources: QueryParts[];
}

/**
 * One text for all queries that match exactly by the rules of Spider's evaluation (Yu et al. 2018): the same tables,
 * and clause by clause the same set of components, whatever their order; values, DISTINCT, how tables are joined and
 * the number in LIMIT do not count.
 */
export function signatureOf(query: QueryParts): string {
  const sorted = (parts: readonly Expression[]) => parts.map(textOf).toSorted();
  return JSON.stringify([
    query.tables.toSorted(),
    sorted(query.select),
    sorted(query.where),
    [...new Set(query.connectors)].toSorted(),
    sorted(query.group),
    sorted(query.having),
    query.order.map((each) => `${textOf(each)} ${each.direction}`),
    query.limit !== undefined,
    query.set === undefined ? null : [query.set.operator, signatureOf(query.set.right)],
    query.sources.map(signatureOf).toSorted(),
  ]);
}

function textOf({ text, nested }: Expression): string {
  return nested.length === 0 ? text : `${text} ${nested.map(signatureOf).join(' ')}`;
}

/** The query, what it is joined to by set operations, and everything nested in them. */
export function listQueries(query: QueryParts): QueryParts[] {
  const expressions = [...query.select, ...query.where, ...query.having, ...query.order, ...query.group];
  const inner = [
    ...expressions.flatMap(({ nested }) => nested),
    ...query.sources,
    ...(query.set === undefined ? [] : [query.set.right]),
  ];
  return [query, ...inner.flatMap(listQueries)];
}
