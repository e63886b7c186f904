import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of this machine that is to lie over there. */
export interface LocalFile {
  /** Where it lies here. */
  source: string;
  /** Where it is to lie, relative, with slashes. */
  path: string;
  bytes: number;
  sha256: string;
}

const hashes = new Map<string, string>();

/** SHA-256 of a file; one that has not changed since is not read again. */
export async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const { size, mtimeMs, ino } = await stat(file);
  const key = `${file} ${ino} ${size} ${mtimeMs}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal, highWaterMark: 1 << 20 }))
    hash.update(chunk as Buffer);
  const made = hash.digest('hex');
  hashes.set(key, made);
  return made;
}

/** Files of a folder, or the file itself, under `path` over there; what is not there is left out. */
export async function listLocalFiles(
  source: string,
  path: string,
  signal: AbortSignal,
  isWanted: (path: string) => boolean = () => true,
): Promise<LocalFile[]> {
  const found = await lstat(source).catch(() => undefined);
  if (!found || !isWanted(path)) return [];
  // A model's folder in the hub's cache holds links.
  const info = found.isSymbolicLink() ? await stat(source) : found;
  if (info.isFile()) return [{ source, path, bytes: info.size, sha256: await hashFile(source, signal) }];
  if (!info.isDirectory()) return [];
  const names = (await readdir(source)).toSorted();
  const files: LocalFile[] = [];
  for (const name of names) {
    files.push(
      ...(await listLocalFiles(join(source, name), path ? `${path}/${name}` : name, signal, isWanted)),
    );
  }
  return files;
}

/** The same for the same files. */
export function hashList(files: readonly LocalFile[]): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${sha256} ${path}\n`);
  return hash.digest('hex');
}

/** The package as a host needs it. */
export function listTrainerFiles(trainerDir: string, signal: AbortSignal): Promise<LocalFile[]> {
  return listLocalFiles(trainerDir, 'training', signal, (path) => {
    const [, top = '', ...rest] = path.split('/');
    if (
      ['tests', 'results'].includes(top) ||
      path.split('/').some((part) => /^(__pycache__|\..*)$/.test(part))
    )
      return false;
    return rest.length > 0 || !/\.(md|sh|npz)$/.test(top);
  });
}
