import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { lostError, objectInfoSchema, type Bucket, type ObjectInfo } from './bucket.ts';
import { hashBytes, hashFile, type FileHash } from './hash-file.ts';
import { deleteObject, readJson, statObject } from './objects.ts';

export interface UploadOptions {
  /** Where sessions are kept, so that an upload goes on after the app was closed. */
  stateDir: string;
  signal: AbortSignal;
  /** Bytes that have arrived. */
  onBytes?: ((done: number) => void) | undefined;
  /** What is known to lie there; absent: it is asked for. */
  there?: ObjectInfo | undefined;
  /** A multiple of 256 KiB, as the service wants it. Defaults to 8 MiB. */
  chunkBytes?: number | undefined;
}

const defaultChunkBytes = 8 << 20;
const sessionSchema = z.object({ uri: z.string(), size: z.number(), md5: z.string() });
/** A session that is forgotten, is over, or counts other bytes than we do. */
const brokenSession = [400, 404, 410];
const maxSessions = 4;

/**
 * Brings a file into the bucket, where it appears whole or not at all; goes on at the byte after a cut.
 * @returns whether anything was sent: what is there already, by its hash, is not
 * @throws AppError DATASET_CORRUPT where what arrived is not what was sent
 */
export async function uploadFile(
  bucket: Bucket,
  path: string,
  name: string,
  options: UploadOptions,
): Promise<boolean> {
  for (let count = 1; ; count++) {
    const hash = await hashFile(path, options.signal);
    const there = options.there ?? (await statObject(bucket, name, options.signal));
    if (there?.md5Hash === hash.md5 && there.size === hash.size) return false;
    const arrived = await tryOnce(bucket, { path, name, hash }, options);
    if (arrived?.md5Hash === hash.md5 && arrived.size === hash.size) return true;
    if (arrived) await deleteObject(bucket, name, options.signal);
    if (count === maxSessions) throw damagedError(path, bucket);
  }
}

/** A small object from memory, in one request: whole or not at all. */
export async function uploadBytes(
  bucket: Bucket,
  name: string,
  bytes: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { md5 } = hashBytes(bytes);
  const boundary = createHash('sha256').update(bytes).digest('hex');
  const head = `--${boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify({ name, md5Hash: md5 })}\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const response = await bucket.send(
    {
      method: 'POST',
      url: uploadUrl(bucket, 'multipart', name),
      headers: { 'content-type': `multipart/related; boundary=${boundary}` },
      body,
    },
    signal,
  );
  const arrived = await readJson(bucket, response, objectInfoSchema);
  if (arrived.md5Hash !== md5) throw lostError(bucket.name, `${name} arrived damaged`);
}

interface Upload {
  path: string;
  name: string;
  hash: FileHash;
}

/** Undefined where the session broke, and its next try begins anew. */
async function tryOnce(
  bucket: Bucket,
  upload: Upload,
  options: UploadOptions,
): Promise<ObjectInfo | undefined> {
  const stateFile = join(
    options.stateDir,
    `${createHash('sha256').update(`${bucket.name}/${upload.name}`).digest('hex').slice(0, 32)}.json`,
  );
  const kept = await readSession(stateFile, upload.hash);
  const uri = kept ?? (await beginSession(bucket, upload, options.signal));
  if (!kept) await keepSession(stateFile, { uri, ...upload.hash });
  const arrived = await sendAll(bucket, uri, upload, options, kept !== undefined);
  await rm(stateFile, { force: true });
  return arrived;
}

async function beginSession(bucket: Bucket, { name, hash }: Upload, signal: AbortSignal): Promise<string> {
  const response = await bucket.send(
    {
      method: 'POST',
      url: uploadUrl(bucket, 'resumable', name),
      headers: {
        'content-type': 'application/json',
        'x-upload-content-type': 'application/octet-stream',
        'x-upload-content-length': String(hash.size),
      },
      // The service holds what arrives against this hash, and makes no object of anything else.
      body: JSON.stringify({ name, md5Hash: hash.md5 }),
    },
    signal,
  );
  await response.body?.cancel();
  const uri = response.headers.get('location');
  if (!uri) throw lostError(bucket.name, 'no upload session was opened');
  return uri;
}

async function sendAll(
  bucket: Bucket,
  uri: string,
  { path, hash }: Upload,
  options: UploadOptions,
  isResumed: boolean,
): Promise<ObjectInfo | undefined> {
  const { signal, onBytes, chunkBytes = defaultChunkBytes } = options;
  const file = await open(path, 'r');
  try {
    let answer = isResumed
      ? await put(bucket, uri, new Uint8Array(), `bytes */${hash.size}`, signal)
      : ({ kind: 'more', offset: 0 } as const);
    for (;;) {
      if (answer.kind !== 'more') return answer.kind === 'done' ? answer.object : undefined;
      const { offset } = answer;
      onBytes?.(offset);
      const chunk = Buffer.alloc(Math.min(chunkBytes, hash.size - offset));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
      // It became shorter while it was sent.
      if (bytesRead < chunk.length) return undefined;
      const range =
        chunk.length > 0 ? `${offset}-${offset + chunk.length - 1}/${hash.size}` : `*/${hash.size}`;
      answer = await put(bucket, uri, chunk, `bytes ${range}`, signal);
      if (answer.kind === 'more' && answer.offset <= offset) return undefined;
    }
  } finally {
    await file.close();
  }
}

type PutAnswer = { kind: 'more'; offset: number } | { kind: 'done'; object: ObjectInfo } | { kind: 'broken' };

async function put(
  bucket: Bucket,
  url: string,
  body: Uint8Array<ArrayBuffer>,
  range: string,
  signal: AbortSignal,
): Promise<PutAnswer> {
  const request = { method: 'PUT', url, headers: { 'content-range': range }, body };
  const response = await bucket.send({ ...request, accept: [308, ...brokenSession] }, signal);
  if (response.ok) return { kind: 'done', object: await readJson(bucket, response, objectInfoSchema) };
  await response.body?.cancel();
  if (response.status !== 308) return { kind: 'broken' };
  const last = /-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1];
  return { kind: 'more', offset: last === undefined ? 0 : Number(last) + 1 };
}

async function readSession(stateFile: string, hash: FileHash): Promise<string | undefined> {
  try {
    const session = sessionSchema.parse(JSON.parse(await readFile(stateFile, 'utf8')));
    return session.size === hash.size && session.md5 === hash.md5 ? session.uri : undefined;
  } catch {
    return undefined;
  }
}

/** Whoever knows a session's address may write into it. */
async function keepSession(stateFile: string, session: z.infer<typeof sessionSchema>): Promise<void> {
  await mkdir(join(stateFile, '..'), { recursive: true });
  await writeFile(`${stateFile}.new`, JSON.stringify(session), { mode: 0o600 });
  await rename(`${stateFile}.new`, stateFile);
}

function uploadUrl(bucket: Bucket, uploadType: 'multipart' | 'resumable', name: string): string {
  const query = new URLSearchParams({ uploadType, name });
  return `/upload/storage/v1/b/${encodeURIComponent(bucket.name)}/o?${query}`;
}

function damagedError(path: string, bucket: Bucket): AppError {
  return new AppError('DATASET_CORRUPT', `${path} does not arrive whole in gs://${bucket.name}.`, {
    hint: 'Is it being written, or is there a proxy on the way that changes what passes?',
  });
}
