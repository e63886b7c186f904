import type { FuncCall, Node, WindowDef } from 'libpg-query';
import { describeCondition } from './describe-condition.ts';
import { constantText, describe, operatorOf } from './describe-expression.ts';
import { describeSortKey } from './explain-shape.ts';
import { joinWords, type Words } from './writer.ts';

const aggregates: Record<string, (argument: string, isDistinct: boolean) => string> = {
  count: (argument, isDistinct) =>
    isDistinct ? `the number of different ${argument}` : `the number of rows with ${argument}`,
  sum: (argument, isDistinct) => `the sum of ${isDistinct ? 'the different ' : ''}${argument}`,
  avg: (argument, isDistinct) => `the average of ${isDistinct ? 'the different ' : ''}${argument}`,
  min: (argument) => `the smallest ${argument}`,
  max: (argument) => `the largest ${argument}`,
  string_agg: (argument, isDistinct) =>
    `${isDistinct ? 'the different ' : ''}${argument}, put together in one text`,
  array_agg: (argument, isDistinct) => `the list of ${isDistinct ? 'the different ' : ''}${argument}`,
  json_agg: (argument) => `the JSON list of ${argument}`,
  jsonb_agg: (argument) => `the JSON list of ${argument}`,
  bool_and: (argument) => `whether ${argument} holds for all`,
  bool_or: (argument) => `whether ${argument} holds for one at least`,
  every: (argument) => `whether ${argument} holds for all`,
  stddev: (argument) => `the standard deviation of ${argument}`,
  variance: (argument) => `the variance of ${argument}`,
  mode: () => 'the most frequent value',
};

/** Whether a call makes one value of many rows. */
export function isAggregateCall(call: FuncCall): boolean {
  return call.over === undefined && Object.hasOwn(aggregates, operatorOf(call.funcname));
}

export function describeCall(call: FuncCall, words: Words): string {
  const text = describeFunction(call, words);
  const filter = call.agg_filter
    ? `, counting only rows where ${describeCondition(call.agg_filter, words)}`
    : '';
  return `${text}${filter}${call.over ? describeWindow(call.over, words) : ''}`;
}

function describeFunction(call: FuncCall, words: Words): string {
  const name = operatorOf(call.funcname);
  const args = call.args ?? [];
  const [first] = args;
  if (call.agg_star && name === 'count') return 'the number of rows';
  const aggregate = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined;
  if (aggregate && (first || name === 'mode')) {
    return aggregate(first ? describe(first, words) : '', call.agg_distinct === true);
  }
  return describeKnown(name, args, words) ?? `${name}(${args.map((arg) => describe(arg, words)).join(', ')})`;
}

const parts = /^(year|quarter|month|week|day|hour|minute|second|dow|isodow|doy|decade|century)$/;
const partNames: Record<string, string> = {
  dow: 'day of the week (0 is Sunday)',
  isodow: 'day of the week (1 is Monday)',
  doy: 'day of the year',
};

/** Functions that have a word of their own. */
function describeKnown(name: string, args: readonly Node[], words: Words): string | undefined {
  const [first, second] = args;
  const unit = constantText(first);
  if (second && unit !== undefined && parts.test(unit)) {
    const of = describe(second, words);
    if (name === 'date_trunc') return `the beginning of the ${unit} of ${of}`;
    if (name === 'extract' || name === 'date_part') return `the ${partNames[unit] ?? unit} of ${of}`;
  }
  const numbered = rankings[name];
  if (numbered !== undefined && args.length === 0) return numbered;
  if (first === undefined) return name === 'now' ? 'now' : undefined;
  const argument = describe(first, words);
  if (args.length === 1) {
    if (name === 'lower') return `${argument} in small letters`;
    if (name === 'upper') return `${argument} in capitals`;
    if (name === 'length' || name === 'char_length') return `the length of ${argument}`;
    if (name === 'abs') return `${argument} without its sign`;
    if (name === 'round') return `${argument}, rounded`;
  }
  if (name === 'round' && second) return `${argument}, rounded to ${describe(second, words)} places`;
  if (name === 'lag') return `the ${argument} of the row before`;
  return name === 'lead' ? `the ${argument} of the row after` : undefined;
}

const rankings: Record<string, string> = {
  row_number: 'the number of the row',
  rank: 'the rank (with gaps after ties)',
  dense_rank: 'the rank (without gaps)',
};

/** Begins with a comma. */
export function describeWindow(
  { name, partitionClause, orderClause, refname }: WindowDef,
  words: Words,
): string {
  const called = name ?? refname;
  const within = partitionClause
    ? `among the rows with the same ${joinWords(partitionClause.map((node) => describe(node, words)))}`
    : called === undefined
      ? 'among all rows'
      : `in the window ${called}`;
  const order = orderClause
    ? `, in the order of ${orderClause.map((node) => describeSortKey(undefined, node, words)).join(', then ')}`
    : '';
  return `, ${within}${order}`;
}
