import { openSqlite, type SqliteDatabase } from '../sqlite-database.ts';
import { openTextDecoder, quoteSqliteName } from '../sqlite-rows.ts';
import { readSqliteSchema, type SqliteTable } from '../sqlite-schema.ts';
import { resolveForeignKey } from '../resolve-keys.ts';
import { comparePublished, type SchemaDifferences } from './compare-published.ts';
import type { ParsedSchema } from '../../contract/dataset.ts';
import type { PublishedSchema } from '../tables-json.ts';

type ParsedTable = ParsedSchema['tables'][number];
type ObservedTypes = ParsedTable['columns'][number]['observedTypes'];

const storageClasses = ['null', 'integer', 'real', 'text', 'blob'] as const;
const maxSamples = 5;
/** Longer values say little about a column and much of one row. */
const maxSampleLength = 60;
/** SQLite answers with 2,000 columns at most; each column asks for one count per storage class. */
const columnsPerQuery = 100;

export interface ParseTask {
  spiderDir: string;
  dbId: string;
  /** What tables.json says of it, where it does. */
  published: PublishedSchema | undefined;
}

export interface ParsedDatabase {
  schema: ParsedSchema;
  differences: SchemaDifferences | undefined;
}

/** A database as SQLite has it, with what its rows show. Blocks: for a worker thread. */
export function parseDatabase({ spiderDir, dbId, published }: ParseTask): ParsedDatabase {
  const database = openSqlite(spiderDir, dbId);
  try {
    const tables = readSqliteSchema(database);
    const schema = { dbId, tables: tables.map((table) => parseTable(database, table, tables)) };
    return { schema, differences: published && comparePublished(schema, published) };
  } finally {
    database.close();
  }
}

function parseTable(database: SqliteDatabase, table: SqliteTable, tables: SqliteTable[]): ParsedTable {
  const names = table.columns.map(({ name }) => name);
  const { rowCount, observedTypes } = countClasses(database, table.name, names);
  return {
    name: table.name,
    columns: table.columns.map((column, index) => ({
      name: column.name,
      declaredType: column.declaredType,
      observedTypes: observedTypes[index] ?? {},
      notNull: column.notNull,
      samples: rowCount === 0 ? [] : readSamples(database, table.name, column.name),
    })),
    primaryKey: table.primaryKey,
    uniqueKeys: table.uniqueKeys.filter((key) => key.join('\0') !== table.primaryKey.join('\0')),
    foreignKeys: table.foreignKeys.map((key) => ({ table: table.name, ...resolveForeignKey(key, tables) })),
    rowCount,
  };
}

/** How often each storage class occurs in each column, in one pass over the table. */
function countClasses(database: SqliteDatabase, table: string, columns: string[]) {
  let rowCount = 0;
  const observedTypes: ObservedTypes[] = [];
  for (let from = 0; from < columns.length; from += columnsPerQuery) {
    const chunk = columns.slice(from, from + columnsPerQuery);
    const counts = chunk.flatMap((column) =>
      storageClasses.map((name) => `count(*) FILTER (WHERE typeof(${quoteSqliteName(column)}) = '${name}')`),
    );
    const row = database
      .prepare(`SELECT count(*), ${counts.join(', ')} FROM ${quoteSqliteName(table)}`)
      .raw()
      .get() as number[];
    rowCount = row[0] ?? 0;
    chunk.forEach((_, index) => observedTypes.push(toObserved(row.slice(1 + index * storageClasses.length))));
  }
  return { rowCount, observedTypes };
}

function toObserved(counts: number[]): ObservedTypes {
  const pairs = storageClasses.map((name, index) => [name, counts[index] ?? 0] as const);
  return Object.fromEntries(pairs.filter(([, count]) => count > 0));
}

/** NOT INDEXED, because an index would give its own order in place of the order stored. */
function readSamples(database: SqliteDatabase, table: string, column: string): string[] {
  const name = quoteSqliteName(column);
  const values = database
    .prepare(
      `SELECT DISTINCT CAST(CAST(${name} AS TEXT) AS BLOB) FROM ${quoteSqliteName(table)} NOT INDEXED
      WHERE typeof(${name}) IN ('integer', 'real', 'text')
        AND length(CAST(${name} AS TEXT)) BETWEEN 1 AND ${maxSampleLength} LIMIT ${maxSamples}`,
    )
    .pluck()
    .all() as Uint8Array[];
  return values.map(openTextDecoder(database));
}
