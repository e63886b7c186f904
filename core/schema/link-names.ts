import { type ColumnView, type SchemaView, type TableView } from '../sql/sketch/schema-view.ts';
import { splitName, stemWord, stopWords } from './question-words.ts';

/** A table, or a column of it, that a question seems to name. */
export interface NameLink {
  table: TableView;
  column?: ColumnView;
  /** Index of the first question word that matches. */
  position: number;
  /** 1 when the whole name was found, less for a part of it. */
  score: number;
}

/** Most links kept for one position of the question, and in all. */
const maxPerPosition = 4;
const maxLinks = 14;

function findWord(
  stems: readonly string[],
  wanted: string,
): { position: number; exact: boolean } | undefined {
  const exact = stems.indexOf(wanted);
  if (exact >= 0) return { position: exact, exact: true };
  const near = stems.findIndex(
    (stem) =>
      Math.min(stem.length, wanted.length) >= 4 && (stem.startsWith(wanted) || wanted.startsWith(stem)),
  );
  return near < 0 ? undefined : { position: near, exact: false };
}

/** Share of a name's words that the question holds, and where the first of them stands. */
function matchName(stems: readonly string[], name: string, implied: readonly string[] = []) {
  const words = splitName(name);
  const wanted = words.filter((word) => !implied.includes(word));
  const parts = wanted.length > 0 ? wanted : words;
  let position = Number.POSITIVE_INFINITY;
  let found = 0;
  for (const part of parts) {
    const match = stopWords.has(part) ? undefined : findWord(stems, part);
    if (!match) continue;
    found += match.exact ? 1 : 0.7;
    position = Math.min(position, match.position);
  }
  return { position, score: found / parts.length };
}

function linkColumns(stems: readonly string[], table: TableView, tableScore: number): NameLink[] {
  const implied = splitName(table.table.name);
  return table.columns.flatMap((column): NameLink[] => {
    const { position, score } = matchName(stems, column.column.name, implied);
    // Every child of `customers` has a customer_id: named in part, it says nothing.
    const isForeignKey = table.table.foreignKeys.some((key) => key.columns.includes(column.column.name));
    if (score < (isForeignKey ? 1 : 0.3)) return [];
    // A column of a table that the question names is likelier than its namesake elsewhere.
    return [{ table, column, position, score: score + (tableScore > 0 ? 0.5 : 0) }];
  });
}

function keepBest(links: NameLink[]): NameLink[] {
  const byPosition = Map.groupBy(links, (link) => link.position);
  return [...byPosition.values()]
    .flatMap((group) => group.toSorted((a, b) => b.score - a.score).slice(0, maxPerPosition))
    .toSorted((a, b) => a.position - b.position || b.score - a.score)
    .slice(0, maxLinks);
}

/** The tables and columns that a question's words name, in the question's order. Lexical: no synonyms. */
export function linkNames(view: SchemaView, questionWords: readonly string[]): NameLink[] {
  const stems = questionWords.map((word) => stemWord(word));
  const links = view.tables.flatMap((table): NameLink[] => {
    const { position, score } = matchName(stems, table.table.name);
    const own: NameLink[] = score >= 0.5 ? [{ table, position, score: score + 1 }] : [];
    return [...own, ...linkColumns(stems, table, score >= 0.5 ? score : 0)];
  });
  return keepBest(links);
}
