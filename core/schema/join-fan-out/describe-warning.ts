import type { FanOutWarning } from '../../contract/index.ts';
import { quoteIdentifier } from '../../sql/identifiers.ts';
import type { Block } from './block.ts';
import type { FoundAggregate } from './find-aggregates.ts';
import type { Multiplier } from './judge-block.ts';
import { textOf } from './nodes.ts';

interface Warned {
  block: Block;
  aggregate: FoundAggregate;
  /** As written. */
  text: string;
  /** The relations whose rows are aggregated. */
  start: number[];
  multiplier: Multiplier;
}

/** Which aggregate is wrong by which join, and what to write instead. */
export function describeWarning({ block, aggregate, text, start, multiplier }: Warned): FanOutWarning {
  const nameOf = (at: number | undefined) => (at === undefined ? '' : (block.relations[at]?.name ?? ''));
  const shown = (at: number | undefined) => (at === undefined ? '' : shownName(block, at));
  const counted = start.map(nameOf).join(' and ');
  const shownCounted = start.map(shown).join(' and ');
  const multipliedBy = nameOf(multiplier.to);
  const kind = kindOf(start, multiplier);
  const join = multiplier.equalities
    .map(({ left, right }) =>
      [left, right].map((side) => `${nameOf(side.relation)}.${quoteIdentifier(side.column)}`).join(' = '),
    )
    .join(' AND ');
  const isStar = aggregate.call.agg_star === true || (aggregate.call.args ?? []).length === 0;
  return {
    ...{ kind, aggregate: text, effect: aggregate.effect, counted, multipliedBy },
    ...(join === '' ? {} : { join }),
    message: isStar
      ? messageOfStar(text, shownCounted, shown(multiplier.to), join)
      : messageOf({
          text,
          counted: shownCounted,
          multipliedBy: shown(multiplier.to),
          join,
          kind,
          effect: aggregate.effect,
          by: shown(multiplier.from),
        }),
    advice: adviceOf({
      aggregate,
      text,
      counted,
      multipliedBy,
      kind,
      isStar,
      columns: columnsOf(multiplier),
    }),
    part: block.part,
  };
}

/** `orders (o)`: people know tables better than aliases. */
function shownName({ relations }: Block, at: number): string {
  const { name = '', columns } = relations[at] ?? {};
  const table = columns?.[0]?.origin?.table.table;
  const isOne = columns?.every(({ origin }) => origin?.table.table === table);
  return table !== undefined && isOne && table !== name ? `${table} (${name})` : name;
}

function kindOf(start: number[], { from }: Multiplier): FanOutWarning['kind'] {
  if (from === undefined) return 'cross';
  return start.includes(from) ? 'fan' : 'chasm';
}

function columnsOf({ equalities, to }: Multiplier): string {
  return equalities
    .map(({ left, right }) => quoteIdentifier((left.relation === to ? left : right).column))
    .join(', ');
}

const consequences = {
  inflated: (text: string) => `${text} comes out too large`,
  skewed: (text: string) => `${text} is weighted by how often that is`,
  repeated: (text: string) => `${text} repeats what it lists`,
};

interface Told {
  text: string;
  counted: string;
  multipliedBy: string;
  join: string;
  kind: FanOutWarning['kind'];
  effect: FanOutWarning['effect'];
  by: string;
}

function messageOf({ text, counted, multipliedBy, join, kind, effect, by }: Told): string {
  const consequence = consequences[effect](text);
  if (kind === 'cross') {
    return `Nothing joins ${multipliedBy}, so each row of ${counted} counts once for every row of it: ${consequence}.`;
  }
  if (kind === 'fan') {
    return `Each row of ${counted} counts once for every row of ${multipliedBy} that it meets (${join}): ${consequence}.`;
  }
  return `${counted} and ${multipliedBy} both meet ${by}, not each other: each row of ${counted} counts once for every row of ${multipliedBy} (${join}), and ${consequence}.`;
}

function messageOfStar(text: string, counted: string, multipliedBy: string, join: string): string {
  const by = join === '' ? 'nothing joins them' : join;
  return `${text} counts combinations of rows, not the rows of any one table: ${counted} is paired with many rows of ${multipliedBy} (${by}).`;
}

interface Advised {
  aggregate: FoundAggregate;
  text: string;
  counted: string;
  multipliedBy: string;
  kind: FanOutWarning['kind'];
  isStar: boolean;
  columns: string;
}

function adviceOf({ aggregate, text, counted, multipliedBy, kind, isStar, columns }: Advised): string {
  const name = textOf(aggregate.call.funcname?.at(-1));
  if (kind === 'cross') return `Add the condition that joins ${multipliedBy}, or take it out of FROM.`;
  if (isStar) {
    return `Say what is to be counted, as count(DISTINCT …) of its key, or count each table in a sub-query of its own.`;
  }
  const apart = `aggregate ${counted} in a sub-query of its own before joining ${multipliedBy}`;
  const exists = `where ${multipliedBy} only filters, write EXISTS in place of the join`;
  const grouped = `or join a sub-query of ${multipliedBy} that has one row for each ${columns} (GROUP BY ${columns})`;
  if (name === 'count') {
    const inner = text.replace(/^\w+\(/, '').replace(/\)$/, '');
    return `Write count(DISTINCT ${inner}) if it is a key; else ${apart}. Or, ${exists}.`;
  }
  return `${apart.charAt(0).toUpperCase()}${apart.slice(1)}, ${grouped}; ${exists}.`;
}
