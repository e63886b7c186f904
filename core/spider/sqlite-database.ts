import { existsSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { AppError } from '../contract/errors.ts';
import { sqliteFileOf } from './layout.ts';
import { downloadAgainHint } from './manual-steps.ts';

export type SqliteDatabase = Sqlite.Database;

/** How long another program's lock is waited for. */
const lockTimeoutMs = 2_000;

/** Opens a Spider database read-only. The caller closes it. */
export function openSqlite(spiderDir: string, dbId: string): SqliteDatabase {
  const file = sqliteFileOf(spiderDir, dbId);
  if (!existsSync(file)) {
    throw new AppError('DATASET_MISSING', `The database ${dbId} is missing: no file ${file}.`, {
      hint: 'Import a complete spider.zip; examples name this database.',
    });
  }
  return openSqliteFile(file);
}

/**
 * Opens any SQLite file read-only, and reads its first page: only that tells a lock, and a file that is none.
 * @throws AppError DATASET_CORRUPT, or CONFLICT where another program holds it locked.
 */
export function openSqliteFile(file: string): SqliteDatabase {
  let database: SqliteDatabase | undefined;
  try {
    database = new Sqlite(file, { readonly: true, fileMustExist: true, timeout: lockTimeoutMs });
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return database;
  } catch (error) {
    database?.close();
    throw describeSqliteError(file, error);
  }
}

/** What SQLite's refusal to read a file means, with the file's name and what to do. */
export function describeSqliteError(file: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, message } = error as Error & { code?: string };
  if (code?.startsWith('SQLITE_BUSY') || code?.startsWith('SQLITE_LOCKED')) {
    return new AppError('CONFLICT', `${file} is locked by another program.`, {
      hint: 'Close the program that has this database open (a SQLite browser, an unfinished transaction) and try again.',
      cause: error,
    });
  }
  return new AppError('DATASET_CORRUPT', `${file} cannot be read as a SQLite database: ${message}`, {
    hint: `The file is damaged or may not be read by this user. ${downloadAgainHint}`,
    cause: error,
  });
}
