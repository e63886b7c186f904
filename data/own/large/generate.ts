import { writeFileSync } from 'node:fs';
import type { DatabaseSchema, Table } from '../../../core/contract/schema.ts';
import { makeCopies } from './copies.ts';
import { readModules } from './read-modules.ts';

const tableCount = 600;

/** The schema as introspection would report it, by table name; no row counts, for there are no rows. */
export function generateEnterpriseSchema(): DatabaseSchema {
  const modules = readModules();
  const tables = [...modules, ...makeCopies(modules, tableCount - modules.length)];
  tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    database: 'enterprise',
    serverVersion: '18',
    searchPath: ['public'],
    tables: tables.map(withoutEmpty),
  };
}

/** CREATE TABLE, comments and foreign keys, in an order in which PostgreSQL takes them. */
export function renderDdl({ tables }: DatabaseSchema): string {
  return [
    ...tables.map(renderTable),
    ...tables.flatMap(renderComments),
    ...tables.flatMap(renderForeignKeys),
  ].join('\n');
}

function renderTable({ name, columns, primaryKey }: Table): string {
  const lines = columns.map(
    (column) => `  ${column.name} ${column.type}${column.nullable ? '' : ' NOT NULL'}`,
  );
  if (primaryKey.length > 0) lines.push(`  PRIMARY KEY (${primaryKey.join(', ')})`);
  return `CREATE TABLE ${name} (\n${lines.join(',\n')}\n);`;
}

function renderComments({ name, comment, columns }: Table): string[] {
  const described = columns.filter((column) => column.comment !== undefined);
  return [
    ...(comment === undefined ? [] : [`COMMENT ON TABLE ${name} IS '${comment}';`]),
    ...described.map((column) => `COMMENT ON COLUMN ${name}.${column.name} IS '${column.comment ?? ''}';`),
  ];
}

function renderForeignKeys({ name, foreignKeys }: Table): string[] {
  return foreignKeys.map(
    ({ columns, targetTable, targetColumns }) =>
      `ALTER TABLE ${name} ADD FOREIGN KEY (${columns.join(', ')}) REFERENCES ${targetTable} (${targetColumns.join(', ')});`,
  );
}

function withoutEmpty({ comment, ...table }: Table): Table {
  return comment === undefined ? table : { ...table, comment };
}

/** One table a line. */
export function renderJson({ tables, ...database }: DatabaseSchema): string {
  const lines = tables.map((table) => JSON.stringify(table)).join(',\n');
  return `${JSON.stringify(database).slice(0, -1)},"tables":[\n${lines}\n]}\n`;
}

if (import.meta.main)
  writeFileSync(new URL('schema.json', import.meta.url), renderJson(generateEnterpriseSchema()));
