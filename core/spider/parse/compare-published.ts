import { z } from 'zod';
import { foldName } from '../resolve-keys.ts';
import type { ParsedSchema } from '../../contract/dataset.ts';
import type { PublishedSchema } from '../tables-json.ts';

const sideSchema = z.object({ onlyInTablesJson: z.array(z.string()), onlyInSqlite: z.array(z.string()) });

/** Where Spider's tables.json and the SQLite file disagree on one database; names are compared without case. */
export const schemaDifferencesSchema = z.object({
  tables: sideSchema,
  columns: sideSchema,
  primaryKeys: sideSchema,
  foreignKeys: sideSchema,
});
export type SchemaDifferences = z.infer<typeof schemaDifferencesSchema>;

/** Keys are compared column by column, as tables.json lists them. */
export function comparePublished(parsed: ParsedSchema, published: PublishedSchema): SchemaDifferences {
  const { tables } = parsed;
  return {
    tables: compare(
      published.tables,
      tables.map(({ name }) => name),
    ),
    columns: compare(
      published.columns,
      tables.flatMap((table) => table.columns.map(({ name }) => `${table.name}.${name}`)),
    ),
    primaryKeys: compare(
      published.primaryKeys,
      tables.flatMap((table) => table.primaryKey.map((name) => `${table.name}.${name}`)),
    ),
    foreignKeys: compare(published.foreignKeys, tables.flatMap(describeForeignKeys)),
  };
}

function describeForeignKeys({ foreignKeys }: ParsedSchema['tables'][number]): string[] {
  return foreignKeys.flatMap(({ table, columns, targetTable, targetColumns }) =>
    columns.map((column, index) => `${table}.${column} > ${targetTable}.${targetColumns[index] ?? '?'}`),
  );
}

function compare(published: string[], stored: string[]): z.infer<typeof sideSchema> {
  return {
    onlyInTablesJson: without(published, stored),
    onlyInSqlite: without(stored, published),
  };
}

function without(names: string[], others: string[]): string[] {
  const known = new Set(others.map(foldName));
  return [...new Set(names)].filter((name) => !known.has(foldName(name))).sort();
}
