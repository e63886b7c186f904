import { completeRows, toGeneratedRows } from './complete-rows.ts';
import { draftDepartures, draftMisses, draftWitnesses } from './draft-sets.ts';
import { listPools } from './list-pools.ts';
import { listVariations } from './list-variations.ts';
import { allBlocks, columnsWithoutNulls } from './query-facts.ts';
import { makeRandomRows } from './random-rows.ts';
import { readQuery } from './read-query.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { LoadedTable } from '../load.ts';
import type { DraftRow } from './draft-row.ts';
import type { Plan } from './draft-sets.ts';
import type { Block } from './query-model.ts';

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
  const variations = listVariations(query, plan);
  const set = (kind: string, drafts: DraftRow[]) =>
    toGeneratedRows(kind, completeRows(drafts, { tables: byName, numberTexts }));
  return [
    set('witness', draftWitnesses(plan, variations)),
    set('boundary', draftDepartures(plan, variations, 0)),
    // Where two rows claim one key the first stays: here the departing one.
    set('near-miss', draftDepartures(plan, variations, 1).reverse()),
    ...(variations.misses.length > 0 ? [set('misses-only', draftMisses(plan, variations))] : []),
    ...(isDrawable(query) ? [set('random', randomDrafts(plan, options.seed))] : []),
  ];
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
