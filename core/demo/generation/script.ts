import { readFileSync } from 'node:fs';
import type { DemoName } from '../../contract/demo.ts';

export type Value = string | number | boolean | null;

export interface TableRows {
  table: string;
  columns: string[];
  rows: Value[][];
}

export interface DemoScript {
  title: string;
  /** CREATE TABLE and COMMENT statements. */
  ddl: string;
  tables: TableRows[];
  /** Made after the rows: faster, and how one would do it by hand. */
  indexes: string[];
}

/** The CREATE TABLE and COMMENT statements of a demo database. */
export function readTables(name: DemoName): string {
  return readFileSync(new URL(`./tables/${name}.sql`, import.meta.url), 'utf8');
}

/** Rows of a table whose columns are written as one text, separated by spaces. */
export function table(name: string, columns: string, rows: Value[][]): TableRows {
  return { table: name, columns: columns.split(' '), rows };
}

/** A script for `psql -f`, and for one simple query of the app, which then is one transaction. */
export function renderScript(script: DemoScript): string {
  return [
    `-- ${script.title}. Written by "node core/demo/generate.ts"; do not edit by hand.`,
    script.ddl.trim(),
    ...script.tables.map(renderRows),
    script.indexes.join('\n'),
    // Value hints for prompts are read from pg_stats.
    script.tables.map(({ table }) => `ANALYZE ${table};`).join('\n'),
    '',
  ].join('\n\n');
}

function renderRows({ table, columns, rows }: TableRows): string {
  const lines = rows.map((row) => {
    if (row.length !== columns.length)
      throw new Error(`${table} has ${columns.length} columns, a row ${row.length}.`);
    return `(${row.map(renderValue).join(',')})`;
  });
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES\n${lines.join(',\n')};`;
}

function renderValue(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
