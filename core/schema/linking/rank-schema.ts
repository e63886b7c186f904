import type { ColumnView, SchemaView, TableView } from '../../sql/sketch/schema-view.ts';
import type { ValueHint } from '../find-hints.ts';
import { indexNames, type NameIndex } from './index-names.ts';
import { matchTerms, type AskedTerm, type Relatedness } from './match-terms.ts';
import { orderByCoverage } from './order-by-coverage.ts';
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
  const asked = matchTerms(index, questionWords, related);
  const matched = matchItems(index, asked, weights);
  const explained = view.tables.map((_, table) => {
    const share = copyShare(index, asked, table, weights);
    return explainWords(index, matched, table, weights, share);
  });
  const own = explained.map(sumOf);
  const valued = scoreHints(index, hints);
  valued.tables.forEach((score, table) => (own[table] = (own[table] ?? 0) + weights.value * score));
  const tableScores = spreadScores(index, own, weights);
  const scored = explained.map((byPosition, table) => ({
    table,
    score: tableScores[table] ?? 0,
    byPosition,
  }));
  const tables = orderByCoverage(scored, weights.coverage).flatMap(({ table, score }) => {
    const ranked = view.tables[table];
    return ranked ? [{ table: ranked, score }] : [];
  });
  const columns = index.items.flatMap((item, id): RankedColumn[] => {
    const table = view.tables[item.table];
    if (!item.column || !table) return [];
    const byName = sumOf(matched[id]);
    const byValue = weights.value * (valued.columns.get(item.column) ?? 0);
    const score = byName + byValue + weights.tableOfColumn * (own[item.table] ?? 0);
    return [{ table, column: item.column, score: score - (item.isReference ? weights.keyPenalty : 0) }];
  });
  return { view, tables, columns: sortByScore(columns) };
}

const sortByScore = <T extends { score: number }>(items: T[]) => items.toSorted((a, b) => b.score - a.score);

/** How much of each word of the question an item explains, by the word's position. */
type Matched = Map<number, number>;

function matchItems(
  index: NameIndex,
  asked: readonly AskedTerm[],
  weights: LinkWeights,
): (Matched | undefined)[] {
  const matched = new Array<Matched | undefined>(index.items.length);
  const names = collectLikest(asked, (word) => index.words[word]?.items ?? []);
  const comments = collectLikest(asked, (word) => index.words[word]?.commented ?? []);
  for (const [id, found] of names) {
    const share = shareOfWords(index, index.items[id]?.words ?? [], found, weights.prefix);
    gain(index, matched, id, found, weights.partOfName + (1 - weights.partOfName) * share);
  }
  for (const [id, found] of comments) {
    const share = shareOfWords(index, index.items[id]?.commentWords ?? [], found, weights.prefix);
    gain(
      index,
      matched,
      id,
      found,
      weights.comment * (weights.partOfName + (1 - weights.partOfName) * share),
    );
  }
  return matched;
}

/** By item: a word of it → by the question's position how like it is. */
type Likest = Map<number, Map<number, number>>;

function collectLikest(
  asked: readonly AskedTerm[],
  itemsOf: (word: number) => readonly number[],
): Map<number, Likest> {
  const found = new Map<number, Likest>();
  for (const { position, matches } of asked) {
    for (const [word, likeness] of matches) {
      for (const item of itemsOf(word)) {
        const words = found.get(item) ?? new Map<number, Map<number, number>>();
        found.set(item, words);
        words.set(word, (words.get(word) ?? new Map<number, number>()).set(position, likeness));
      }
    }
  }
  return found;
}

function gain(
  index: NameIndex,
  matched: (Matched | undefined)[],
  item: number,
  found: Likest,
  factor: number,
): void {
  const known = (matched[item] ??= new Map());
  for (const [word, positions] of found) {
    const weight = (index.words[word]?.weight ?? 0) * factor;
    for (const [position, likeness] of positions) {
      if (likeness * weight > (known.get(position) ?? 0)) known.set(position, likeness * weight);
    }
  }
}

const sumOf = (matched: Matched | undefined) =>
  matched ? [...matched.values()].reduce((sum, one) => sum + one, 0) : 0;

/** Share of a name's or comment's words that the question holds, the words weighed. */
function shareOfWords(
  index: NameIndex,
  words: readonly number[],
  found: Likest,
  prefixShare: number,
): number {
  let [asked, all] = [0, 0];
  for (const id of words) {
    const word = index.words[id];
    const weight = (word?.weight ?? 0) * (word?.isPrefix ? prefixShare : 1);
    all += weight;
    asked += weight * Math.max(0, ...(found.get(id)?.values() ?? []));
  }
  return all === 0 ? 0 : asked / all;
}

/** A table's name, and for each word of the question the best of its columns that the name does not explain. */
function explainWords(
  index: NameIndex,
  matched: readonly (Matched | undefined)[],
  table: number,
  weights: LinkWeights,
  factor: number,
): Matched {
  const [first, ...columns] = index.itemsOf[table] ?? [];
  const own = matched[first ?? -1];
  const best = new Map<number, number>();
  for (const item of columns) {
    const share = index.items[item]?.isReference ? weights.reference : 1;
    for (const [position, gain] of matched[item] ?? []) {
      if (gain * share > (best.get(position) ?? 0)) best.set(position, gain * share);
    }
  }
  const explained: Matched = new Map();
  for (const position of new Set([...(own?.keys() ?? []), ...best.keys()])) {
    const byName = own?.get(position) ?? 0;
    const further = Math.max(0, (best.get(position) ?? 0) - byName);
    explained.set(position, factor * (weights.tableName * byName + weights.columnName * further));
  }
  return explained;
}

function copyShare(
  { copies, wordIds }: NameIndex,
  asked: readonly AskedTerm[],
  table: number,
  weights: LinkWeights,
): number {
  const said = copies.get(table);
  if (said === undefined) return 1;
  const word = wordIds.get(said);
  return word !== undefined && asked.some(({ matches }) => (matches.get(word) ?? 0) >= 0.6)
    ? 1
    : weights.copy;
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
