import type { ColumnView, SchemaView, TableView } from '../sql/sketch/schema-view.ts';
import type { ValueHint } from './find-hints.ts';
import { rankSchema, selectTables } from './linking/index.ts';

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

/** Columns that a prompt holds at most; beyond, tables are chosen. At about 4 tokens each, 600 tokens. */
export const maxPromptColumns = 150;

/**
 * The tables that a prompt holds, in the schema's order: all of them when they fit, else those that the question's
 * words and the values found rank first, with the tables that join them. At least one table is always kept.
 */
export function chooseTables(
  view: SchemaView,
  questionWords: readonly string[],
  hints: readonly ValueHint[],
): TableView[] {
  const columnCount = view.tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (columnCount <= maxPromptColumns) return view.tables;
  return selectTables(rankSchema(view, questionWords, { hints }), {
    budget: maxPromptColumns,
    costOf: (table) => table.columns.length,
  });
}
