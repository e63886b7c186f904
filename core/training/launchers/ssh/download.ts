import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { AppError } from '../../../contract/index.ts';
import { inside } from '../inside.ts';
import { quote } from './connection.ts';
import { hashFile } from './local-files.ts';
import type { RemoteLaunch } from './remote-launch.ts';
import { formatBytes } from './transfer-errors.ts';
import type { RemoteFile, TransferProgress } from './upload.ts';

/**
 * Brings files that are not here yet, or are otherwise; those that were begun are gone on with. A file has its name only
 * once it has its hash, and a checkpoint's folder only once it has all of its files. What vanished over there meanwhile is
 * left out.
 * @throws AppError DISK_FULL of this machine, REMOTE_UNREACHABLE, TRAINER_FAILED where a file keeps arriving damaged,
 *   DATASET_CORRUPT where the host names a file outside `target`
 */
export async function downloadFiles(
  launch: RemoteLaunch,
  files: readonly RemoteFile[],
  folder: string,
  target: string,
  onProgress: TransferProgress,
): Promise<void> {
  const landings = files.map((file) => land(file, target, launch));
  const missing: Landing[] = [];
  for (const landing of landings) {
    const isDone =
      (await isHere(landing.file, landing.target, launch.signal)) ||
      (await isHere(landing.file, landing.path, launch.signal));
    if (!isDone) missing.push(landing);
  }
  const total = missing.reduce((sum, { file }) => sum + file.bytes, 0);
  let done = 0;
  onProgress(0, total);
  const waiting = countCheckpoints(landings);
  for (const landing of landings) {
    if (missing.includes(landing)) {
      const before = done;
      await downloadOne(launch, landing, folder, (bytes) => onProgress(before + bytes, total));
      done += landing.file.bytes;
      onProgress(done, total);
    }
    const { checkpoint } = landing;
    if (checkpoint === undefined) continue;
    const left = (waiting.get(checkpoint) ?? 1) - 1;
    waiting.set(checkpoint, left);
    if (left === 0) await completeCheckpoint(target, checkpoint, landings);
  }
}

/** Where a file of the host comes to lie, and until its checkpoint is whole. */
interface Landing {
  file: RemoteFile;
  target: string;
  /** The same for a file of no checkpoint. */
  path: string;
  checkpoint: string | undefined;
}

function land(file: RemoteFile, target: string, { connection }: RemoteLaunch): Landing {
  const whole = inside(target, file.path, connection.place.host);
  const parts = /^checkpoints\/(step-\d+)\/(.+)$/.exec(file.path);
  const [, checkpoint, rest] = parts ?? [];
  if (checkpoint === undefined || rest === undefined) return { file, target: whole, path: whole, checkpoint };
  const path = inside(asideOf(target, checkpoint), rest, connection.place.host);
  return { file, target: whole, path, checkpoint };
}

function asideOf(target: string, checkpoint: string): string {
  return join(target, 'checkpoints', `.${checkpoint}.brought`);
}

function countCheckpoints(landings: readonly Landing[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { checkpoint } of landings) {
    if (checkpoint !== undefined) counts.set(checkpoint, (counts.get(checkpoint) ?? 0) + 1);
  }
  return counts;
}

/** Gives it its name, unless it was deleted over there while it was brought. What is here already is moved to the rest. */
async function completeCheckpoint(
  target: string,
  checkpoint: string,
  landings: readonly Landing[],
): Promise<void> {
  const aside = asideOf(target, checkpoint);
  if (!existsSync(aside)) return;
  const whole = join(target, 'checkpoints', checkpoint);
  const own = landings.filter((landing) => landing.checkpoint === checkpoint);
  for (const landing of own) {
    if (existsSync(landing.path)) continue;
    if (!existsSync(landing.target)) return void (await rm(aside, { recursive: true }));
    await mkdir(dirname(landing.path), { recursive: true });
    await rename(landing.target, landing.path);
  }
  await rm(whole, { recursive: true, force: true });
  await rename(aside, whole);
}

async function isHere({ bytes, sha256 }: RemoteFile, file: string, signal: AbortSignal): Promise<boolean> {
  const here = await stat(file).catch(() => undefined);
  return here?.size === bytes && (await hashFile(file, signal)) === sha256;
}

async function downloadOne(
  launch: RemoteLaunch,
  { file, path: here }: Landing,
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
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
