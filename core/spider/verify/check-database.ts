import { describeSqliteError, openSqlite, type SqliteDatabase } from '../sqlite-database.ts';
import { quoteSqliteName } from '../sqlite-rows.ts';
import { readSqliteSchema, type SqliteTable } from '../sqlite-schema.ts';
import { foldName } from '../resolve-keys.ts';
import type { BrokenForeignKey } from './verify-report.ts';

export interface DatabaseTask {
  spiderDir: string;
  dbId: string;
  /** What tables.json says it has. */
  publishedTables: string[];
}

export interface DatabaseCheck {
  tables: { name: string; rows: number }[];
  missingTables: string[];
  brokenForeignKeys: BrokenForeignKey[];
  otherEncodings: { column: string; values: number }[];
  /** What SQLite's own check of the file found. */
  damage: string[];
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const maxDamage = 5;

/**
 * Everything about a database but its queries. Blocks: for a worker thread.
 * @throws AppError DATASET_MISSING, DATASET_CORRUPT, or CONFLICT where another program holds it locked.
 */
export function checkDatabase({ spiderDir, dbId, publishedTables }: DatabaseTask): DatabaseCheck {
  const database = openSqlite(spiderDir, dbId);
  try {
    const damage = (database.pragma(`integrity_check(${maxDamage})`) as { integrity_check: string }[]).map(
      (row) => row.integrity_check,
    );
    const schema = readSqliteSchema(database);
    const names = new Set(listNames(database).map(foldName));
    return {
      tables: schema.map(({ name }) => ({ name, rows: countRows(database, name) })),
      missingTables: publishedTables.filter((name) => !names.has(foldName(name))),
      brokenForeignKeys: schema.flatMap((table) => checkForeignKeys(database, dbId, table)),
      otherEncodings: schema.flatMap((table) => findOtherEncodings(database, table)),
      damage: damage.filter((line) => line !== 'ok'),
    };
  } catch (error) {
    throw describeSqliteError(database.name, error);
  } finally {
    database.close();
  }
}

/** tables.json also names `sqlite_sequence`, which is no table of the author's but is there. */
function listNames(database: SqliteDatabase): string[] {
  return database.prepare('SELECT name FROM sqlite_schema').pluck().all() as string[];
}

function countRows(database: SqliteDatabase, table: string): number {
  return database
    .prepare(`SELECT count(*) FROM ${quoteSqliteName(table)}`)
    .pluck()
    .get() as number;
}

function checkForeignKeys(database: SqliteDatabase, dbId: string, table: SqliteTable): BrokenForeignKey[] {
  const columns = database
    .prepare(`SELECT group_concat("from", ', ' ORDER BY seq) FROM pragma_foreign_key_list(?) WHERE id = ?`)
    .pluck();
  try {
    const broken = database
      .prepare('SELECT parent, fkid, count(*) AS rows FROM pragma_foreign_key_check(?) GROUP BY 1, 2')
      .all(table.name) as { parent: string; fkid: number; rows: number }[];
    return broken.map(({ parent, fkid, rows }) => ({
      dbId,
      key: `${table.name}(${columns.get(table.name, fkid) as string}) > ${parent}`,
      rows,
      reason: 'rows without a partner',
    }));
  } catch (error) {
    // One key whose target is not unique keeps SQLite from checking the table at all.
    return [
      { dbId, key: `${table.name}(…)`, reason: error instanceof Error ? error.message : String(error) },
    ];
  }
}

/** Only texts beyond ASCII are looked at: the rest is the same in every encoding. */
function findOtherEncodings(database: SqliteDatabase, table: SqliteTable): DatabaseCheck['otherEncodings'] {
  if (database.pragma('encoding', { simple: true }) !== 'UTF-8') return [];
  return table.columns.flatMap(({ name }) => {
    const column = quoteSqliteName(name);
    const texts = database
      .prepare(
        `SELECT CAST(${column} AS BLOB) FROM ${quoteSqliteName(table.name)}
        WHERE typeof(${column}) = 'text' AND ${column} GLOB '*[^' || char(1) || '-' || char(127) || ']*'`,
      )
      .pluck()
      .iterate() as Iterable<Uint8Array>;
    let values = 0;
    for (const text of texts) if (!isUtf8(text)) values += 1;
    return values > 0 ? [{ column: `${table.name}.${name}`, values }] : [];
  });
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
