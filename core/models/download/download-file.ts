import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '../../contract/index.ts';
import { explainStatus, isBusy, readRetryAfter } from './explain-status.ts';
import { openResponse, type OpenedResponse } from './open-response.ts';
import { PartialFile } from './partial-file.ts';
import { readPlace, rejectWebPage, type Place } from './read-place.ts';

export interface DownloadTiming {
  /** A connection that brings nothing for so long is given up. Defaults to 30 s. */
  stallMs?: number | undefined;
  /** Tries in a row that bring nothing new. Defaults to 6. */
  tries?: number | undefined;
  /** Pause before the second try; doubled for each after it. Defaults to 1 s. */
  backoffMs?: number | undefined;
}

export interface ExpectedFile {
  sizeBytes?: number | undefined;
  /** Hexadecimal. */
  sha256?: string | undefined;
  /** How git names its content. */
  gitSha1?: string | undefined;
}

export interface FileDownload {
  url: string;
  /** Names the content whatever host it comes from: an earlier attempt of another source is not gone on with. */
  source: string;
  target: string;
  expected?: ExpectedFile | undefined;
  token?: string | undefined;
  initiator: string;
  timing?: DownloadTiming | undefined;
  /** Bytes so far, and of all where that is known. */
  onProgress?: ((done: number, total: number | undefined) => void) | undefined;
  /** What the user may want to know: tries, beginning anew. */
  onNote?: ((text: string) => void) | undefined;
  /** Called when all is there and right, before the file gets its name. Throws where it is no good: it is discarded. */
  check?: ((part: string) => Promise<void>) | undefined;
  /** Defaults to what the file system says; for tests. */
  readFreeBytes?: ((folder: string) => Promise<number>) | undefined;
  signal: AbortSignal;
}

export interface DownloadedFile {
  sizeBytes: number;
  sha256: string;
  /** Whether somebody else had said what its hash is. */
  verified: boolean;
}

/**
 * Downloads one file: resumed by Range where the server can tell that it is still the same, checked by size and hash,
 * and named only when it is whole.
 * @throws AppError NOT_FOUND, AUTH_FAILED, REMOTE_UNREACHABLE, MODEL_INCOMPATIBLE (another content), DISK_FULL,
 *   PERMISSION_DENIED (offline), CONFLICT; what came so far is kept but where its content is wrong
 */
export async function downloadFile(download: FileDownload): Promise<DownloadedFile> {
  const { target, signal, onProgress, expected } = download;
  const onRead = (bytes: number) => onProgress?.(bytes, expected?.sizeBytes);
  const file = await PartialFile.open({ target, onRead, signal });
  try {
    if (file.state?.source !== download.source) await file.discard();
    const resumed = file.bytes > 0;
    await transfer(download, file);
    const good = await settle(download, file, resumed);
    if (good) return good;
    // What an earlier attempt left did not fit: once more, from the first byte.
    await transfer(download, file);
    return (await settle(download, file, false)) as DownloadedFile;
  } finally {
    await file.close();
  }
}

/** Tries until all is there. */
async function transfer(download: FileDownload, file: PartialFile): Promise<void> {
  const { tries = 6, backoffMs = 1_000 } = download.timing ?? {};
  let failed = 0;
  for (;;) {
    const before = file.bytes;
    const failure = await attempt(download, file);
    if (failure === undefined) return;
    failed = file.bytes > before ? 1 : failed + 1;
    if (failed >= tries) throw failure.error;
    const pauseMs = failure.pauseMs ?? Math.min(30_000, backoffMs * 2 ** (failed - 1));
    download.onNote?.(`${failure.error.message} Trying again, ${file.bytes} bytes are here.`);
    await wait(pauseMs, undefined, { signal: download.signal });
  }
}

interface Failure {
  error: AppError;
  /** What the server asked for. */
  pauseMs?: number | undefined;
}

/** One connection. @returns undefined when all is there, else why not; what no other try can mend is thrown */
async function attempt(download: FileDownload, file: PartialFile): Promise<Failure | undefined> {
  const stall = new AbortController();
  const signal = AbortSignal.any([download.signal, stall.signal]);
  const { stallMs = 30_000 } = download.timing ?? {};
  let timer = setTimeout(() => stall.abort(), stallMs);
  const keepAlive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  try {
    const opened = await openResponse({ ...download, headers: chooseHeaders(file), signal });
    keepAlive();
    return await receive(download, file, opened, keepAlive);
  } catch (error) {
    download.signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    return { error: connectionError(download.url, error, stall.signal.aborted) };
  } finally {
    clearTimeout(timer);
    // Whatever is left of the answer is not wanted.
    stall.abort();
  }
}

function chooseHeaders({ bytes, state }: PartialFile): Record<string, string> {
  // A compressed answer has other bytes than the file, and no place to go on from.
  const plain = { 'accept-encoding': 'identity', accept: '*/*' };
  if (bytes === 0) return plain;
  const range = { ...plain, range: `bytes=${bytes}-` };
  return state?.validator === undefined ? range : { ...range, 'if-range': state.validator };
}

async function receive(
  download: FileDownload,
  file: PartialFile,
  opened: OpenedResponse,
  keepAlive: () => void,
): Promise<Failure | undefined> {
  const { response } = opened;
  if (isBusy(response.status)) {
    const error = explainStatus(response.status, opened.url, download.token !== undefined);
    return { error, pauseMs: readRetryAfter(response.headers) };
  }
  if (response.status === 416) return handleEnd(download, file, opened);
  if (!response.ok) throw explainStatus(response.status, opened.url, download.token !== undefined);
  rejectWebPage(response, opened.url, download.target);
  const place = readPlace(response, opened.first);
  const keep = canContinue(download, file, place);
  if (!keep && file.bytes > 0)
    download.onNote?.('The server begins anew: it cannot go on, or the file has changed.');
  if (place.from > 0 && !keep) {
    await file.discard();
    return { error: changedError(download.target), pauseMs: 0 };
  }
  checkTotal(download, place);
  await file.begin(
    { source: download.source, validator: place.validator, totalBytes: place.totalBytes },
    keep,
  );
  await checkSpace(download, place.totalBytes, file.bytes);
  await copyBody(download, file, opened, keepAlive);
  return judgeLength(download, file, place);
}

/** 416: there is nothing behind what is here, so that either all is here or it is of another file. */
async function handleEnd(
  { expected, target }: FileDownload,
  file: PartialFile,
  { response }: OpenedResponse,
): Promise<Failure | undefined> {
  const said = /^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  const total = expected?.sizeBytes ?? file.state?.totalBytes ?? (said ? Number(said) : undefined);
  if (total === file.bytes) return undefined;
  await file.discard();
  return { error: changedError(target), pauseMs: 0 };
}

/** Whether this answer goes on behind what is here, and is of the same content. */
function canContinue({ expected }: FileDownload, file: PartialFile, place: Place): boolean {
  if (place.from === 0 || place.from !== file.bytes) return false;
  const before = file.state;
  if (before?.totalBytes !== undefined && place.totalBytes !== before.totalBytes) return false;
  // The hash says in the end whether the parts belong together.
  if (expected?.sha256 !== undefined || expected?.gitSha1 !== undefined) return true;
  return before?.validator !== undefined && before.validator === place.validator;
}

function checkTotal({ expected, target }: FileDownload, { totalBytes }: Place): void {
  const size = expected?.sizeBytes;
  if (size === undefined || totalBytes === undefined || size === totalBytes) return;
  throw wrongContent(target, `has ${totalBytes} bytes on the server, and ${size} were promised`);
}

async function checkSpace(
  { target, readFreeBytes = readFree }: FileDownload,
  totalBytes: number | undefined,
  haveBytes: number,
): Promise<void> {
  if (totalBytes === undefined) return;
  await requireSpace(path.dirname(target), totalBytes - haveBytes, readFreeBytes);
}

/** @throws AppError DISK_FULL */
export async function requireSpace(
  folder: string,
  neededBytes: number,
  readFreeBytes: (folder: string) => Promise<number> = readFree,
): Promise<void> {
  const freeBytes = await readFreeBytes(folder);
  if (neededBytes <= freeBytes) return;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const message = `${gigabytes(neededBytes)} are to come into ${folder}, and ${gigabytes(freeBytes)} are free.`;
  throw new AppError('DISK_FULL', message, {
    hint: 'Free some space there, or choose a smaller file; then resume the download.',
    details: { neededBytes, freeBytes },
  });
}

async function readFree(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

const allowedEveryMs = 1_000;

async function copyBody(
  { onProgress, signal, expected, target }: FileDownload,
  file: PartialFile,
  { response, checkStillAllowed }: OpenedResponse,
  keepAlive: () => void,
): Promise<void> {
  const total = expected?.sizeBytes ?? file.state?.totalBytes;
  let checkedAt = performance.now();
  for await (const chunk of response.body ?? []) {
    keepAlive();
    signal.throwIfAborted();
    await file.write(chunk as Uint8Array);
    if (total !== undefined && file.bytes > total) {
      await file.discard();
      throw wrongContent(target, `is longer than the ${total} bytes that were promised`);
    }
    onProgress?.(file.bytes, total);
    if (performance.now() - checkedAt < allowedEveryMs) continue;
    checkStillAllowed();
    checkedAt = performance.now();
  }
}

/** Fewer bytes than promised: another try brings the rest. */
function judgeLength(
  { url, expected }: FileDownload,
  file: PartialFile,
  { totalBytes }: Place,
): Failure | undefined {
  const total = expected?.sizeBytes ?? totalBytes;
  if (total === undefined || file.bytes >= total) return undefined;
  const message = `${new URL(url).host} ended the transfer at ${file.bytes} of ${total} bytes.`;
  return { error: new AppError('REMOTE_UNREACHABLE', message, { hint: resumeHint }) };
}

/** Holds the whole against what was promised. @returns undefined where it is to be fetched anew */
async function settle(
  download: FileDownload,
  file: PartialFile,
  mayRetry: boolean,
): Promise<DownloadedFile | undefined> {
  const { expected, target } = download;
  await file.flush();
  const sha256 = file.sha256();
  const wrong = await findDifference(expected, file, sha256);
  if (wrong !== undefined) {
    await file.discard();
    if (!mayRetry) throw wrongContent(target, wrong);
    download.onNote?.('What an earlier attempt left is of another content: once more from the first byte.');
    return undefined;
  }
  try {
    await download.check?.(file.part);
  } catch (error) {
    await file.discard();
    throw error;
  }
  const sizeBytes = file.bytes;
  await file.finish();
  const verified = expected?.sha256 !== undefined || expected?.gitSha1 !== undefined;
  return { sizeBytes, sha256, verified };
}

async function findDifference(
  expected: ExpectedFile | undefined,
  file: PartialFile,
  sha256: string,
): Promise<string | undefined> {
  if (expected?.sha256 !== undefined && expected.sha256 !== sha256)
    return `has the SHA-256 ${sha256}, and ${expected.sha256} was promised`;
  if (expected?.gitSha1 === undefined) return undefined;
  const found = await file.gitSha1();
  return found === expected.gitSha1 ? undefined : `is ${found} to git, and ${expected.gitSha1} was promised`;
}

function wrongContent(target: string, what: string): AppError {
  return new AppError('MODEL_INCOMPATIBLE', `${path.basename(target)} ${what}. It was not kept.`, {
    hint: 'It may have been changed while it was downloaded, or on its way: try again, or find another source.',
  });
}

function changedError(target: string): AppError {
  return new AppError('REMOTE_UNREACHABLE', `${path.basename(target)} has changed on the server.`, {
    hint: 'Try again: it is downloaded anew.',
  });
}

const resumeHint = 'What came so far is kept. Resume the download later.';

function connectionError(url: string, cause: unknown, stalled: boolean): AppError {
  const { host } = new URL(url);
  const reason = (cause as NodeJS.ErrnoException).code;
  const message = stalled
    ? `${host} sends nothing any more.`
    : `The connection to ${host} broke${reason === undefined ? '' : ` (${reason})`}.`;
  return new AppError('REMOTE_UNREACHABLE', message, { hint: resumeHint, cause });
}
