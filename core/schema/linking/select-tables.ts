import type { SchemaView, TableView } from '../../sql/sketch/schema-view.ts';
import { indexNames } from './index-names.ts';
import type { Ranking } from './rank-schema.ts';
import { neighboursOf } from './spread-scores.ts';

export interface SelectOptions {
  /** What all chosen tables may cost together. */
  budget: number;
  costOf: (table: TableView) => number;
  /** Taken first, by the view's words: tables that the answer is known to need. */
  needed?: Iterable<string> | undefined;
}

/** Tables in between, at most, to join a table to those chosen before; farther ones are taken as unrelated. */
const maxBridges = 3;

/**
 * The tables to show for a question, in the schema's order: the best ranked that fit, each with the tables that join
 * it to those chosen before it along the cheapest path of foreign keys (the shortest-path heuristic for Steiner trees
 * of Takahashi and Matsuyama, 1980), or not at all. The first one is chosen whatever it costs.
 */
export function selectTables(ranking: Ranking, options: SelectOptions): TableView[] {
  const { view } = ranking;
  const ids = indexNames(view).tableIds;
  const scores = new Map(ranking.tables.map(({ table, score }) => [ids.get(table.word) ?? -1, score]));
  const chosen = new Set<number>();
  let used = 0;
  for (const id of inOrder(ranking, ids, options.needed)) {
    if (chosen.has(id)) continue;
    const path = joinPath(view, chosen, id, scores) ?? [id];
    const cost = path.reduce((sum, table) => sum + costAt(view, table, options), 0);
    if (chosen.size > 0 && used + cost > options.budget) continue;
    for (const table of path) chosen.add(table);
    used += cost;
  }
  return view.tables.filter((_, id) => chosen.has(id));
}

function inOrder(
  ranking: Ranking,
  ids: ReadonlyMap<string, number>,
  needed: Iterable<string> = [],
): Set<number> {
  const words = [...needed, ...ranking.tables.map(({ table }) => table.word)];
  return new Set(words.flatMap((word) => ids.get(word) ?? []));
}

function costAt(view: SchemaView, id: number, { costOf }: SelectOptions): number {
  const table = view.tables[id];
  return table ? costOf(table) : 0;
}

/**
 * From a table to the nearest chosen one, that one left out: over as few joins as possible, of equally short ones over
 * declared keys and tables that score. Nothing where none is within reach.
 */
function joinPath(
  view: SchemaView,
  chosen: ReadonlySet<number>,
  target: number,
  scores: ReadonlyMap<number, number>,
): number[] | undefined {
  const neighbours = neighboursOf(indexNames(view));
  const best = Math.max(1e-9, ...scores.values());
  let paths = [{ tables: [target], cost: 0 }];
  const seen = new Set([target]);
  for (let step = 0; step <= maxBridges && paths.length > 0; step++) {
    const next = paths.flatMap(({ tables, cost }) =>
      [...(neighbours[tables.at(-1) ?? -1] ?? [])].map(([table, strength]) => {
        const share = (scores.get(table) ?? 0) / best;
        return { tables: [...tables, table], cost: cost + 2 - strength + (1 - share) / 2 };
      }),
    );
    next.sort((a, b) => a.cost - b.cost || (a.tables.at(-1) ?? 0) - (b.tables.at(-1) ?? 0));
    const arrived = next.find(({ tables }) => chosen.has(tables.at(-1) ?? -1));
    if (arrived) return arrived.tables.slice(0, -1);
    paths = next.filter(({ tables }) => {
      const table = tables.at(-1) ?? -1;
      if (seen.has(table)) return false;
      seen.add(table);
      return true;
    });
  }
  return undefined;
}
