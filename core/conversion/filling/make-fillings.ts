import { parseSync } from 'libpg-query';
import { completeRows, toGeneratedRows } from './complete-rows.ts';
import { makeRandomRows } from './random-rows.ts';
import type { GeneratedRows } from '../../contract/dataset.ts';
import type { LoadedTable } from '../load.ts';

/**
 * Sets of rows on which the answer to a query has something to tell apart. Pure: the same query, tables and seed give
 * the same rows. The parser must be loaded (`loadRewriter`). No sets for a text that PostgreSQL's grammar cannot read.
 */
export function makeFillings(sql: string, tables: LoadedTable[], options: { seed: number }): GeneratedRows[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const used = namedTables(sql).flatMap((name) => byName.get(name) ?? []);
  const numberTexts = new Set<string>();
  const rows = makeRandomRows(used, { seed: options.seed, rowsPerTable: 12, numberTexts, pools: new Map() });
  return [
    toGeneratedRows('random', completeRows(rows, { tables: byName, firstPosition: 2000, numberTexts })),
  ];
}

function namedTables(sql: string): string[] {
  const text = JSON.stringify(parseSync(sql));
  return [...new Set([...text.matchAll(/"relname":"([^"]*)"/g)].map((match) => match[1] ?? ''))];
}
