import { stat, statfs } from 'node:fs/promises';
import { relative } from 'node:path';
import { AppError } from '../contract/index.ts';

/** Below this a lost server has most likely run out of room: PostgreSQL writes its log in pieces of 16 MB. */
const fullBelowBytes = 32 * 1024 ** 2;

/** @throws AppError INVALID_INPUT where something else than a folder lies in the data folder's place */
export async function expectFolder(dataDir: string): Promise<void> {
  const found = await stat(dataDir).catch((error: NodeJS.ErrnoException) => error);
  const isFile = found instanceof Error ? found.code === 'ENOTDIR' : !found.isDirectory();
  if (isFile) throw noFolder(dataDir);
}

/**
 * What the system said, as what is wrong with the data folder and what to do. What is said already, or is none of its
 * business, comes back as it is; a failure that nobody foresaw counts as a full disk where the disk is full: a server
 * without room ends, and its clients only hear that the connection is lost.
 */
export async function describeStorageError(error: unknown, dataDir: string): Promise<unknown> {
  if (error instanceof Error && error.name === 'AbortError') return error;
  const code = error instanceof AppError ? undefined : (error as NodeJS.ErrnoException).code;
  if (isElsewhere(error, dataDir)) return error;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError('PERMISSION_DENIED', `The data folder ${dataDir} may not be written (${code}).`, {
        hint: 'Give your user access to it, or choose another with --data-dir.',
        cause: error,
      });
    case 'ENOTDIR':
    case 'EEXIST':
      return noFolder((error as NodeJS.ErrnoException).path ?? dataDir, error);
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(dataDir, error);
    default:
      return isUnforeseen(error) && (await isFull(dataDir)) ? diskFull(dataDir, error) : error;
  }
}

/** Of a file that the message should name instead: a release to import, a document to write into. */
function isElsewhere(error: unknown, dataDir: string): boolean {
  const { path } = error as NodeJS.ErrnoException;
  return path !== undefined && relative(dataDir, path).startsWith('..');
}

function isUnforeseen(error: unknown): boolean {
  return AppError.from(error).code === 'INTERNAL';
}

async function isFull(folder: string): Promise<boolean> {
  const found = await statfs(folder).catch(() => undefined);
  return found !== undefined && found.bavail * found.bsize < fullBelowBytes;
}

function noFolder(path: string, cause?: unknown): AppError {
  return new AppError('INVALID_INPUT', `${path} is a file where a folder is expected.`, {
    hint: 'Choose another data folder with --data-dir.',
    cause,
  });
}

function diskFull(dataDir: string, cause: unknown): AppError {
  return new AppError('DISK_FULL', `The disk that holds ${dataDir} is full.`, {
    hint: 'Free about 1 GB there, or choose another with --data-dir, then run it again: what is finished is kept.',
    cause,
  });
}
