import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../contract/index.ts';
import { folderNameOf, type LaunchedRun } from '../launcher.ts';
import { quote, type RunResult } from './connection.ts';
import type { LocalFile } from './local-files.ts';
import { callRemoteLaunch, type RemoteLaunch } from './remote-launch.ts';
import { describeRemoteFailure, fullDiskError, measureDisk } from './transfer-errors.ts';
import { fitsTar, writeTar } from './write-tar.ts';

export interface TransferProgress {
  /** Bytes. */
  (done: number, total: number): void;
}

const remoteFileSchema = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() });
export type RemoteFile = z.infer<typeof remoteFileSchema>;
const treeSchema = z.object({ files: z.array(remoteFileSchema) });

/** Files smaller than this go together in one stream. */
const smallBytes = 1 << 20;

/** Files of a folder over there, by their hashes; none where there is no folder. @param under only these */
export async function listRemoteFiles(
  launch: RemoteLaunch,
  folder: string,
  under: readonly string[] = [],
): Promise<RemoteFile[]> {
  try {
    const filters = under.flatMap((path) => ['--under', path]);
    return (await callRemoteLaunch(launch, ['tree', folder, ...filters], treeSchema)).files;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

/**
 * Brings the files that a folder over there has not, or has otherwise; those that were begun are gone on with, and all are
 * checked by their hashes. @param sender stands in the names of halves, where others may bring the same file. @throws AppError DISK_FULL with figures, PERMISSION_DENIED, REMOTE_UNREACHABLE
 */
export async function uploadFiles(
  launch: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  onProgress: TransferProgress,
  sender = '',
): Promise<void> {
  let missing = await findMissing(launch, files, folder);
  for (let attempt = 0; missing.length > 0; attempt++) {
    if (attempt === 2) throw damagedFile(launch, missing[0]?.path ?? '');
    await expectRoom(launch, missing, folder, sender);
    await sendFiles(launch, missing, folder, onProgress, sender);
    const [sent, wanted] = [missing, new Set(missing.map(({ path }) => path))];
    missing = await findMissing(launch, sent, folder, [...wanted]);
    // What came otherwise than it went must not be gone on with.
    for (const { path } of missing) await removePartial(launch, posix.join(folder, path), sender);
  }
}

async function findMissing(
  launch: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  under = [...new Set(files.map(({ path }) => path.split('/')[0] ?? ''))],
): Promise<LocalFile[]> {
  if (files.length === 0) return [];
  // A long list would be too long a command: then all of the folder is looked at.
  const there = await listRemoteFiles(launch, folder, under.length > 200 ? [] : under);
  const hashes = new Map(there.map(({ path, sha256 }) => [path, sha256]));
  return files.filter(({ path, sha256 }) => hashes.get(path) !== sha256);
}

async function expectRoom(
  launch: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  sender: string,
): Promise<void> {
  const { connection, signal } = launch;
  const needed = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const { freeBytes, totalBytes } = await measureDisk(connection, folder, signal);
  const begun = await measurePartials(launch, files, folder, sender);
  if (totalBytes > 0 && needed - begun > freeBytes) {
    throw await fullDiskError(connection, folder, needed - begun, signal);
  }
}

async function measurePartials(
  { connection, signal }: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  sender: string,
): Promise<number> {
  const large = files.filter(({ bytes }) => bytes >= smallBytes).slice(0, 200);
  if (large.length === 0) return 0;
  const names = large.map(({ path }) => quote(partialOf(posix.join(folder, path), sender))).join(' ');
  const script = `for f in ${names}; do test -f "$f" && wc -c < "$f"; done; true`;
  const { stdout } = await connection.run(script, { signal });
  return stdout.split('\n').reduce((sum, line) => sum + (Number(line) || 0), 0);
}

async function sendFiles(
  launch: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  onProgress: TransferProgress,
  sender: string,
): Promise<void> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  // An archive is a little longer than its files.
  const count = (bytes: number): void => onProgress(Math.min((done += bytes), total), total);
  count(0);
  const isSmall = ({ bytes, path }: LocalFile): boolean => bytes < smallBytes && fitsTar(path);
  await sendTogether(launch, files.filter(isSmall), folder, count);
  for (const file of files.filter((one) => !isSmall(one))) await sendOne(launch, file, folder, count, sender);
}

async function sendTogether(
  { connection, signal }: RemoteLaunch,
  files: readonly LocalFile[],
  folder: string,
  count: (bytes: number) => void,
): Promise<void> {
  if (files.length === 0) return;
  const input = counted(writeTar(files), count);
  const at = quote(folder);
  const result = await connection.run(`mkdir -p -- ${at} && exec tar -xof - -C ${at}`, { signal, input });
  const needed = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (result.code !== 0) throw await describeRemoteFailure(connection, result, folder, needed, signal);
}

/** Appends to what was brought of it before, then gives it its name. */
async function sendOne(
  { connection, signal }: RemoteLaunch,
  { source, path, bytes }: LocalFile,
  folder: string,
  count: (bytes: number) => void,
  sender: string,
): Promise<void> {
  const target = posix.join(folder, path);
  const [at, partial] = [quote(target), quote(partialOf(target, sender))];
  const expectDone = async (result: RunResult, needed: number): Promise<void> => {
    if (result.code !== 0) throw await describeRemoteFailure(connection, result, folder, needed, signal);
  };
  const measured = await connection.run(
    `mkdir -p -- ${quote(posix.dirname(target))} && touch -- ${partial} && wc -c < ${partial}`,
    { signal },
  );
  await expectDone(measured, bytes);
  const there = Number(measured.stdout.trim());
  const begin = there <= bytes ? there : 0;
  count(begin);
  if (begin < bytes) {
    const input = counted(createReadStream(source, { start: begin, highWaterMark: 256 * 1024 }), count);
    const append = begin === 0 ? '>' : '>>';
    await expectDone(await connection.run(`exec cat ${append} ${partial}`, { signal, input }), bytes - begin);
  }
  await expectDone(await connection.run(`mv -f -- ${partial} ${at}`, { signal }), 0);
}

async function removePartial(
  { connection, signal }: RemoteLaunch,
  target: string,
  sender: string,
): Promise<void> {
  await connection.run(`rm -f -- ${quote(target)} ${quote(partialOf(target, sender))}`, { signal });
}

/** For what several runs bring to one place: they must not append to one half. The same for a run each time. */
export function senderOf(run: Pick<LaunchedRun, 'id' | 'uuid'>): string {
  return createHash('sha256').update(folderNameOf(run)).digest('hex').slice(0, 12);
}

/** As launch.py knows what is being written. */
function partialOf(target: string, sender: string): string {
  const ending = sender === '' ? 'partial' : `${sender}.partial`;
  return posix.join(posix.dirname(target), `.${posix.basename(target)}.${ending}`);
}

async function* counted(
  source: AsyncIterable<unknown>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = chunk as Buffer;
    yield bytes;
    count(bytes.length);
  }
}

function damagedFile({ connection }: RemoteLaunch, path: string): AppError {
  return new AppError(
    'TRAINER_FAILED',
    `${path} arrives at ${connection.place.host} otherwise than it was sent.`,
    {
      hint: 'Its disk may be damaged, or the file is being changed here; try again.',
    },
  );
}
