import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { lostError, objectInfoSchema, reasonOf, type Bucket, type ObjectInfo } from './bucket.ts';

const fields = 'name,generation,size,md5Hash,updated';

export function objectUrl(bucket: Bucket, name: string): string {
  return `/storage/v1/b/${encodeURIComponent(bucket.name)}/o/${encodeURIComponent(name)}`;
}

/** By the service's clock: when it answered, epoch milliseconds. */
export interface Listing {
  objects: ObjectInfo[];
  answeredAt: number;
}

/** All objects whose names begin so, in the order of their names. */
export async function listObjects(bucket: Bucket, prefix: string, signal: AbortSignal): Promise<Listing> {
  const shape = z.object({
    items: z.array(objectInfoSchema).default([]),
    nextPageToken: z.string().optional(),
  });
  const objects: ObjectInfo[] = [];
  let pageToken: string | undefined;
  let answeredAt = Date.now();
  do {
    const query = new URLSearchParams({ prefix, fields: `items(${fields}),nextPageToken` });
    if (pageToken) query.set('pageToken', pageToken);
    const url = `/storage/v1/b/${encodeURIComponent(bucket.name)}/o?${query}`;
    const response = await bucket.send({ url }, signal);
    answeredAt = Date.parse(response.headers.get('date') ?? '') || Date.now();
    const page = await readJson(bucket, response, shape);
    objects.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return { objects: objects.toSorted((a, b) => (a.name < b.name ? -1 : 1)), answeredAt };
}

/** Undefined where there is none. */
export async function statObject(
  bucket: Bucket,
  name: string,
  signal: AbortSignal,
): Promise<ObjectInfo | undefined> {
  const url = `${objectUrl(bucket, name)}?${new URLSearchParams({ fields })}`;
  const response = await bucket.send({ url, accept: [404] }, signal);
  if (response.status !== 404) return readJson(bucket, response, objectInfoSchema);
  await response.body?.cancel();
  return undefined;
}

/** A small object, whole; undefined where there is none. */
export async function readObject(
  bucket: Bucket,
  name: string,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const response = await bucket.send({ url: `${objectUrl(bucket, name)}?alt=media`, accept: [404] }, signal);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  const body = Buffer.from(await readBody(bucket, response));
  const length = response.headers.get('content-length');
  if (length !== null && Number(length) !== body.length) throw lostError(bucket.name, 'the answer was cut');
  return body;
}

/** Does nothing where it is gone. */
export async function deleteObject(bucket: Bucket, name: string, signal: AbortSignal): Promise<void> {
  const response = await bucket.send(
    { method: 'DELETE', url: objectUrl(bucket, name), accept: [404] },
    signal,
  );
  await response.body?.cancel();
}

export async function readJson<T>(bucket: Bucket, response: Response, shape: z.ZodType<T>): Promise<T> {
  const text = new TextDecoder().decode(await readBody(bucket, response));
  const parsed = shape.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  // What comes through a broken line or a hotel's sign-in page.
  throw lostError(bucket.name, 'its answer was not understood');
}

async function readBody(bucket: Bucket, response: Response): Promise<ArrayBuffer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(lostError(bucket.name, 'the answer stalled')), bucket.idleTimeoutMs);
  });
  try {
    return await Promise.race([response.arrayBuffer(), late]);
  } catch (error) {
    if (error instanceof AppError || (error as Error).name === 'AbortError') throw error;
    throw lostError(bucket.name, reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
