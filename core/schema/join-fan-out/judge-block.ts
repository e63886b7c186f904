import type { FanOutWarning } from '../../contract/index.ts';
import type { Analysis, Block, ColumnAt, Equality } from './block.ts';
import { fixedBy, isGrain } from './closure.ts';
import { describeWarning } from './describe-warning.ts';
import { findAggregates, type FoundAggregate } from './find-aggregates.ts';
import { callText, walkExpression } from './nodes.ts';
import { readColumns, readGrouping } from './read-grouping.ts';
import { resolveColumn, resolveRow } from './resolve.ts';

/** A join by which rows are multiplied: from a relation that is fixed to one that is not. */
export interface Multiplier {
  from: number | undefined;
  to: number;
  equalities: Equality[];
}

/** The warnings of one SELECT. What rests on unknown keys is told to `notAnalysed` instead. */
export function judgeBlock(
  analysis: Analysis,
  block: Block,
): { warnings: FanOutWarning[]; guilty: Multiplier[] } {
  const warnings: FanOutWarning[] = [];
  const guilty: Multiplier[] = [];
  if (block.relations.length < 2) return { warnings, guilty };
  const seen = new Set<string>();
  for (const aggregate of findAggregates(block.select)) {
    const text = callText(analysis.sql, aggregate.call.location ?? 0);
    if (seen.has(text)) continue;
    seen.add(text);
    for (const { start, multiplier } of findMultipliers(analysis, block, aggregate, text)) {
      guilty.push(multiplier);
      warnings.push(describeWarning({ block, aggregate, text, start, multiplier }));
    }
  }
  return { warnings, guilty };
}

interface Found {
  /** The relations whose rows are aggregated. */
  start: number[];
  multiplier: Multiplier;
}

function findMultipliers(analysis: Analysis, block: Block, aggregate: FoundAggregate, text: string): Found[] {
  const group = groupOf(analysis, block, aggregate, text);
  if (group === undefined) return [];
  const named = aggregatedRelations(block, aggregate);
  const start = named.length > 0 ? named : rowsCounted(block, group);
  if (start.length === 0) return [];
  const fixed = fixedBy(block, start, group);
  const multipliers = frontierOf(block, fixed);
  const unknown = multipliers.find(({ to }) => block.relations[to]?.unknown);
  if (unknown !== undefined) {
    const relation = block.relations[unknown.to];
    analysis.notAnalysed.add(`Whether ${text} counts rows several times: ${relation?.unknown ?? ''}`);
    return [];
  }
  return multipliers.map((multiplier) => ({ start, multiplier }));
}

/** Columns that are one value in what is aggregated together; undefined where that cannot be said. */
function groupOf(
  analysis: Analysis,
  block: Block,
  { call, over }: FoundAggregate,
  text: string,
): ColumnAt[] | undefined {
  if (over && block.select.groupClause !== undefined) {
    analysis.notAnalysed.add(`${text} is over a window of groups: it is not judged.`);
    return undefined;
  }
  if (over) return readColumns(block, call.over?.partitionClause ?? []).columns;
  const grouping = readGrouping(block);
  if (grouping === undefined) {
    analysis.notAnalysed.add(
      `${text}: with ROLLUP, CUBE or GROUPING SETS, totals are judged and groups are not.`,
    );
  }
  return grouping?.columns ?? [];
}

function aggregatedRelations(block: Block, { call }: FoundAggregate): number[] {
  const found = new Set<number>();
  walkExpression([call.args, call.agg_within_group ? call.agg_order : undefined], (node) => {
    if (!('ColumnRef' in node)) return;
    const at = resolveColumn(block, node.ColumnRef) ?? resolveRow(block, node.ColumnRef);
    if (typeof at === 'number') found.add(at);
    else if (at !== undefined && at !== 'outer') found.add(at.relation);
  });
  return [...found];
}

/**
 * `count(*)` counts the joined rows. That is a count of something where one relation's rows are each in it once; else it
 * counts combinations, and the first relation with several others beside it is named.
 */
function rowsCounted(block: Block, group: ColumnAt[]): number[] {
  const places = [...block.relations.keys()];
  if (places.some((relation) => isGrain(block, relation, group))) return [];
  // The one that fixes most of the others: what is left is what pairs with it.
  const reach = (relation: number) => fixedBy(block, [relation], group).size;
  return places.toSorted((one, other) => reach(other) - reach(one)).slice(0, 1);
}

/** The joins that lead from fixed relations to others; relations without any join count as paired with all. */
function frontierOf(block: Block, fixed: ReadonlySet<number>): Multiplier[] {
  const byTarget = new Map<number, Multiplier>();
  for (const equality of block.equalities) {
    for (const [from, to] of [
      [equality.left.relation, equality.right.relation],
      [equality.right.relation, equality.left.relation],
    ] as const) {
      if (!fixed.has(from) || fixed.has(to)) continue;
      const known = byTarget.get(to);
      if (known === undefined) byTarget.set(to, { from, to, equalities: [equality] });
      else if (known.from === from) known.equalities.push(equality);
    }
  }
  const unjoined = [...block.relations.keys()].filter(
    (at) =>
      !fixed.has(at) &&
      !block.equalities.some(({ left, right }) => left.relation === at || right.relation === at),
  );
  return [...byTarget.values(), ...unjoined.map((to) => ({ from: undefined, to, equalities: [] }))];
}
