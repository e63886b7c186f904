import { hashLoad } from './code-version.ts';
import { loadDatabase } from './load.ts';
import { quotePostgresName, toPostgresName } from './names.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { LoadedDatabase } from './load.ts';

export interface LoadMark {
  /** Hash of the SQLite file and of the code that loads it. */
  key: string;
  database: LoadedDatabase;
}

/**
 * The database as loaded into PostgreSQL; loads it where that is missing or comes from another file or other code.
 * What was loaded is described in a comment on its schema, which is written last and goes with the schema.
 * @throws AppError DATASET_MISSING or DATASET_CORRUPT where the SQLite file is absent, or not a database.
 */
export async function ensureLoaded(
  loader: RowLoader,
  spiderDir: string,
  dbId: string,
): Promise<LoadedDatabase> {
  const namespace = toPostgresName(dbId);
  const key = await hashLoad(spiderDir, dbId);
  const mark = await readLoadMark(loader, namespace);
  if (mark?.key === key) return mark.database;
  const database = await loadDatabase(loader, spiderDir, dbId);
  const text = JSON.stringify({ key, database } satisfies LoadMark);
  await loader.run(`COMMENT ON SCHEMA ${quotePostgresName(namespace)} IS ${quoteText(text)}`);
  return database;
}

/** What is loaded under a namespace, whether still valid or not; undefined where nothing is. */
export async function readLoadMark(loader: RowLoader, namespace: string): Promise<LoadMark | undefined> {
  const { rows } = await loader.read(
    `SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = ${quoteText(namespace)}`,
  );
  const text = rows[0]?.[0];
  if (text === null || text === undefined || !text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as LoadMark;
  } catch {
    return undefined;
  }
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
