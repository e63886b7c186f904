import type { SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import type { ValueHint } from './find-hints.ts';
import { rankOnce, selectTables } from './linking/index.ts';

/** Columns that a prompt holds at most; beyond, tables are chosen. At about 4 tokens each, 600 tokens. */
export const maxPromptColumns = 150;

/**
 * The tables that a prompt holds, in the schema's order: all of them when they fit, else those that the question's
 * words and the values found rank first, with the tables that join them. At least one table is always kept. `needed`
 * tables (by the view's words) come before all others.
 */
export function chooseTables(
  view: SchemaView,
  questionWords: readonly string[],
  hints: readonly ValueHint[],
  needed: readonly string[] = [],
): TableView[] {
  const columnCount = view.tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (columnCount <= maxPromptColumns) return view.tables;
  return selectTables(rankOnce(view, questionWords, hints), {
    budget: maxPromptColumns,
    costOf: (table) => table.columns.length,
    needed,
  });
}
