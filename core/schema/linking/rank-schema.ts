import type { ColumnView, SchemaView, TableView } from '../../sql/sketch/schema-view.ts';
import type { ValueHint } from '../find-hints.ts';
import { indexNames, type NamedItem, type NameIndex } from './index-names.ts';
import { matchTerms, type AskedTerm, type Relatedness } from './match-terms.ts';
import { spreadScores } from './spread-scores.ts';
import { defaultWeights, type LinkWeights } from './weights.ts';

export interface RankedTable {
  table: TableView;
  /** Comparable within one ranking only; 0 for a table that nothing speaks for. */
  score: number;
}

export interface RankedColumn {
  table: TableView;
  column: ColumnView;
  score: number;
}

/** All tables and columns of a schema, the likeliest to be needed first; what ties stands in the schema's order. */
export interface Ranking {
  view: SchemaView;
  tables: RankedTable[];
  columns: RankedColumn[];
}

export interface RankOptions {
  /** Stored values that the question names. */
  hints?: readonly ValueHint[] | undefined;
  /** Defaults to WordNet and word vectors. */
  related?: Relatedness | undefined;
  weights?: LinkWeights | undefined;
}

/**
 * Ranks by the words that names and comments share with the question, rare ones above common ones as in BM25
 * (Robertson and Zaragoza, 2009), by values found, and by what foreign keys join to tables that score.
 */
export function rankSchema(
  view: SchemaView,
  questionWords: readonly string[],
  { hints = [], related, weights = defaultWeights }: RankOptions = {},
): Ranking {
  const index = indexNames(view);
  const matched = matchItems(index, matchTerms(index, questionWords, related), weights);
  const own = view.tables.map((_, table) => scoreTable(index, matched, table, weights));
  const valued = scoreHints(index, hints);
  valued.tables.forEach((score, table) => (own[table] = (own[table] ?? 0) + weights.value * score));
  const tableScores = spreadScores(index, own, weights);
  const tables = view.tables.map((table, id) => ({ table, score: tableScores[id] ?? 0 }));
  const columns = index.items.flatMap((item, id): RankedColumn[] => {
    const table = view.tables[item.table];
    if (!item.column || !table) return [];
    const byName = matched[id]?.score ?? 0;
    const byValue = weights.value * (valued.columns.get(item.column) ?? 0);
    const score = byName + byValue + weights.tableOfColumn * (own[item.table] ?? 0);
    return [{ table, column: item.column, score: score - (isKey(table, item) ? weights.keyPenalty : 0) }];
  });
  return { view, tables: sortByScore(tables), columns: sortByScore(columns) };
}

const sortByScore = <T extends { score: number }>(items: T[]) => items.toSorted((a, b) => b.score - a.score);

function isKey({ table }: TableView, { column }: NamedItem): boolean {
  const name = column?.column.name ?? '';
  return table.foreignKeys.some((key) => key.columns.includes(name));
}

/** How much of the question an item explains, by position, and the sum weighed by how much of its name is asked. */
interface Matched {
  byPosition: Map<number, number>;
  score: number;
}

function matchItems(
  index: NameIndex,
  asked: readonly AskedTerm[],
  weights: LinkWeights,
): (Matched | undefined)[] {
  const matched = new Array<Matched | undefined>(index.items.length);
  const likest = new Map<number, Map<number, number>>();
  const note = (item: number, position: number, wordId: number, likeness: number) => {
    const entry = (matched[item] ??= { byPosition: new Map(), score: 0 });
    const gain = likeness * (index.words[wordId]?.weight ?? 0);
    if (gain > (entry.byPosition.get(position) ?? 0)) entry.byPosition.set(position, gain);
    const words = likest.get(item) ?? new Map<number, number>();
    if (likeness > (words.get(wordId) ?? 0)) words.set(wordId, likeness);
    likest.set(item, words);
  };
  for (const { position, matches } of asked) {
    for (const [wordId, likeness] of matches) {
      const word = index.words[wordId];
      for (const item of word?.items ?? []) note(item, position, wordId, likeness);
      for (const item of word?.commented ?? []) note(item, position, wordId, likeness * weights.comment);
    }
  }
  matched.forEach((entry, id) => {
    const item = index.items[id];
    if (!entry || !item) return;
    const share = shareOfName(index, item, likest.get(id) ?? new Map());
    const factor = weights.partOfName + (1 - weights.partOfName) * share;
    let sum = 0;
    for (const [position, gain] of entry.byPosition) {
      entry.byPosition.set(position, gain * factor);
      sum += gain * factor;
    }
    entry.score = sum;
  });
  return matched;
}

/** Share of a name that the question holds, its words weighed. */
function shareOfName(index: NameIndex, { words }: NamedItem, likest: ReadonlyMap<number, number>): number {
  let [found, all] = [0, 0];
  for (const word of words) {
    const weight = index.words[word]?.weight ?? 0;
    all += weight;
    found += weight * (likest.get(word) ?? 0);
  }
  return all === 0 ? 0 : found / all;
}

/** A table's name, and for each word of the question the best of its columns that the name does not explain. */
function scoreTable(
  index: NameIndex,
  matched: readonly (Matched | undefined)[],
  table: number,
  weights: LinkWeights,
): number {
  const [own, ...columns] = (index.itemsOf[table] ?? []).map((item) => matched[item]);
  const best = new Map<number, number>();
  for (const column of columns) {
    for (const [position, gain] of column?.byPosition ?? []) {
      if (gain > (best.get(position) ?? 0)) best.set(position, gain);
    }
  }
  let score = weights.tableName * (own?.score ?? 0);
  for (const [position, gain] of best) {
    score += weights.columnName * Math.max(0, gain - (own?.byPosition.get(position) ?? 0));
  }
  return score;
}

/** A value that many tables hold says less of each. */
function scoreHints(index: NameIndex, hints: readonly ValueHint[]) {
  const tables = new Map<number, number>();
  const columns = new Map<ColumnView, number>();
  const placesOf = Map.groupBy(hints, ({ value }) => value.toLowerCase());
  for (const hint of hints) {
    const table = index.tableIds.get(hint.table);
    if (table === undefined) continue;
    const column = index.view.tables[table]?.columnByWord.get(hint.column);
    const score = (hint.isExact === false ? 0.5 : 1) / (placesOf.get(hint.value.toLowerCase())?.length ?? 1);
    tables.set(table, Math.max(tables.get(table) ?? 0, score));
    if (column) columns.set(column, Math.max(columns.get(column) ?? 0, score));
  }
  return { tables, columns };
}
