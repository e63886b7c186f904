import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../contract/errors.ts';
import { describeFileError } from '../file-errors.ts';
import { hashFile } from '../manifest.ts';
import { manualSteps } from '../manual-steps.ts';
import { officialZip } from '../official-release.ts';
import { fetchPart, TransientError } from './fetch-part.ts';
import { discardPart, finishPart, readPart } from './part-file.ts';

export interface DownloadOptions {
  /** Where the zip goes; `.part` beside it until it is whole. */
  zipFile: string;
  /** The official zip by default. */
  url?: string | undefined;
  /** Expected SHA-256; the official zip's where no `url` is given, else not compared. */
  sha256?: string | undefined;
  /** Makes no request: fails with the steps by hand. Defaults to false. */
  offline?: boolean | undefined;
  /** Attempts in a row that bring no byte before it gives up. Defaults to 4. */
  attempts?: number | undefined;
  /** The first pause between attempts, doubled each time. Defaults to 1,000. */
  retryDelayMs?: number | undefined;
  /** Defaults to 60,000. */
  stallMs?: number | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

export interface Download {
  zipFile: string;
  bytes: number;
  sha256: string;
}

/** No pause is longer, whatever the server asks for. */
const maxDelayMs = 60_000;

/**
 * Downloads the zip, going on where an earlier attempt stopped, and compares its hash before it takes its name.
 * @throws AppError REMOTE_UNREACHABLE with the steps by hand, DATASET_CORRUPT, DISK_FULL, PERMISSION_DENIED
 */
export async function downloadSpider(options: DownloadOptions): Promise<Download> {
  const { zipFile, url = officialZip.url, signal } = options;
  const expected = options.sha256 ?? (options.url === undefined ? officialZip.sha256 : undefined);
  if (options.offline) {
    throw new AppError('DATASET_MISSING', 'Spider is not here, and downloads are switched off.', {
      hint: manualSteps(zipFile),
    });
  }
  try {
    await mkdir(dirname(zipFile), { recursive: true });
    const { resumed } = await fetchWithRetries(url, expected !== undefined, options);
    const download = await checkPart(url, expected, options);
    if (download) return download;
    // A part of another file may have stood before the rest: once more, from the first byte.
    if (resumed) await fetchWithRetries(url, true, options);
    const again = resumed ? await checkPart(url, expected, options) : undefined;
    if (again) return again;
  } catch (error) {
    signal?.throwIfAborted();
    throw describeFileError(error, zipFile);
  }
  throw new AppError('DATASET_CORRUPT', `${url} sent a file whose SHA-256 is not ${expected}.`, {
    hint: `Perhaps the authors published a new release, or the file was changed on the way. ${manualSteps(zipFile)}`,
  });
}

async function fetchWithRetries(
  url: string,
  isHashed: boolean,
  { zipFile, attempts = 4, retryDelayMs = 1_000, stallMs = 60_000, signal, report }: DownloadOptions,
): Promise<{ resumed: boolean }> {
  let failures = 0;
  let reached = (await readPart(zipFile, url)).bytes;
  for (;;) {
    try {
      return await fetchPart({ zipFile, url, isHashed, stallMs, signal, report });
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      const { bytes } = await readPart(zipFile, url);
      failures = bytes > reached ? 1 : failures + 1;
      reached = Math.max(reached, bytes);
      if (failures >= attempts || isHopeless(error)) throw unreachable(url, error, zipFile);
      const pauseMs = Math.min(error.retryAfterMs ?? retryDelayMs * 2 ** (failures - 1), maxDelayMs);
      report?.(`${error.message}; trying again in ${pauseMs / 1000} s`);
      await delay(pauseMs, undefined, { signal });
    }
  }
}

/** Without a name server there is no network: waiting helps nobody. */
function isHopeless(error: TransientError): boolean {
  return error.message === 'ENOTFOUND';
}

function unreachable(url: string, error: TransientError, zipFile: string): AppError {
  const message = `Spider could not be downloaded from ${new URL(url).host}: ${error.message}.`;
  return new AppError('REMOTE_UNREACHABLE', message, { hint: manualSteps(zipFile), cause: error });
}

/** The finished download, or undefined where its hash is another one: the part is then removed. */
async function checkPart(
  url: string,
  expected: string | undefined,
  { zipFile, signal }: DownloadOptions,
): Promise<Download | undefined> {
  const { file, bytes } = await readPart(zipFile, url);
  const sha256 = await hashFile(file, signal);
  if (expected !== undefined && sha256 !== expected) {
    await discardPart(zipFile);
    return undefined;
  }
  if (!(await isZip(file))) {
    await discardPart(zipFile);
    throw new AppError('DATASET_CORRUPT', `${url} sent something that is no zip.`, {
      hint: manualSteps(zipFile),
    });
  }
  await finishPart(zipFile);
  return { zipFile, bytes, sha256 };
}

/** A zip begins with the mark of its first entry. */
async function isZip(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt32LE(0) === 0x04034b50;
  } finally {
    await handle.close();
  }
}
