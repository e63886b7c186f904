import { completeRows, toGeneratedRows } from './complete-rows.ts';
import { addInstance, equateAll } from './instantiate.ts';
import { listVariations } from './list-variations.ts';
import { mirrorPosition, places } from './fresh-values.ts';
import { listPools } from './list-pools.ts';
import { allBlocks, columnsWithoutNulls, rowsForHaving } from './query-facts.ts';
import { makeRandomRows } from './random-rows.ts';
import { readQuery } from './read-query.ts';
import { RowSystem } from './row-system.ts';
import { plain } from './variation.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { LoadedTable } from '../load.ts';
import type { DraftRow } from './draft-row.ts';
import type { Outputs } from './instantiate.ts';
import type { Block } from './query-model.ts';
import type { Variation } from './variation.ts';

/** Positions of `valueAt` that one instance may use. */
const stride = 40;
/** More departures than this are spread over the sets, and what is beyond is left out. */
const mostDepartures = 40;
const mostGroupRows = 400;
const leastInstances = 2;

interface Plan {
  query: Block;
  tables: Map<string, LoadedTable>;
  numberTexts: ReadonlySet<string>;
  withoutNulls: ReadonlySet<string>;
}

/**
 * Sets of rows on which the answer to a query has something to tell apart: rows that it finds (`witness`), rows at the
 * edge of each condition and rows that miss it by one condition (`boundary`, `near-miss`: with greater or lesser values
 * than those found), only the latter (`misses-only`), and seeded rows from pools of the query's literals (`random`). Pure: the same query,
 * tables and seed give the same rows. The parser must be loaded (`loadRewriter`). No sets for an empty text.
 */
export function makeFillings(sql: string, tables: LoadedTable[], options: { seed: number }): GeneratedRows[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const numberTexts = new Set<string>();
  const query = sql.trim() === '' ? undefined : readQuery(sql, byName, numberTexts);
  if (query === undefined) return [];
  const plan = { query, tables: byName, numberTexts, withoutNulls: columnsWithoutNulls(query) };
  const { witnesses, edges, misses } = listVariations(query, plan);
  const set = (kind: string, drafts: DraftRow[]) =>
    toGeneratedRows(kind, completeRows(drafts, { tables: byName, numberTexts }));
  const random = set('random', randomDrafts(plan, options.seed));
  return [
    set('witness', draftInstances(plan, repeatWitnesses(query, witnesses), witnessPlace)),
    set('boundary', draftDepartures(plan, witnesses, edges, misses, 0)),
    set('near-miss', draftDepartures(plan, witnesses, edges, misses, 1).reverse()),
    ...(misses.length > 0 ? [set('misses-only', draftMisses(plan, misses))] : []),
    ...(isDrawable(query) ? [random] : []),
  ];
}

/** How many instances a set may have: large groups leave room for few. */
function budgetOf(query: Block): number {
  const inGroup = Math.max(...allBlocks(query).map(rowsForHaving));
  return Math.max(leastInstances, Math.min(mostDepartures, Math.floor(mostGroupRows / inGroup)));
}

/** Enough instances for LIMIT to cut some off; groups of unlike sizes. */
function repeatWitnesses(query: Block, witnesses: Variation[]): Variation[] {
  const limit = Math.max(0, ...allBlocks(query).map((block) => block.limit ?? 0));
  const wanted = Math.min(budgetOf(query), Math.max(3, witnesses.length, Math.min(limit + 2, 10)));
  return Array.from({ length: wanted }, (_, index) => ({
    ...(witnesses[index % witnesses.length] ?? plain),
    extraInGroup: isSortedByCount(query) ? index : index % 2,
  }));
}

function isSortedByCount(query: Block): boolean {
  return allBlocks(query).some((block) => block.sorts.some((sort) => sort.aggregate === 'count'));
}

/**
 * Instances of which the later ones get greater values (`turn` 0) or lesser ones (1), so that a row that should not be
 * found would come first in an order, or be the greatest or the least.
 */
function draftDepartures(
  plan: Plan,
  witnesses: Variation[],
  edges: Variation[],
  misses: Variation[],
  turn: 0 | 1,
): DraftRow[] {
  const sizes = isSortedByCount(plan.query)
    ? { found: [1, 2], edge: 3 - 3 * turn, miss: 4 - 4 * turn }
    : plainSizes;
  const found = [...witnesses, ...witnesses].slice(0, Math.max(2, witnesses.length));
  const resize = (variation: Variation, extra: number) => ({
    ...variation,
    extraInGroup: variation.extraInGroup + extra,
  });
  const variations = [
    ...found.map((each, index) => resize(each, sizes.found[index % 2] ?? 0)),
    ...share(edges, turn, budgetOf(plan.query)).map((each) => resize(each, sizes.edge)),
    ...share(misses, turn, budgetOf(plan.query)).map((each) => resize(each, sizes.miss)),
  ];
  const place = (index: number) =>
    index < found.length ? places.found + index * stride : places.departing + (index - found.length) * stride;
  return draftInstances(
    plan,
    variations,
    turn === 0 ? place : (index) => mirrorPosition(place(index) + stride),
  );
}

/** Below and above all others in turn; the third is halfway between the first two, where their average is. */
function witnessPlace(index: number): number {
  const [low, high] = [places.found, places.departing];
  if (index === 2) return (low + high) / 2;
  return index % 2 === 0 ? low - index * stride : high + index * stride;
}

/** Without rows that are found, what should not be found cannot hide behind a LIMIT. */
function draftMisses(plan: Plan, misses: Variation[]): DraftRow[] {
  return draftInstances(
    plan,
    misses.slice(0, budgetOf(plan.query)),
    (index) => places.found + index * stride,
  );
}

const plainSizes = { found: [0, 1], edge: 0, miss: 0 };

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

/** Drawn rows cannot tie a column of one table to the groups of another. */
function isDrawable(query: Block): boolean {
  return allBlocks(query).every((block) =>
    block.tied.every((term) => block.groups.some((group) => group.source === term.source)),
  );
}

function randomDrafts(plan: Plan, seed: number): DraftRow[] {
  const names = allBlocks(plan.query).flatMap((block) =>
    block.sources.flatMap((source) => source.table ?? []),
  );
  return makeRandomRows([...new Set(names)], {
    seed,
    rowsPerTable: 14,
    numberTexts: plan.numberTexts,
    ...listPools(plan.query, plan),
  });
}
