import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join, normalize, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { AppError } from '../contract/errors.ts';
import { toLayoutPath } from './layout.ts';
import type { Entry, ZipFile } from 'yauzl';

/** Spider's official zip unpacks to under 1 GiB; anything far beyond that is not Spider. */
const maxTotalBytes = 4 * 1024 ** 3;
const maxEntries = 20_000;
/** Deflate's own ceiling is near 1,030 : 1, text and SQLite files stay far below 200 : 1. */
const maxRatio = 200;
/** Small files of zeros compress extremely well; the ratio only counts from here on. */
const ratioFloorBytes = 16 * 1024 ** 2;

export interface UnpackedFile {
  path: string;
  bytes: number;
  sha256: string;
}

export interface UnpackOptions {
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Unpacks the files of a Spider zip that belong to its layout into `targetDir`, and hashes them on the way.
 * @throws AppError DATASET_CORRUPT for a damaged zip, a path that leaves the folder, or a zip bomb.
 */
export async function unpackZip(
  zipFile: string,
  targetDir: string,
  options: UnpackOptions,
): Promise<UnpackedFile[]> {
  const zip = await openZip(zipFile);
  try {
    return await unpackEntries(zip, zipFile, targetDir, options);
  } catch (error) {
    throw describeZipError(zipFile, error);
  } finally {
    zip.close();
  }
}

async function openZip(zipFile: string): Promise<ZipFile> {
  try {
    return await openPromise(zipFile, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
  } catch (error) {
    throw describeZipError(zipFile, error);
  }
}

async function unpackEntries(zip: ZipFile, zipFile: string, targetDir: string, options: UnpackOptions) {
  if (zip.entryCount > maxEntries) throw bomb(zipFile, `it lists ${zip.entryCount} files`);
  const files: UnpackedFile[] = [];
  let totalBytes = 0;
  for await (const entry of zip.eachEntry()) {
    options.signal?.throwIfAborted();
    checkEntry(zipFile, entry);
    totalBytes += entry.uncompressedSize;
    if (totalBytes > maxTotalBytes) throw bomb(zipFile, 'it unpacks to more than 4 GiB');
    const path = toLayoutPath(entry.fileName);
    if (path === undefined) continue;
    files.push(await writeEntry(zip, entry, path, targetDir, options.signal));
    if (files.length % 50 === 0) options.report?.(`unpacked ${files.length} files`);
  }
  return files;
}

function checkEntry(zipFile: string, entry: Entry): void {
  const clean = normalize(entry.fileName);
  if (clean.startsWith('..') || clean.startsWith(sep) || /^[a-z]:/i.test(clean)) {
    throw new AppError(
      'DATASET_CORRUPT',
      `${zipFile} holds a path that leaves its folder: ${entry.fileName}`,
      {
        hint: 'Do not use this file. Download spider.zip again from its official page.',
      },
    );
  }
  const ratio = entry.uncompressedSize / Math.max(entry.compressedSize, 1);
  if (entry.uncompressedSize > ratioFloorBytes && ratio > maxRatio) {
    throw bomb(zipFile, `${entry.fileName} is packed ${Math.round(ratio)} : 1`);
  }
}

async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  targetDir: string,
  signal: AbortSignal | undefined,
): Promise<UnpackedFile> {
  const target = join(targetDir, path);
  await mkdir(dirname(target), { recursive: true });
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), hashing, createWriteStream(target), { signal });
  return { path, bytes: entry.uncompressedSize, sha256: hash.digest('hex') };
}

function bomb(zipFile: string, what: string): AppError {
  return new AppError('DATASET_CORRUPT', `${zipFile} does not look like Spider: ${what}.`, {
    hint: 'Download spider.zip again from its official page.',
  });
}

function describeZipError(zipFile: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') {
    return new AppError('DATASET_MISSING', `There is no file ${zipFile}.`, {
      hint: missingHint,
      cause: error,
    });
  }
  if (code === 'ENOSPC') {
    return new AppError('DISK_FULL', `The disk is full while unpacking ${zipFile}.`, { cause: error });
  }
  const escapes = /invalid relative path|absolute path|invalid characters/.test(error.message);
  const what = escapes ? 'holds a path that leaves its folder' : 'is not a readable zip file';
  return new AppError('DATASET_CORRUPT', `${zipFile} ${what}: ${error.message}`, {
    hint: 'Download spider.zip again; the copy on disk is damaged or incomplete.',
    cause: error,
  });
}

export const missingHint =
  'Download spider.zip by hand from the official Spider page and give its path, for example data/raw/spider/spider.zip.';
