import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { AppError } from '../../../contract/index.ts';
import { quote } from './connection.ts';
import { hashFile } from './local-files.ts';
import type { RemoteLaunch } from './remote-launch.ts';
import { formatBytes } from './transfer-errors.ts';
import type { RemoteFile, TransferProgress } from './upload.ts';

/**
 * Brings files that are not here yet, or are otherwise; those that were begun are gone on with. A file has its name only
 * once it has its hash. One that vanished over there meanwhile is left out.
 * @throws AppError DISK_FULL of this machine, REMOTE_UNREACHABLE, TRAINER_FAILED where a file keeps arriving damaged
 */
export async function downloadFiles(
  launch: RemoteLaunch,
  files: readonly RemoteFile[],
  folder: string,
  target: string,
  onProgress: TransferProgress,
): Promise<void> {
  const missing: RemoteFile[] = [];
  for (const file of files) if (!(await isHere(file, target, launch.signal))) missing.push(file);
  const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  onProgress(0, total);
  for (const file of missing) {
    const before = done;
    await downloadOne(launch, file, folder, target, (bytes) => onProgress(before + bytes, total));
    done += file.bytes;
    onProgress(done, total);
  }
}

async function isHere(
  { path, bytes, sha256 }: RemoteFile,
  target: string,
  signal: AbortSignal,
): Promise<boolean> {
  const file = join(target, path);
  const here = await stat(file).catch(() => undefined);
  return here?.size === bytes && (await hashFile(file, signal)) === sha256;
}

async function downloadOne(
  launch: RemoteLaunch,
  file: RemoteFile,
  folder: string,
  target: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const here = join(target, file.path);
  const partial = join(dirname(here), `.${basename(here)}.partial`);
  await mkdir(dirname(here), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt++) {
    const isThere = await appendRest(launch, file, posix.join(folder, file.path), partial, onBytes);
    if (!isThere) return rm(partial, { force: true });
    if ((await hashFile(partial, launch.signal)) === file.sha256) return rename(partial, here);
    // It was begun from another file of this name, or was changed while it was read.
    await rm(partial, { force: true });
  }
  throw new AppError(
    'TRAINER_FAILED',
    `${file.path} arrives otherwise than it lies on ${launch.connection.place.host}.`,
    {
      hint: 'It may be written there just now; fetch again when the run has ended.',
    },
  );
}

/** @returns false where the file is not there any more */
async function appendRest(
  { connection, signal }: RemoteLaunch,
  { bytes }: RemoteFile,
  source: string,
  partial: string,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const handle = await open(partial, 'a');
  try {
    let size = (await handle.stat()).size;
    if (size > bytes) {
      await handle.truncate(0);
      size = 0;
    }
    if (size === bytes) return true;
    const { code } = await connection.run(`exec tail -c +${size + 1} -- ${quote(source)}`, {
      signal,
      onOutput: async (chunk) => {
        await handle.appendFile(chunk);
        onBytes((size += chunk.length));
      },
    });
    await handle.sync();
    return code === 0;
  } catch (error) {
    throw await describeLocal(error, partial, bytes);
  } finally {
    await handle.close();
  }
}

async function describeLocal(error: unknown, file: string, neededBytes: number): Promise<unknown> {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const { bavail, bsize } = await statfs(dirname(file));
  return new AppError(
    'DISK_FULL',
    `The disk of this machine is full: ${formatBytes(bavail * bsize)} are free, ${formatBytes(neededBytes)} are needed for ${basename(file).replace(/^\.|\.partial$/g, '')}.`,
    {
      hint: 'Free some space and fetch again: what was brought stays.',
      details: { freeBytes: bavail * bsize, neededBytes },
    },
  );
}
