import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../contract/errors.ts';
import { readExamples } from './examples.ts';
import { spiderSplits, toLayoutPath } from './layout.ts';
import { checkSqliteFile } from './sqlite-database.ts';
import { missingHint, unpackZip } from './unpack.ts';
import type { UnpackedFile, UnpackOptions } from './unpack.ts';

export interface SpiderManifest {
  source: string;
  databases: number;
  examples: Record<string, number>;
  files: UnpackedFile[];
}

/**
 * Imports Spider from a zip or folder in Yale's layout into `spiderDir`. Everything is written beside it and
 * renamed at the end, so a failed or cancelled import leaves what was there before.
 * @throws AppError DATASET_MISSING, DATASET_CORRUPT, DISK_FULL
 */
export async function importSpider(
  source: string,
  spiderDir: string,
  options: UnpackOptions = {},
): Promise<SpiderManifest> {
  const aside = `${spiderDir}.importing`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  try {
    const isFolder = await isDirectory(source);
    const files = isFolder
      ? await copyFolder(source, aside, options)
      : await unpackZip(source, aside, options);
    const manifest = await checkImport(source, aside, files, options);
    await writeFile(join(aside, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await keepUserZip(spiderDir, aside);
    await replaceFolder(aside, spiderDir);
    return manifest;
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

/** The manifest of an earlier import, or undefined where there is none. */
export async function readManifest(spiderDir: string): Promise<SpiderManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(spiderDir, 'manifest.json'), 'utf8')) as SpiderManifest;
  } catch {
    return undefined;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new AppError('DATASET_MISSING', `There is nothing at ${path}.`, {
      hint: missingHint,
      cause: error,
    });
  }
}

async function copyFolder(source: string, aside: string, options: UnpackOptions): Promise<UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    options.signal?.throwIfAborted();
    const from = join(entry.parentPath, entry.name);
    const path = toLayoutPath(relative(source, from));
    if (path === undefined) continue;
    const target = join(aside, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(from, target);
    files.push({ path, bytes: (await stat(target)).size, sha256: await hashFile(target) });
  }
  return files;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Every split parses, and every database that an example names opens. */
async function checkImport(
  source: string,
  dir: string,
  files: UnpackedFile[],
  options: UnpackOptions,
): Promise<SpiderManifest> {
  const examples: Record<string, number> = {};
  const dbIds = new Set<string>();
  for (const split of spiderSplits) {
    const read = await readExamples(dir, split);
    examples[split] = read.length;
    for (const example of read) dbIds.add(example.dbId);
  }
  for (const dbId of [...dbIds].sort()) {
    options.signal?.throwIfAborted();
    checkSqliteFile(dir, dbId);
  }
  const sorted = files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { source, databases: dbIds.size, examples, files: sorted };
}

/** `data/raw/spider/spider.zip` is where the user is told to put the download: it survives the swap of folders. */
async function keepUserZip(spiderDir: string, aside: string): Promise<void> {
  try {
    await rename(join(spiderDir, 'spider.zip'), join(aside, 'spider.zip'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function replaceFolder(aside: string, target: string): Promise<void> {
  const old = `${target}.old`;
  await rm(old, { recursive: true, force: true });
  try {
    await rename(target, old);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rename(aside, target);
  await rm(old, { recursive: true, force: true });
}
