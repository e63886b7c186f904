import type { FailureCause, Outcome } from '../contract/index.ts';
import { listQueries, type Expression, type QueryParts } from './components/index.ts';

/**
 * Causes in the order in which one of several is the primary one: what kept the statement from running, then what
 * the rest follows from (a wrong table has wrong columns), then the finer ones.
 */
export const causeOrder: readonly FailureCause[] = [
  'abstained',
  'refused',
  'timeout',
  'syntax',
  'wrong-table',
  'missing-join',
  'wrong-join',
  'wrong-column',
  'wrong-aggregate',
  'wrong-nesting',
  'wrong-condition',
  'wrong-value',
  'wrong-grouping',
  'wrong-order',
  'wrong-distinct',
  'other',
];

const ofOutcome: Partial<Record<Outcome, FailureCause>> = {
  'not-answerable': 'abstained',
  refused: 'refused',
  'timed-out': 'timeout',
  invalid: 'syntax',
  failed: 'syntax',
  'not-run': 'other',
  cancelled: 'other',
};

/**
 * Why an answer is wrong, by what differs between the parsed queries: the primary cause first, then all others that
 * apply. `other` stands where every component is the same.
 * @param predicted undefined where it does not parse
 */
export function findCauses(
  gold: QueryParts | undefined,
  predicted: QueryParts | undefined,
  outcome: Outcome,
): FailureCause[] {
  const causes = new Set<FailureCause>();
  const kept = ofOutcome[outcome];
  if (kept !== undefined) causes.add(kept);
  if (gold && predicted) for (const cause of compareQueries(gold, predicted)) causes.add(cause);
  else if (outcome === 'succeeded' || outcome === 'not-run') causes.add('other');
  if (causes.size === 0) causes.add('other');
  return [...causes].toSorted((a, b) => causeOrder.indexOf(a) - causeOrder.indexOf(b));
}

function compareQueries(gold: QueryParts, predicted: QueryParts): FailureCause[] {
  const [all, written] = [gatherFacts(gold), gatherFacts(predicted)];
  const shared = new Set(all.tables.filter((table) => written.tables.includes(table)));
  // What one side joins on, the other may say with a sub-query: neither is another column.
  const keys = new Set([...all.joinKeys, ...written.joinKeys]);
  const columnsOf = (facts: Facts) =>
    facts.columns.filter(([table, key]) => shared.has(table) && !keys.has(key)).map(([, key]) => key);
  const tests: [FailureCause, boolean][] = [
    ['wrong-column', !sameSet(columnsOf(all), columnsOf(written)) || !sameSet(all.outputs, written.outputs)],
    ['wrong-join', joinsOtherwise(all, written)],
    ['wrong-aggregate', !sameBag(all.aggregates, written.aggregates)],
    ['wrong-nesting', !sameBag(all.nesting, written.nesting)],
    ['wrong-condition', !sameBag(all.operators, written.operators)],
    ['wrong-value', !sameBag(all.values, written.values)],
    ['wrong-grouping', !sameBag(all.groups, written.groups)],
    ['wrong-order', !sameList(all.order, written.order)],
    ['wrong-distinct', all.distincts !== written.distincts],
  ];
  return [
    ...compareTables(all.tables, written.tables),
    ...tests.flatMap(([cause, holds]) => (holds ? [cause] : [])),
  ];
}

/** Fewer or more joins of the same tables is another nesting. */
function joinsOtherwise(gold: Facts, predicted: Facts): boolean {
  if (gold.joins.length !== predicted.joins.length || !sameSet(gold.tables, predicted.tables)) return false;
  return !sameBag(gold.joins, predicted.joins) || gold.outerJoins !== predicted.outerJoins;
}

/** A table less is a join less; another one, or one too many, is a wrong one. */
function compareTables(gold: readonly string[], predicted: readonly string[]): FailureCause[] {
  const isMissing = gold.some((table) => !predicted.includes(table));
  const isExtra = predicted.some((table) => !gold.includes(table));
  if (isExtra) return ['wrong-table'];
  return isMissing ? ['missing-join'] : [];
}

interface Facts {
  tables: string[];
  /** Table, and key of the column. */
  columns: [string, string][];
  /** What the outermost SELECT gives, aggregates apart. */
  outputs: string[];
  joins: string[];
  joinKeys: string[];
  outerJoins: number;
  aggregates: string[];
  nesting: string[];
  operators: string[];
  values: string[];
  groups: string[];
  order: string[];
  distincts: number;
}

function gatherFacts(whole: QueryParts): Facts {
  const queries = listQueries(whole);
  const clauses = queries.flatMap((query) => [
    ...query.select,
    ...query.where,
    ...query.having,
    ...query.order,
  ]);
  const keys = queries.flatMap(({ group }) => group);
  const joins = queries.flatMap((query) => query.joins);
  const columns = [...clauses, ...keys].flatMap((each) => each.columns);
  return {
    tables: unique(queries.flatMap(({ tables }) => tables)).filter((table) => table !== '()'),
    columns: columns.map(({ table, key }) => [table, key]),
    outputs: whole.select.flatMap(outputOf),
    joins: joins.map(({ text }) => text),
    joinKeys: joins.flatMap((each) => each.columns.map(({ key }) => key)),
    outerJoins: queries.reduce((sum, query) => sum + query.outerJoins, 0),
    aggregates: [...clauses, ...keys].flatMap((each) => each.aggregates),
    nesting: queries.flatMap((query) => [
      ...(query.set ? [query.set.operator] : []),
      ...query.sources.map(() => 'from'),
      ...nestedIn(query),
    ]),
    operators: queries.flatMap((query) =>
      [...query.where, ...query.having].map(({ operator }) => operator).concat(query.connectors),
    ),
    values: clauses.flatMap((each) => each.values),
    groups: keys.map(({ text }) => text),
    order: queries.flatMap(({ order, limit }) => [
      ...order.map((key) => `${key.text} ${key.direction}`),
      ...(limit === undefined ? [] : [`limit ${limit}`]),
    ]),
    distincts:
      queries.filter(({ isDistinct }) => isDistinct).length +
      clauses.reduce((sum, each) => sum + each.distincts, 0),
  };
}

function nestedIn({ where, having, select }: QueryParts): string[] {
  return [...where, ...having, ...select].flatMap(({ nested }) => nested.map(() => 'nested'));
}

function outputOf({ columns, text }: Expression): string[] {
  if (columns.length > 0) return columns.map(({ key }) => key);
  return text.includes('*') ? [] : [text];
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return sameList(unique(left).toSorted(), unique(right).toSorted());
}

function sameBag(left: readonly string[], right: readonly string[]): boolean {
  return sameList(left.toSorted(), right.toSorted());
}

function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
