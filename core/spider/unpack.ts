import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import { AppError } from '../contract/errors.ts';
import { checkCount, planZip, type PlannedFile } from './check-zip.ts';
import { describeFileError } from './file-errors.ts';
import { downloadAgainHint } from './manual-steps.ts';
import type { ImportedFile } from './manifest.ts';
import type { Entry, ZipFile } from 'yauzl';

export interface UnpackOptions {
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Unpacks the files of a Spider zip that belong to its layout into `targetDir`, and hashes them on the way.
 * @throws AppError DATASET_CORRUPT for a damaged zip or one that attacks, DATASET_MISSING, DISK_FULL.
 */
export async function unpackZip(
  zipFile: string,
  targetDir: string,
  options: UnpackOptions,
): Promise<ImportedFile[]> {
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(zipFile, { lazyEntries: true, autoClose: false, validateEntrySizes: true });
    const planned = planZip(zipFile, await listEntries(zip, zipFile, options.signal));
    return await writeEntries(zip, planned, targetDir, options);
  } catch (error) {
    throw describeZipError(zipFile, error);
  } finally {
    zip?.close();
  }
}

async function listEntries(zip: ZipFile, zipFile: string, signal?: AbortSignal): Promise<Entry[]> {
  checkCount(zipFile, zip.entryCount);
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    entries.push(entry);
    checkCount(zipFile, entries.length);
  }
  return entries;
}

async function writeEntries(
  zip: ZipFile,
  planned: PlannedFile<Entry>[],
  targetDir: string,
  { signal, report }: UnpackOptions,
): Promise<ImportedFile[]> {
  const files: ImportedFile[] = [];
  for (const { path, from } of planned) {
    signal?.throwIfAborted();
    files.push(await writeEntry(zip, from, path, targetDir, signal));
    if (files.length % 50 === 0) report?.(`unpacked ${files.length} of ${planned.length} files`);
  }
  return files;
}

async function writeEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  targetDir: string,
  signal: AbortSignal | undefined,
): Promise<ImportedFile> {
  const target = join(targetDir, path);
  await mkdir(dirname(target), { recursive: true });
  const hash = createHash('sha256');
  let checksum = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
      done(null, chunk);
    },
  });
  const writing = createWriteStream(target);
  let failure: unknown;
  writing.once('error', (error) => (failure = error));
  await pipeline(await zip.openReadStreamPromise(entry), hashing, writing, { signal }).catch(
    (error: unknown) => {
      throw error === failure ? describeFileError(error, target) : error;
    },
  );
  // The reader does not compare it, and a stored entry has no other check.
  if (checksum !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`);
  return { path, bytes: entry.uncompressedSize, sha256: hash.digest('hex') };
}

function describeZipError(zipFile: string, error: unknown): unknown {
  const described = describeFileError(error, zipFile);
  if (!(described instanceof Error) || described instanceof AppError) return described;
  if (described.name === 'AbortError') return described;
  const escapes = /invalid relative path|absolute path|invalid characters/.test(described.message);
  const what = escapes ? 'holds a path that leaves its folder' : 'is not a readable zip file';
  return new AppError('DATASET_CORRUPT', `${zipFile} ${what}: ${described.message}`, {
    hint: `The copy on disk is damaged or incomplete. ${downloadAgainHint}`,
    cause: error,
  });
}
