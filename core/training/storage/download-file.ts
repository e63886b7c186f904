import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { lostError, reasonOf, type Bucket, type ObjectInfo } from './bucket.ts';
import { hashFile } from './hash-file.ts';
import { objectUrl, statObject } from './objects.ts';

export interface DownloadOptions {
  signal: AbortSignal;
  /** Bytes that are here. */
  onBytes?: ((done: number) => void) | undefined;
  /** What is known to lie there; absent: it is asked for. */
  there?: ObjectInfo | undefined;
}

const partSchema = z.object({ generation: z.string(), size: z.number(), md5Hash: z.string() });
type Part = z.infer<typeof partSchema>;
const maxTries = 4;

/**
 * Brings an object into a file, which is there whole or not at all: it is written aside (`.NAME.part`), goes on at the
 * byte after a cut, even of the app, is held against its hash and renamed.
 * @returns whether anything was brought: a file with the same hash is left alone
 * @throws AppError NOT_FOUND; DATASET_CORRUPT where it never arrives as the bucket says it is
 */
export async function downloadFile(
  bucket: Bucket,
  name: string,
  path: string,
  options: DownloadOptions,
): Promise<boolean> {
  let { there } = options;
  for (let count = 1; ; count++) {
    there ??= await statObject(bucket, name, options.signal);
    if (!there) throw goneError(bucket, name);
    const part = toPart(there);
    if (await isSame(path, part)) return false;
    if (await tryOnce(bucket, name, { path, part }, options)) return true;
    if (count === maxTries) throw damagedError(bucket, name);
    there = undefined;
  }
}

interface Target {
  path: string;
  part: Part;
}

/** False where it changed meanwhile or arrived damaged: what was brought is thrown away. */
async function tryOnce(
  bucket: Bucket,
  name: string,
  { path, part }: Target,
  options: DownloadOptions,
): Promise<boolean> {
  const aside = join(dirname(path), `.${basename(path)}.part`);
  await mkdir(dirname(path), { recursive: true });
  await keepPart(aside, part);
  const isWhole = await bringRest(bucket, name, aside, part, options);
  const hash = isWhole ? await hashFile(aside, options.signal) : undefined;
  if (hash?.md5 === part.md5Hash && hash.size === part.size) {
    await rename(aside, path);
    await rm(`${aside}.json`, { force: true });
    return true;
  }
  await rm(aside, { force: true });
  await rm(`${aside}.json`, { force: true });
  return false;
}

/** What is aside of another generation is no beginning of this one. */
async function keepPart(aside: string, part: Part): Promise<void> {
  const kept = await readPart(`${aside}.json`);
  if (kept?.generation === part.generation && kept.md5Hash === part.md5Hash) return;
  await rm(aside, { force: true });
  await writeFile(`${aside}.json`, JSON.stringify(part));
}

/** False where the object is another one by now. */
async function bringRest(
  bucket: Bucket,
  name: string,
  aside: string,
  part: Part,
  options: DownloadOptions,
): Promise<boolean> {
  const file = await open(aside, 'a');
  try {
    const start = (await file.stat()).size;
    if (start >= part.size) return true;
    const query = new URLSearchParams({ alt: 'media', generation: part.generation });
    const response = await bucket.send(
      {
        url: `${objectUrl(bucket, name)}?${query}`,
        headers: { range: `bytes=${start}-`, 'accept-encoding': 'identity' },
        accept: [404, 416],
      },
      options.signal,
    );
    if (!isThisPart(response, part, start)) {
      await response.body?.cancel();
      return false;
    }
    let done = start;
    for await (const bytes of readChunks(bucket, response, options.signal)) {
      await file.appendFile(bytes);
      done += bytes.length;
      options.onBytes?.(done);
    }
    await file.sync();
    if (done < part.size) throw lostError(bucket.name, 'the download was cut');
    return done === part.size;
  } catch (error) {
    throw explainDiskError(error, aside);
  } finally {
    await file.close();
  }
}

function isThisPart(response: Response, part: Part, start: number): boolean {
  const generation = response.headers.get('x-goog-generation');
  if (generation !== null && generation !== part.generation) return false;
  if (response.status === 206) {
    const [, from, total] =
      /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '') ?? [];
    return Number(from) === start && Number(total) === part.size;
  }
  return response.status === 200 && start === 0;
}

/** The body's chunks; one that does not come within the bucket's idle time is a lost line. */
async function* readChunks(
  bucket: Bucket,
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (;;) {
      const { done, value } = await readInTime(reader, bucket);
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AppError ? error : lostError(bucket.name, reasonOf(error), error);
  } finally {
    // Of a body that has failed already, too.
    await reader.cancel().catch(() => undefined);
  }
}

async function readInTime(reader: ReadableStreamDefaultReader<Uint8Array>, bucket: Bucket) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lostError(bucket.name, 'the download stalled')), bucket.idleTimeoutMs);
  });
  try {
    return await Promise.race([reader.read(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readPart(path: string): Promise<Part | undefined> {
  try {
    return partSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function isSame(path: string, part: Part): Promise<boolean> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : -1),
    () => -1,
  );
  return size === part.size && (await hashFile(path)).md5 === part.md5Hash;
}

function toPart({ name, generation, size, md5Hash }: ObjectInfo): Part {
  if (md5Hash) return { generation, size, md5Hash };
  throw new AppError('INVALID_INPUT', `${name} was composed in the bucket and has no MD5 to check it by.`, {
    hint: 'Upload it again as one file.',
  });
}

function explainDiskError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new AppError('DISK_FULL', `The disk of ${dirname(path)} is full.`, {
    hint: 'Free space there. The download goes on by itself, where it was.',
    cause: error,
  });
}

function goneError(bucket: Bucket, name: string): AppError {
  return new AppError('NOT_FOUND', `gs://${bucket.name}/${name} is not there.`);
}

function damagedError(bucket: Bucket, name: string): AppError {
  return new AppError('DATASET_CORRUPT', `gs://${bucket.name}/${name} does not arrive as it is there.`, {
    hint: 'Is it being written all the time, or is there a proxy on the way that changes what passes?',
  });
}
