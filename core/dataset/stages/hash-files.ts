import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { asideSuffix } from './write-aside.ts';

/** A file, or all files below a folder, that a stage reads or writes. */
export interface StagePath {
  /** Its name in the manifest: relative to the data folder, with slashes. */
  path: string;
  /** Where it is, when not at `path` below the data folder: what a user points at. */
  at?: string | undefined;
  /** It may be absent. Defaults to false. */
  optional?: boolean | undefined;
  /** Which files of a folder count, by their path below it. Defaults to all but hidden and half-written ones. */
  accepts?: ((path: string) => boolean) | undefined;
}

export interface HashedFile {
  path: string;
  bytes: number;
  sha256: string;
}

const chunkBytes = 1024 * 1024;
const filesAtOnce = 8;

/** All files of the paths, sorted by name, with their hashes; what is absent is left out. */
export async function hashPaths(
  dataDir: string,
  paths: StagePath[],
  signal?: AbortSignal,
): Promise<HashedFile[]> {
  const listed = (await Promise.all(paths.map((each) => listFiles(dataDir, each)))).flat();
  const hashed: HashedFile[] = [];
  for (let start = 0; start < listed.length; start += filesAtOnce) {
    signal?.throwIfAborted();
    const part = listed.slice(start, start + filesAtOnce);
    hashed.push(...(await Promise.all(part.map(({ path, file }) => hashListed(path, file)))));
  }
  return hashed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The declared paths of which there is nothing on disk and should be. */
export async function findMissing(dataDir: string, paths: StagePath[]): Promise<string[]> {
  const missing: string[] = [];
  for (const each of paths.filter((path) => path.optional !== true)) {
    if ((await listFiles(dataDir, each)).length === 0) missing.push(each.path);
  }
  return missing;
}

async function listFiles(dataDir: string, { path, at, accepts }: StagePath) {
  const root = at ?? join(dataDir, path);
  const found = await stat(root).catch(ignoreAbsent);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [{ path, file: root }];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, below: relative(root, file).split(sep).join('/') }))
    .filter(({ below }) => (accepts ?? isFinished)(below))
    .map(({ file, below }) => ({ path: `${path}/${below}`, file }));
}

function isFinished(path: string): boolean {
  return !path.endsWith(asideSuffix) && !path.split('/').some((part) => part.startsWith('.'));
}

/** Within one process a file is read once: `data all` writes what it hashes as the next stage's input. */
const known = new Map<string, { identity: string; sha256: string }>();

async function hashListed(path: string, file: string): Promise<HashedFile> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
  const identity = `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  const remembered = known.get(file);
  const sha256 = remembered?.identity === identity ? remembered.sha256 : await hashFile(file);
  known.set(file, { identity, sha256 });
  return { path, bytes: Number(size), sha256 };
}

/** SHA-256 of a file in hex, read in pieces. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function ignoreAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return;
  throw error;
}
