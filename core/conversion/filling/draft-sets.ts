import { mirrorPosition, places } from './fresh-values.ts';
import { addInstance, equateAll } from './instantiate.ts';
import { allBlocks, rowsForHaving } from './query-facts.ts';
import { RowSystem } from './row-system.ts';
import { plain } from './variation.ts';
import type { LoadedTable } from '../load.ts';
import type { DraftRow } from './draft-row.ts';
import type { Outputs } from './instantiate.ts';
import type { Variations } from './list-variations.ts';
import type { Block } from './query-model.ts';
import type { Variation } from './variation.ts';

/** A query with all that drafting rows for it needs. */
export interface Plan {
  query: Block;
  tables: Map<string, LoadedTable>;
  /** `table.column` of texts that the query reads as numbers. */
  numberTexts: ReadonlySet<string>;
  /** `table.column` of columns that get no NULLs. */
  withoutNulls: ReadonlySet<string>;
}

/** Positions of `valueAt` that one instance may use. */
const stride = 40;
/** More departures than this are spread over the sets, and what is beyond is left out. */
const mostDepartures = 40;
const mostGroupRows = 400;
const leastInstances = 2;

/** Rows that the query finds: enough for LIMIT to cut some off, in groups of unlike sizes. */
export function draftWitnesses(plan: Plan, { witnesses }: Variations): DraftRow[] {
  const { query } = plan;
  const limit = Math.max(0, ...allBlocks(query).map((block) => block.limit ?? 0));
  const wanted = Math.min(budgetOf(query), Math.max(3, witnesses.length, Math.min(limit + 2, 10)));
  const variations = Array.from({ length: wanted }, (_, index) => ({
    ...(witnesses[index % witnesses.length] ?? plain),
    extraInGroup: isSortedByCount(query) ? index : index % 2,
  }));
  // SQLite compares numbers kept as text with an average as text: equal to it would be a matter of spelling.
  const middle = (places.found + places.departing) / 2 + (plan.numberTexts.size > 0 ? stride : 0);
  return draftInstances(plan, variations, (index) => (index === 2 ? middle : witnessPlace(index)));
}

/** Below and above all others in turn; the third goes halfway between the first two, where their average is. */
function witnessPlace(index: number): number {
  const [low, high] = [places.found, places.departing];
  return index % 2 === 0 ? low - index * stride : high + index * stride;
}

/**
 * Found rows beside departing ones. The departing ones have the greater values (`turn` 0) or the lesser ones (1), so that
 * a row that should not be found would come first in an order, or be the greatest or the least.
 */
export function draftDepartures(plan: Plan, variations: Variations, turn: 0 | 1): DraftRow[] {
  const { query } = plan;
  const { witnesses } = variations;
  const [edges, misses] = [variations.edges, variations.misses].map((all) =>
    share(all, turn, budgetOf(query)),
  );
  const found = [...witnesses, ...witnesses].slice(0, Math.max(2, witnesses.length));
  const sizes = isSortedByCount(query) ? sortedSizes[turn] : plainSizes;
  const all = [
    ...found.map((each, index) => resize(each, sizes.found[index % 2] ?? 0)),
    ...(edges ?? []).map((each, index) =>
      resize(each, index + 1 === edges?.length ? sizes.lastEdge : sizes.edge),
    ),
    ...(misses ?? []).map((each) => resize(each, sizes.miss)),
  ];
  const place = (index: number) =>
    index < found.length ? places.found + index * stride : places.departing + (index - found.length) * stride;
  const placeOf = turn === 0 ? place : (index: number) => mirrorPosition(place(index) + stride);
  return draftInstances(plan, all, placeOf, all[0]);
}

/** Without rows that are found, what should not be found cannot hide behind a LIMIT. */
export function draftMisses(plan: Plan, { misses }: Variations): DraftRow[] {
  return draftInstances(
    plan,
    misses.slice(0, budgetOf(plan.query)),
    (index) => places.found + index * stride,
  );
}

/** Rows beyond those that HAVING asks for. Where groups are sorted by size, first comes what should not be found. */
const plainSizes = { found: [0, 1], edge: 0, lastEdge: 0, miss: 0 };
const sortedSizes = [
  { found: [0, 1], edge: 2, lastEdge: 3, miss: 4 },
  { found: [3, 4], edge: 2, lastEdge: 1, miss: 0 },
] as const;

function resize(variation: Variation, extra: number): Variation {
  return { ...variation, extraInGroup: variation.extraInGroup + extra };
}

function isSortedByCount(query: Block): boolean {
  return allBlocks(query).some((block) => block.sorts.some((sort) => sort.aggregate === 'count'));
}

/** How many instances a set may have: large groups leave room for few. */
function budgetOf(query: Block): number {
  const inGroup = Math.max(...allBlocks(query).map(rowsForHaving));
  return Math.max(leastInstances, Math.min(mostDepartures, Math.floor(mostGroupRows / inGroup)));
}

/** All of a short list, every other of a long one. */
function share(variations: Variation[], turn: number, budget: number): Variation[] {
  if (variations.length <= budget / 2) return variations;
  return variations.filter((_, index) => index % 2 === turn).slice(0, budget);
}

/** `repeated` comes again with the outputs of the first instance and other keys, for DISTINCT and count(DISTINCT …). */
function draftInstances(
  plan: Plan,
  variations: Variation[],
  placeOf: (instance: number) => number,
  repeated?: Variation,
): DraftRow[] {
  const { query, tables, numberTexts, withoutNulls } = plan;
  const system = new RowSystem(tables, numberTexts);
  const context = { system, withoutNulls, shared: new Map<Block, Outputs>() };
  const outputs = variations.map((variation, index) => addInstance(query, variation, index, context));
  if (repeated !== undefined) {
    const again = addInstance(query, { ...repeated, extraInGroup: -Infinity }, 0, context);
    equateAll(system, outputs[0] ?? [], again);
  }
  return system.solve(placeOf);
}
