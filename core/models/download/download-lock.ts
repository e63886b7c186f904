import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../../contract/index.ts';

/** Of this process. */
const held = new Set<string>();

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
    await write(lock, target);
  } catch (error) {
    held.delete(lock);
    throw error;
  }
  return async () => {
    held.delete(lock);
    await rm(lock, { force: true });
  };
}

async function write(lock: string, target: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await writeFile(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (attempt > 2 || (pid !== process.pid && isRunning(pid))) throw busy(target);
    await rm(lock, { force: true });
  }
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
