import { constants, copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/index.ts';

/** Of this process. */
const held = new Set<string>();
const attempts = 5;
/** A lock without a process in it counts as just being written for so long. */
const unsignedMs = 2_000;

/**
 * Two writers of one file would mix their bytes: `NAME.part.lock` holds the process that writes. One of a process that
 * is gone does not count. @returns gives it back
 * @throws AppError CONFLICT
 */
export async function lockDownload(target: string): Promise<() => Promise<void>> {
  const lock = `${target}.part.lock`;
  if (held.has(lock)) throw busy(target);
  held.add(lock);
  try {
    await acquire(lock, target);
  } catch (error) {
    held.delete(lock);
    throw error;
  }
  return async () => {
    await rm(lock, { force: true });
    held.delete(lock);
  };
}

async function acquire(lock: string, target: string): Promise<void> {
  const mark = `${process.pid} ${await readStartTime(process.pid)}`;
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await create(lock, mark)) return;
    const owner = await readFile(lock, 'utf8').catch(() => undefined);
    if (owner === undefined) continue;
    if (owner === '' ? await isFresh(lock) : await isAlive(owner)) break;
    await removeDead(lock, owner);
  }
  throw busy(target);
}

async function create(lock: string, mark: string): Promise<boolean> {
  try {
    await writeFile(lock, mark, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Of several that find the same dead lock one moves it away; what was a new owner's by then is given back. */
async function removeDead(lock: string, owner: string): Promise<void> {
  const aside = `${lock}.dead.${process.pid}`;
  await rename(lock, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => owner);
  if (moved !== owner) await copyFile(aside, lock, constants.COPYFILE_EXCL).catch(() => undefined);
  await rm(aside, { force: true });
}

async function isFresh(lock: string): Promise<boolean> {
  const found = await stat(lock).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < unsignedMs;
}

/** Another process may have got the id since, after a restart of the machine above all. */
async function isAlive(owner: string): Promise<boolean> {
  const [pid, startTime = ''] = owner.split(' ');
  // This process's own would be in `held`.
  if (Number(pid) === process.pid || !isRunning(Number(pid))) return false;
  const now = await readStartTime(Number(pid));
  return startTime === '' || now === '' || startTime === now;
}

/** When a process began, in clock ticks since boot. Linux only, else empty: there a process is known by its id alone. */
async function readStartTime(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses, and may hold spaces; the start time is the 22nd field.
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function busy(target: string): AppError {
  return new AppError('CONFLICT', `${path.basename(target)} is being downloaded already.`, {
    hint: 'See Jobs for how far it is.',
  });
}
