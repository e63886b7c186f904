import type { ColumnView, SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import type { NameLink } from './link-names.ts';

function columnText(view: SchemaView, table: TableView, column: ColumnView): string {
  const key = table.table.primaryKey.includes(column.column.name) ? ' key' : '';
  const edge = view.edges.find(
    (candidate) => candidate.from === table.word && candidate.fromColumns.includes(column.column.name),
  );
  return `${column.word} ${column.kind}${key}${edge ? ` > ${edge.to}` : ''}`;
}

function tableText(view: SchemaView, table: TableView): string {
  return `${table.word} ( ${table.columns.map((column) => columnText(view, table, column)).join(' ')} )`;
}

/**
 * A schema as a prompt holds it: names, kinds of types, primary and foreign keys; never a row. Every word
 * stands between spaces, so that a name has the same tokens here, in the question and in the answer.
 */
export function serializeSchema(view: SchemaView, tables: readonly TableView[] = view.tables): string {
  return `SCHEMA ${tables.map((table) => tableText(view, table)).join(' ')}`;
}

/**
 * All tables, the likeliest to be needed first: those in `needed` (by word), then by what the question's words name,
 * then their neighbours along foreign keys; else in the schema's order.
 */
export function rankTables(
  view: SchemaView,
  links: readonly NameLink[],
  needed: ReadonlySet<string>,
): TableView[] {
  const scores = new Map<string, number>();
  const add = (word: string, score: number) => scores.set(word, (scores.get(word) ?? 0) + score);
  for (const word of needed) add(word, 100);
  for (const link of links) add(link.table.word, link.column ? link.score : link.score * 2);
  for (const edge of view.edges) {
    // A bridge between two linked tables is needed to join them.
    if (scores.has(edge.from)) add(edge.to, 0.2);
    if (scores.has(edge.to)) add(edge.from, 0.3);
  }
  return view.tables.toSorted((a, b) => (scores.get(b.word) ?? 0) - (scores.get(a.word) ?? 0));
}

/** Columns that a prompt holds at most; beyond, tables are chosen. At about 4 tokens each, 600 tokens. */
export const maxPromptColumns = 150;

/**
 * The tables that a prompt holds: all of them when they fit, else the best linked ones and their neighbours
 * along foreign keys, in the schema's order. At least one table is always kept.
 */
export function chooseTables(
  view: SchemaView,
  links: readonly NameLink[],
  needed: ReadonlySet<string>,
): TableView[] {
  const columnCount = view.tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (columnCount <= maxPromptColumns) return view.tables;
  const ranked = rankTables(view, links, needed);
  const kept = new Set<TableView>();
  let used = 0;
  for (const table of ranked) {
    if (kept.size > 0 && used + table.columns.length > maxPromptColumns) continue;
    kept.add(table);
    used += table.columns.length;
  }
  return view.tables.filter((table) => kept.has(table));
}
