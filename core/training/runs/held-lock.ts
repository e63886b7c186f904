import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Whether a trainer holds the run's folder, by whichever program it was started: it locks `.lock` in it. Linux only. */
export async function isRunHeld(runDir: string): Promise<boolean> {
  const lock = await stat(join(runDir, '.lock')).catch(() => undefined);
  if (!lock) return false;
  const table = await readFile('/proc/locks', 'utf8').catch(() => '');
  // `1: FLOCK  ADVISORY  WRITE 4711 fe:01:1835027 0 EOF`: the device is in hexadecimal, the inode is not.
  return table.split('\n').some((line) => /FLOCK/.test(line) && line.includes(`:${lock.ino} `));
}
