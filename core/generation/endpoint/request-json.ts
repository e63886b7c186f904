import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';
import { fetchOutbound } from '../../network/index.ts';

export interface RequestOptions {
  url: string;
  /** Left out: a GET. */
  body?: object | undefined;
  apiKey?: string | undefined;
  /** For one try. */
  timeoutMs: number;
  /** First wait before another try; each next one is twice as long. */
  backoffMs: number;
  signal: AbortSignal;
}

/** An answer of the server that is no success, told by its status and words. */
export class EndpointRefusal extends Error {
  readonly status: number;
  constructor(status: number, words: string) {
    super(words);
    this.status = status;
  }
}

const maxTries = 4;
/** A server may ask for a longer wait than ours; beyond this it is not waited for. */
const maxWaitMs = 30_000;
/** An answer is a few statements; more would only fill the memory. */
const maxBytes = 16 * 1024 ** 2;

/**
 * One request, tried again while the server is busy (429), fails (5xx) or hangs up: with doubling waits, or the wait that it
 * asks for in Retry-After. A redirect is not followed: the user named this address and no other.
 * @throws AppError CONNECTION_REFUSED, TIMEOUT, REMOTE_UNREACHABLE; EndpointRefusal for what trying again does not change
 */
export async function requestJson(options: RequestOptions): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryOnce(options);
    if ('value' in outcome) return outcome.value;
    options.signal.throwIfAborted();
    const waitMs = outcome.retryAfterMs ?? options.backoffMs * 2 ** (attempt - 1);
    if (!outcome.retryable || attempt >= maxTries || waitMs > maxWaitMs) throw outcome.error;
    await sleep(waitMs, undefined, { signal: options.signal });
  }
}

type Outcome = { value: unknown } | { error: Error; retryable: boolean; retryAfterMs?: number };

async function tryOnce(options: RequestOptions): Promise<Outcome> {
  const { url, body, apiKey, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const init: RequestInit = {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeout]),
    };
    const response = await fetchOutbound(url, init, { purpose: 'model', initiator: new URL(url).pathname });
    const text = await readText(response);
    if (response.ok) return { value: parseJson(text, url) };
    const error = new EndpointRefusal(response.status, readWords(text) || response.statusText);
    const retryable = response.status === 429 || response.status >= 500;
    return { error, retryable, ...readRetryAfter(response) };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof AppError) return { error: cause, retryable: false };
    return explainFailure(options, cause, timeout.aborted);
  }
}

function explainFailure({ url, timeoutMs }: RequestOptions, cause: unknown, timedOut: boolean): Outcome {
  const { host } = new URL(url);
  if (timedOut) {
    const message = `${host} gave no answer within ${Math.round(timeoutMs / 1_000)} seconds.`;
    const hint = 'Ask for fewer candidates at once, or see whether the server is overloaded.';
    return { error: new AppError('TIMEOUT', message, { hint, cause }), retryable: false };
  }
  const code = String(Reflect.get(Object(Reflect.get(Object(cause), 'cause')), 'code'));
  if (code === 'ECONNREFUSED') {
    const hint = 'Start it, or check its address.';
    const error = new AppError('CONNECTION_REFUSED', `No server listens at ${host}.`, { hint, cause });
    return { error, retryable: false };
  }
  const hint = 'Check its address, and the network.';
  const message = `${host} cannot be reached${code === 'undefined' ? '' : ` (${code})`}.`;
  const error = new AppError('REMOTE_UNREACHABLE', message, { hint, cause });
  return { error, retryable: code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw notTheProtocol(response.url, 'its answer is longer than 16 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notTheProtocol(url, 'its answer is not JSON');
  }
}

export function notTheProtocol(url: string, what: string): AppError {
  const message = `${URL.parse(url)?.host ?? url} does not speak OpenAI's API: ${what}.`;
  return new AppError('INVALID_INPUT', message, {
    hint: 'Give the address that ends with /v1, as in http://localhost:8000/v1.',
  });
}

/** OpenAI's `{error: {message}}`, vLLM's `{message}`, FastAPI's `{detail}`; else the beginning of the text. */
function readWords(text: string): string {
  try {
    const json = JSON.parse(text) as {
      error?: { message?: unknown } | string;
      message?: unknown;
      detail?: unknown;
    };
    const inner = typeof json.error === 'object' ? json.error.message : json.error;
    const words = inner ?? json.message ?? json.detail;
    return typeof words === 'string' ? words.slice(0, 500) : text.slice(0, 200);
  } catch {
    // A web server's page says nothing that its status does not.
    return text.trimStart().startsWith('<') ? '' : text.slice(0, 200).trim();
  }
}

function readRetryAfter(response: Response): { retryAfterMs?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1_000 } : {};
}
