import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** What a page needs to find its host again. */
const hostSessionSchema = z.object({
  port: z.number().int().min(1).max(65_535),
  token: z.string().min(40),
  session: z.string().min(40),
  pid: z.number().int().positive(),
});
export type HostSession = Omit<z.infer<typeof hostSessionSchema>, 'pid'>;

const fileIn = (dataDir: string) => join(dataDir, 'host-session.json');

/**
 * Keeps the address of a running host in a file that only the user can read. A host that ends takes it away; one that
 * was killed leaves it, and the next start goes on at the same address, so that open pages find their way back.
 * @returns a function that takes it away
 */
export function keepHostSession(dataDir: string, { port, token, session }: HostSession): () => void {
  const file = fileIn(dataDir);
  rmSync(file, { force: true });
  // `wx`: never into a file that someone else made, with rights of theirs.
  writeFileSync(file, JSON.stringify({ port, token, session, pid: process.pid }), {
    mode: 0o600,
    flag: 'wx',
  });
  return () => {
    // Another host of the same folder may have put its own there meanwhile.
    if (readFile(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** @returns what a killed host left; undefined where there is none, it cannot be read, or its host still runs */
export function readHostSession(dataDir: string): HostSession | undefined {
  const kept = readFile(fileIn(dataDir));
  if (!kept || isRunning(kept.pid)) return undefined;
  const { pid: _pid, ...session } = kept;
  return session;
}

function readFile(file: string): z.infer<typeof hostSessionSchema> | undefined {
  try {
    return hostSessionSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process is there, and is no host of ours.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
