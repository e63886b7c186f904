import { AppError } from '../contract/errors.ts';

/** Primary result codes: https://www.sqlite.org/rescode.html */
const refusals = new Set([
  1, // SQLITE_ERROR: no such column, integer overflow, …
  18, // SQLITE_TOOBIG
  20, // SQLITE_MISMATCH
  25, // SQLITE_RANGE
]);
const unreadable = new Set([
  10, // SQLITE_IOERR
  11, // SQLITE_CORRUPT
  14, // SQLITE_CANTOPEN
  26, // SQLITE_NOTADB
]);
const full = 13;

/**
 * Whether an error is SQLite's word on the query. A damaged file, a full disk or a lack of memory says nothing about it,
 * and recorded as a fault of the pair it would stay one.
 */
export function isSqliteRefusal(error: unknown): boolean {
  return refusals.has(primaryCodeOf(error) ?? -1);
}

/** What such trouble is, and what to do; the rest comes back as it is. */
export function describeSqliteTrouble(error: unknown): unknown {
  const code = primaryCodeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  if (code === full) {
    return new AppError('DISK_FULL', 'SQLite has no room left for its temporary files.', {
      hint: 'Free about 1 GB on that disk, then run it again: what is finished is kept.',
      cause: error,
    });
  }
  if (!unreadable.has(code)) return error;
  return new AppError('DATASET_CORRUPT', `SQLite cannot read the database: ${error.message}.`, {
    hint: 'Check the import with `sqlcodegen data verify`; `sqlcodegen data import FILE` makes it anew.',
    cause: error,
  });
}

/** Extended codes carry the primary one in their low byte. */
function primaryCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
