import { createWriteStream } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../contract/errors.ts';
import { fetchOutbound } from '../../network/index.ts';
import { describeFileError } from '../file-errors.ts';
import { manualSteps } from '../manual-steps.ts';
import { readWebPage } from './confirm-page.ts';
import { discardPart, readPart, writeMeta, type PartFile } from './part-file.ts';

/** The official zip has about 200 MB. */
const maxBytes = 2 * 1024 ** 3;

export interface FetchOptions {
  zipFile: string;
  url: string;
  /** Whether the whole is checked by a hash, so that a part may grow even where the server offers no validator. */
  isHashed: boolean;
  /** Without a byte for this long, the connection counts as lost. */
  stallMs: number;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/** What may go better the next time. */
export class TransientError extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/**
 * Fetches what is missing of the part file: from its end where the server still has the same file, else from 0.
 * @returns whether it went on from an earlier part
 * @throws TransientError where another attempt may help, AppError where it cannot.
 */
export async function fetchPart(options: FetchOptions): Promise<{ resumed: boolean }> {
  const part = await readPart(options.zipFile, options.url);
  if (part.bytes > 0 && part.bytes === part.total) return { resumed: true };
  const canResume = part.bytes > 0 && (part.validator !== undefined || options.isHashed);
  const stall = startStallTimer(options);
  try {
    const response = await askFor(options.url, canResume ? part : undefined, stall.signal);
    const start = await findStart(response, part, options);
    if (start !== 'complete') await writeBody(response, { ...part, bytes: start }, options, stall.touch);
    return { resumed: start === 'complete' || start > 0 };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw describeFetchError(error, options, stall.signal);
  } finally {
    stall.stop();
  }
}

function startStallTimer({ stallMs, signal }: FetchOptions) {
  const controller = new AbortController();
  const expire = () => controller.abort(new Error(`nothing came for ${stallMs / 1000} s`));
  const timer = setTimeout(expire, stallMs);
  return {
    signal: AbortSignal.any(signal ? [controller.signal, signal] : [controller.signal]),
    touch: () => timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}

/** Asks for the file or its rest; Google Drive's question whether one is sure is answered once. */
async function askFor(url: string, part: PartFile | undefined, signal: AbortSignal): Promise<Response> {
  // Packed on the way, the lengths would not be those of the file.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (part) headers.range = `bytes=${part.bytes}-`;
  if (part?.validator) headers['if-range'] = part.validator;
  const reason = { purpose: 'dataset', initiator: 'Spider' } as const;
  const response = await fetchOutbound(url, { headers, signal }, reason);
  if (!isWebPage(response)) return response;
  const page = await readWebPage(response);
  const confirmed = page.confirmUrl
    ? await fetchOutbound(page.confirmUrl, { headers, signal }, reason)
    : undefined;
  if (confirmed && !isWebPage(confirmed)) return confirmed;
  const title = confirmed ? (await readWebPage(confirmed)).title : page.title;
  throw new AppError('REMOTE_UNREACHABLE', `${url} answered with a web page ("${title}") instead of a zip.`, {
    hint: manualSteps(),
  });
}

function isWebPage(response: Response): boolean {
  return response.ok && /^text\/html|^application\/xhtml/i.test(response.headers.get('content-type') ?? '');
}

/** Where the answer's bytes go: behind the part, at 0, or nowhere because the part is whole. */
async function findStart(
  response: Response,
  part: PartFile,
  { zipFile, url }: FetchOptions,
): Promise<number | 'complete'> {
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  const total = range?.[2] === undefined ? undefined : Number(range[2]);
  if (response.status === 200) return 0;
  if (response.status === 416 && total === part.bytes && part.bytes > 0) return 'complete';
  const isSame = part.validator === undefined || part.validator === validatorOf(response);
  if (response.status === 206 && Number(range?.[1]) === part.bytes && isSame) return part.bytes;
  await response.body?.cancel();
  if (response.status === 206 || response.status === 416) {
    await discardPart(zipFile);
    throw new TransientError('the file on the server has changed; starting again');
  }
  throw describeStatus(response, url);
}

function describeStatus(response: Response, url: string): Error {
  const { status, statusText } = response;
  if (status >= 500 || status === 408 || status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
    return new TransientError(`the server answered ${status} ${statusText}`, { retryAfterMs });
  }
  return new AppError('REMOTE_UNREACHABLE', `${url} answered ${status} ${statusText}.`, {
    hint: manualSteps(),
  });
}

async function writeBody(
  response: Response,
  part: PartFile,
  options: FetchOptions,
  touch: () => void,
): Promise<void> {
  const length = Number(response.headers.get('content-length') ?? NaN);
  const total = Number.isFinite(length) ? part.bytes + length : undefined;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (!body) throw new TransientError('the answer was empty');
  // Emptied before the record says what the bytes are of: a kill between the two mixes no files.
  if (part.bytes === 0) await writeFile(part.file, '');
  await writeMeta(options.zipFile, { url: options.url, validator: validatorOf(response), total });
  await pipeline(
    body,
    countBytes(part.bytes, total, options, touch),
    createWriteStream(part.file, { flags: 'a' }),
    { signal: options.signal },
  );
  const { size } = await stat(part.file);
  if (total !== undefined && size !== total) {
    throw new TransientError(`the connection ended after ${size} of ${total} bytes`);
  }
}

function countBytes(start: number, total: number | undefined, options: FetchOptions, touch: () => void) {
  let bytes = start;
  let reportedAt = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      touch();
      bytes += chunk.length;
      if (Date.now() - reportedAt > 500) {
        reportedAt = Date.now();
        const ofTotal = total === undefined ? '' : ` of ${toMegabytes(total)}`;
        options.report?.(`downloaded ${toMegabytes(bytes)}${ofTotal} MB`);
      }
      const tooLong = new AppError('DATASET_CORRUPT', `${options.url} sends far more than Spider has.`, {
        hint: manualSteps(),
      });
      if (Math.max(bytes, total ?? 0) > maxBytes) done(tooLong);
      else done(null, chunk);
    },
  });
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** A weak ETag does not promise equal bytes, so a range cannot rest on it. */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get('etag');
  return (etag?.startsWith('W/') ? undefined : etag) ?? headers.get('last-modified') ?? undefined;
}

function describeFetchError(error: unknown, { zipFile }: FetchOptions, stall: AbortSignal): unknown {
  const described = describeFileError(error, zipFile);
  if (described instanceof AppError || described instanceof TransientError) return described;
  if (stall.aborted) return new TransientError(String((stall.reason as Error).message), { cause: error });
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return new TransientError(cause?.code ?? cause?.message ?? message, { cause: error });
}
