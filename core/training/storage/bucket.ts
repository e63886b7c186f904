import { z } from 'zod';
import { AppError } from '../../contract/index.ts';
import { requestOutbound, type PlainRequest } from '../../network/index.ts';
import { expiredError, noCredentials, openCredentials, type Credentials } from './credentials.ts';

export interface BucketOptions {
  bucketName: string;
  /** Of requests that are billed to a project; absent: the bucket's own. */
  projectId?: string | undefined;
  /** A service account's key file; absent: application default credentials. */
  keyPath?: string | undefined;
  /** Absent: STORAGE_EMULATOR_HOST, else Google's. Where it is given, nobody signs in. */
  apiEndpoint?: string | undefined;
  /** What asks, for the ledger. */
  initiator: string;
  /** Defaults to 60 s: how long a request may show no life. */
  idleTimeoutMs?: number | undefined;
}

/** What Cloud Storage says of an object. */
export const objectInfoSchema = z.object({
  name: z.string(),
  generation: z.string(),
  size: z.coerce.number(),
  /** Base64. Composed objects have none. */
  md5Hash: z.string().nullish(),
  /** ISO 8601, by the service's clock. */
  updated: z.string(),
});
export type ObjectInfo = z.infer<typeof objectInfoSchema>;

export interface BucketRequest {
  method?: string;
  /** `/storage/v1/b/…`, or a session's whole address. */
  url: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  /** Statuses besides 2xx that are an answer. */
  accept?: readonly number[];
}

/** A bucket over the JSON API. What fails is an AppError whose code says whether waiting helps. */
export interface Bucket {
  readonly name: string;
  readonly idleTimeoutMs: number;
  send(request: BucketRequest, signal: AbortSignal): Promise<Response>;
}

const googleEndpoint = 'https://storage.googleapis.com';

/** Opens nothing yet: the first request does. */
export function openBucket(options: BucketOptions): Bucket {
  const emulator = options.apiEndpoint ?? process.env.STORAGE_EMULATOR_HOST;
  const { bucketName, initiator, idleTimeoutMs = 60_000 } = options;
  const credentials = emulator ? noCredentials : openCredentials(options.keyPath, initiator);
  const endpoint = emulator ? withScheme(emulator).replace(/\/+$/, '') : googleEndpoint;
  const billed: Record<string, string> =
    options.projectId && !emulator ? { 'x-goog-user-project': options.projectId } : {};
  const send = async (request: BucketRequest, signal: AbortSignal): Promise<Response> => {
    const url = request.url.startsWith('/') ? endpoint + request.url : request.url;
    const whole = { ...request, url, headers: { ...billed, ...request.headers } };
    const context = { bucketName, initiator, idleTimeoutMs, credentials, signal };
    const first = await sendOnce(whole, context);
    if (first.status !== 401) return checkStatus(first, request, bucketName);
    // A token may have been withdrawn before its time: once more with a new one.
    await first.body?.cancel();
    credentials.forget();
    return checkStatus(await sendOnce(whole, context), request, bucketName);
  };
  return { name: bucketName, idleTimeoutMs, send };
}

interface SendContext {
  bucketName: string;
  initiator: string;
  idleTimeoutMs: number;
  credentials: Credentials;
  signal: AbortSignal;
}

async function sendOnce(request: BucketRequest, context: SendContext): Promise<Response> {
  const { bucketName, initiator, idleTimeoutMs, credentials, signal } = context;
  const headers = { ...(await credentials.headersFor(request.url)), ...request.headers };
  const { method = 'GET', body } = request;
  // The answer's head must come in time; its body is watched by who reads it.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), idleTimeoutMs + uploadTimeMs(body));
  const init: PlainRequest = { method, headers, signal: AbortSignal.any([signal, late.signal]) };
  if (body !== undefined) init.body = body;
  try {
    return await requestOutbound(request.url, init, { purpose: 'storage', initiator });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    throw lostError(bucketName, late.signal.aborted ? 'no answer' : reasonOf(error), error);
  } finally {
    clearTimeout(timer);
  }
}

/** At 32 kB a second, the slowest line that is waited for. */
function uploadTimeMs(body: string | Uint8Array | undefined): number {
  return (body?.length ?? 0) / 32;
}

async function checkStatus(
  response: Response,
  { accept = [] }: BucketRequest,
  bucketName: string,
): Promise<Response> {
  if (response.ok || accept.includes(response.status)) return response;
  const message = await readMessage(response);
  const { status } = response;
  if (status === 401) throw expiredError(message);
  if (status === 408 || status === 429 || status >= 500) throw lostError(bucketName, `HTTP ${status}`);
  throw refusalOf(status, message, bucketName);
}

function refusalOf(status: number, message: string, bucketName: string): AppError {
  const details = { status };
  if (status === 403) {
    return new AppError('PERMISSION_DENIED', `The bucket ${bucketName} refused: ${message}`, {
      hint: `Give the account the role "Storage Object Admin" on gs://${bucketName}. It goes on by itself then.`,
      details,
    });
  }
  if (status === 404) {
    return new AppError('NOT_FOUND', `gs://${bucketName} has no such object, or there is no such bucket.`, {
      hint: `Check the bucket's name, or make it: gcloud storage buckets create gs://${bucketName}`,
      details,
    });
  }
  if (status === 412)
    return new AppError('CONFLICT', `An object of gs://${bucketName} was changed meanwhile.`);
  return new AppError('INTERNAL', `gs://${bucketName} answered HTTP ${status}: ${message}`, { details });
}

/** @throws never: an answer may be cut, too */
async function readMessage(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  const shape = z.object({ error: z.object({ message: z.string() }) });
  try {
    return shape.parse(JSON.parse(text)).error.message;
  } catch {
    return text.slice(0, 200) || `HTTP ${response.status}`;
  }
}

/** The line, or the service, does not answer: trying again helps. */
export function lostError(bucketName: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'REMOTE_UNREACHABLE',
    `Cloud Storage (gs://${bucketName}) does not answer: ${reason}.`,
    {
      hint: 'Check the connection. It is tried again by itself, and goes on where it was.',
      cause,
    },
  );
}

export function reasonOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return code ?? message;
}

function withScheme(endpoint: string): string {
  return /^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
}
