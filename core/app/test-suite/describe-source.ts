import { makeFillings } from '../../conversion/filling/index.ts';
import type { LoadMark } from '../../conversion/load-once.ts';
import type { LoadedTable } from '../../conversion/load.ts';
import { readShippedRows, type SuiteSource, type TextRow } from '../../evaluation/test-suite/index.ts';
import type { Database } from '../../postgres/index.ts';
import { fitRows } from './fit-rows.ts';
import { readTables, type FoundTables } from './read-tables.ts';

/** What the fillings made from a query need beside its text. */
export interface SourceOptions {
  /** Of what is drawn at random. */
  seed: number;
  /**
   * Where fillings hold NULLs: `shipped`, the default, in columns whose shipped rows hold some; `allowed` in all
   * that are not declared NOT NULL.
   */
  nulls?: 'shipped' | 'allowed' | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Describes a database for its test suite: one that the conversion has loaded by what the conversion knows of it, any
 * other by its catalogue and some of its rows. Tables of one namespace only: the first on the search path.
 * The conversion's parser must be loaded.
 * @throws AppError NOT_FOUND where the database shows no table
 */
export async function describeSource(
  database: Pick<Database, 'readRows'>,
  dbId: string,
  options: SourceOptions,
): Promise<SuiteSource> {
  const { found, shipped, tables } = await describeTables(database, options);
  const typeOf = new Map(found.types);
  return {
    dbId,
    namespace: found.namespace,
    enums: found.enums,
    shipped,
    tables: tables.map((table) => ({
      ...table,
      columns: table.columns.map(({ name, type, notNull }) => ({
        name,
        type: typeOf.get(`${table.name}.${name}`) ?? type,
        notNull,
      })),
    })),
    makeQueryRows: (goldSql) =>
      makeQuietly(goldSql, tables, options.seed).map((set) =>
        fitRows(set, { tables, types: typeOf, shipped }),
      ),
  };
}

/** The tables as the makers of rows want them, with some of their rows. */
export async function describeTables(
  database: Pick<Database, 'readRows'>,
  { nulls, signal }: Pick<SourceOptions, 'nulls' | 'signal'>,
): Promise<{ found: FoundTables; shipped: Map<string, TextRow[]>; tables: LoadedTable[] }> {
  const found = (await readLoaded(database)) ?? (await readTables(database, signal));
  const shipped = new Map<string, TextRow[]>();
  for (const table of found.tables) {
    shipped.set(table.name, await readShippedRows(database, found.namespace, table, signal));
  }
  const tables = found.tables.map((table) => noteShipped(table, shipped.get(table.name) ?? [], nulls));
  return { found, shipped, tables };
}

/** The conversion describes what it loaded in a comment on the schema. */
async function readLoaded(database: Pick<Database, 'readRows'>): Promise<FoundTables | undefined> {
  const rows = await database.readRows(
    "SELECT obj_description(oid, 'pg_namespace') AS text FROM pg_namespace WHERE nspname = current_schema()",
  );
  const text = rows[0]?.['text'];
  if (typeof text !== 'string' || !text.startsWith('{"key":')) return undefined;
  const { namespace, tables } = (JSON.parse(text) as LoadMark).database;
  return { namespace, tables, enums: [], types: [] };
}

/** What is no key and holds no NULL as shipped gets none, unless that is asked for. */
function noteShipped(
  table: LoadedTable,
  rows: readonly TextRow[],
  nulls: SourceOptions['nulls'],
): LoadedTable {
  if (nulls === 'allowed') return table;
  const columns = table.columns.map((column, index) => {
    const hasNulls = column.hasNulls || rows.some((row) => row[index] === null);
    return { ...column, notNull: column.notNull || !hasNulls };
  });
  return { ...table, columns };
}

/** A query that cannot be read has no rows of its own; the shuffled fillings go on. */
function makeQuietly(goldSql: string, tables: LoadedTable[], seed: number) {
  try {
    return makeFillings(goldSql, tables, { seed });
  } catch {
    return [];
  }
}
