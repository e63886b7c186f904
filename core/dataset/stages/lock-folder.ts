import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../contract/index.ts';

/** How old a lock without an owner's id must be before it counts as left by a process that died while writing it. */
const unsignedMs = 2_000;
const attempts = 5;

/**
 * Does the work while this process holds the lock file. A lock whose process no longer runs is taken over.
 * @throws AppError CONFLICT while another living process holds it.
 */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const mark = `${process.pid} ${(await readStartTime(process.pid)) ?? ''}`;
  for (let attempt = 0; !(await createExclusively(lockFile, mark)); attempt += 1) {
    const owner = await readOwner(lockFile);
    if (typeof owner === 'object' || attempt === attempts) throw describeConflict(lockFile, owner);
    if (owner === 'dead') await removeDeadLock(lockFile);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

/** Whose lock it is: nobody's (there is none), a process's that died, or a living one's. */
type Owner = 'nobody' | 'dead' | { pid: number | undefined };

function describeConflict(lockFile: string, owner: Owner): AppError {
  const pid = typeof owner === 'object' ? owner.pid : undefined;
  const who = pid === undefined ? 'Another process' : `Process ${pid}`;
  return new AppError('CONFLICT', `${who} is working on this data folder.`, {
    hint: `Wait until it ends. If no such process runs, delete ${lockFile}.`,
  });
}

async function createExclusively(file: string, text: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(text).finally(() => handle.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readOwner(lockFile: string): Promise<Owner> {
  const text = await readFile(lockFile, 'utf8').catch(() => undefined);
  if (text === undefined) return 'nobody';
  const [pid = '', startTime = ''] = text.split(' ');
  // An owner that is just writing its id, or died before it could.
  if (!/^\d+$/.test(pid)) return (await isOlderThan(lockFile, unsignedMs)) ? 'dead' : { pid: undefined };
  if (!isRunning(Number(pid))) return 'dead';
  // Another process may have got the id since.
  const now = await readStartTime(Number(pid));
  return startTime !== '' && now !== undefined && now !== startTime ? 'dead' : { pid: Number(pid) };
}

/** Of several that find the same dead lock one removes it, and looks again first: it may be a new owner's by now. */
async function removeDeadLock(lockFile: string): Promise<void> {
  const guard = `${lockFile}.takeover`;
  if (!(await createExclusively(guard, ''))) {
    if (await isOlderThan(guard, unsignedMs)) await rm(guard, { force: true });
    await new Promise((resolve) => setTimeout(resolve, 50));
    return;
  }
  try {
    if ((await readOwner(lockFile)) === 'dead') await rm(lockFile, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function isOlderThan(file: string, ageMs: number): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > ageMs;
}

/** When a process began, in clock ticks since boot: with its id it names the process. Linux only, else undefined. */
async function readStartTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses, and may hold spaces; the start time is the 22nd field.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')[19];
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
