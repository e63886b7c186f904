import Database from 'better-sqlite3';
import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../contract/index.ts';
import { createConnectionRows, type ConnectionRows } from './connection-rows.ts';
import { ensureDataDir, ensurePrivateFile } from './data-dir.ts';
import { createHistoryRows, type HistoryRows } from './history-rows.ts';
import { createJobRows, type JobRows } from './job-rows.ts';
import { migrations } from './migrations.ts';
import { createNetworkRows, type NetworkRows } from './network-rows.ts';
import { createSettingRows, type SettingRows } from './setting-rows.ts';
import { createVerifiedRows, type VerifiedRows } from './verified-rows.ts';

export interface Store {
  connections: ConnectionRows;
  history: HistoryRows;
  jobs: JobRows;
  network: NetworkRows;
  settings: SettingRows;
  verified: VerifiedRows;
  close(): void;
}

/**
 * Opens the app's own SQLite file, making or migrating it. Every method is synchronous and takes well under 50 ms.
 * @throws AppError INTERNAL when the file is damaged, CONFLICT when a newer version of the app wrote it,
 *   PERMISSION_DENIED when it cannot be written. A damaged file stays where it is: see `moveStoreAside`.
 */
export function openStore({ file }: { file: string }): Store {
  const database = openDatabase(file);
  return {
    connections: createConnectionRows(database),
    history: createHistoryRows(database),
    jobs: createJobRows(database),
    network: createNetworkRows(database),
    settings: createSettingRows(database),
    verified: createVerifiedRows(database),
    close: () => database.close(),
  };
}

/**
 * Moves a damaged store out of the way, so that the next start makes a new one. Only ever on the user's word.
 * @returns the path of what was moved
 */
export function moveStoreAside(file: string, now = new Date()): string {
  const aside = `${file}.damaged-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  return aside;
}

function openDatabase(file: string): Database.Database {
  let database: Database.Database | undefined;
  try {
    ensureDataDir(dirname(file));
    ensurePrivateFile(file);
    database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('foreign_keys = ON');
    // Two processes may share the file: the app and the command line.
    database.pragma('busy_timeout = 5000');
    if (database.pragma('quick_check', { simple: true }) !== 'ok') throw damaged(file);
    migrate(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw explain(error, file);
  }
}

function migrate(database: Database.Database, file: string): void {
  const run = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > migrations.length) throw fromTheFuture(file);
    for (const sql of migrations.slice(version)) database.exec(sql);
    database.pragma(`user_version = ${migrations.length}`);
  });
  run.immediate();
}

function explain(error: unknown, file: string): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return damaged(file, error);
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM)|EACCES|EPERM|EROFS)/.test(code)) {
    return new AppError('PERMISSION_DENIED', `The app's store ${file} cannot be opened for writing.`, {
      hint: 'Give yourself the right to write there, or set SQLCODEGEN_DATA_DIR to another folder.',
      cause: error,
    });
  }
  return AppError.from(error);
}

function damaged(file: string, cause?: unknown): AppError {
  return new AppError('INTERNAL', `The app's store ${file} is damaged.`, {
    hint: 'Restore it from a backup, or run `npm run -s sqlcodegen -- store reset` to move it aside and begin a new one.',
    details: { reason: 'store-damaged', file },
    cause,
  });
}

function fromTheFuture(file: string): AppError {
  return new AppError('CONFLICT', `The app's store ${file} was written by a newer version of the app.`, {
    hint: 'Update the app, or set SQLCODEGEN_DATA_DIR to another folder.',
  });
}
