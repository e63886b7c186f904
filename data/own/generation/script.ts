import { readFileSync } from 'node:fs';

export type Value = string | number | boolean | null;

export interface TableRows {
  /** As it stands in SQL, quoted where it must be. */
  table: string;
  /** As they stand in SQL, quoted where they must be. */
  columns: readonly string[];
  rows: readonly (readonly Value[])[];
}

/** The tables of a database (its hand-written `tables.sql`) and their rows as one script. */
export function renderScript(name: string, tables: readonly TableRows[]): string {
  const ddl = readFileSync(new URL(`../${name}/tables.sql`, import.meta.url), 'utf8').trimEnd();
  return `${[`-- Written by data/own/generate.ts from ${name}/tables.sql and ${name}/rows.ts: change those.`, ddl, ...tables.map(renderRows)].join('\n\n')}\n`;
}

function renderRows({ table, columns, rows }: TableRows): string {
  const lines = rows.map((row) => {
    if (row.length !== columns.length)
      throw new RangeError(`${table}: ${row.length} values for ${columns.length} columns.`);
    return `(${row.map(renderValue).join(', ')})`;
  });
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES\n${lines.join(',\n')};`;
}

function renderValue(value: Value): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
