import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { AppError } from '../contract/errors.ts';
import { sqliteFileOf } from './layout.ts';

export type SqliteDatabase = Sqlite.Database;

/** Opens a Spider database read-only. The caller closes it. */
export function openSqlite(spiderDir: string, dbId: string): SqliteDatabase {
  const file = sqliteFileOf(spiderDir, dbId);
  if (!existsSync(file)) {
    throw new AppError('DATASET_MISSING', `The database ${dbId} is missing: no file ${file}.`, {
      hint: 'Import a complete spider.zip; examples name this database.',
    });
  }
  try {
    return new Sqlite(file, { readonly: true, fileMustExist: true, timeout: 2000 });
  } catch (error) {
    throw corrupt(file, error);
  }
}

/** @throws AppError DATASET_MISSING or DATASET_CORRUPT where the file is absent, or not a SQLite database. */
export function checkSqliteFile(spiderDir: string, dbId: string): void {
  const database = openSqlite(spiderDir, dbId);
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    throw corrupt(database.name, error);
  } finally {
    database.close();
  }
}

function corrupt(file: string, error: unknown): AppError {
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('DATASET_CORRUPT', `${file} cannot be read as a SQLite database: ${reason}`, {
    hint: 'Close programs that hold it open, or import spider.zip again.',
    cause: error,
  });
}
