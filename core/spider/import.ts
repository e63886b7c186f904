import { copyFile, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { planFiles, type PlannedFile } from './check-zip.ts';
import { describeFileError } from './file-errors.ts';
import { dbIdOf } from './layout.ts';
import { compareFile, hashFile, hashFiles, manifestFile, readManifest, sortFiles } from './manifest.ts';
import { asideOf, recoverImport, replaceImport } from './replace-folder.ts';
import { unpackZip } from './unpack.ts';
import { withWorkers } from './worker/run-worker.ts';
import type { ImportedFile, SpiderManifest } from './manifest.ts';
import type { UnpackOptions } from './unpack.ts';

/**
 * Imports Spider from a zip or folder in Yale's layout into `spiderDir`; does nothing where the same release is
 * there unchanged. Everything is written beside it and renamed at the end, so a failed, cancelled or killed import
 * leaves what was there before.
 * @throws AppError DATASET_MISSING, DATASET_CORRUPT, DISK_FULL, PERMISSION_DENIED
 */
export async function importSpider(
  source: string,
  spiderDir: string,
  options: UnpackOptions = {},
): Promise<SpiderManifest> {
  try {
    await recoverImport(spiderDir);
    const isFolder = (await stat(source)).isDirectory();
    const earlier = await findImport(source, spiderDir, options.signal);
    if (earlier) return earlier;
    return await importAside(source, isFolder, spiderDir, options);
  } catch (error) {
    await recoverImport(spiderDir).catch(() => undefined);
    throw describeFileError(error, source);
  }
}

/** Whether `spiderDir` holds this release, whole and unchanged. Costs one reading of the source and of the files. */
export async function isImported(source: string, spiderDir: string, signal?: AbortSignal): Promise<boolean> {
  return (await findImport(source, spiderDir, signal)) !== undefined;
}

async function findImport(source: string, spiderDir: string, signal?: AbortSignal) {
  const manifest = await readManifest(spiderDir);
  if (!manifest || manifest.source.name !== basename(resolve(source))) return undefined;
  if ((await hashSource(source, signal)) !== manifest.source.sha256) return undefined;
  try {
    for (const file of manifest.files) {
      if (await compareFile(spiderDir, file, signal)) return undefined;
    }
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
  return manifest;
}

async function hashSource(source: string, signal?: AbortSignal): Promise<string> {
  if (!(await stat(source)).isDirectory()) return hashFile(source, signal);
  const files: ImportedFile[] = [];
  for (const { path, from } of planFiles(source, await listFolder(source))) {
    files.push({ path, bytes: 0, sha256: await hashFile(from, signal) });
  }
  return hashFiles(files);
}

async function importAside(
  source: string,
  isFolder: boolean,
  spiderDir: string,
  options: UnpackOptions,
): Promise<SpiderManifest> {
  const aside = asideOf(spiderDir);
  await mkdir(aside, { recursive: true });
  const files = isFolder ? await copyFolder(source, aside, options) : await unpackZip(source, aside, options);
  options.report?.('checking what was imported');
  const { databases, examples } = await checkImport(source, aside, options.signal);
  const sha256 = isFolder ? hashFiles(files) : await hashFile(source, options.signal);
  const name = basename(resolve(source));
  const manifest = { source: { name, sha256 }, databases, examples, files: sortFiles(files) };
  await writeFile(join(aside, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  await replaceImport(spiderDir);
  return manifest;
}

async function copyFolder(source: string, aside: string, options: UnpackOptions): Promise<ImportedFile[]> {
  const found = await listFolder(source);
  const planned = planFiles(source, found);
  await checkOpenFiles(
    found.map(({ from }) => from),
    planned,
    options.signal,
  );
  const files: ImportedFile[] = [];
  for (const { path, from } of planned) {
    options.signal?.throwIfAborted();
    const target = join(aside, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(from, target);
    files.push({ path, bytes: (await stat(target)).size, sha256: await hashFile(target) });
  }
  return files;
}

/** Every file below a folder; symbolic links are not followed. */
async function listFolder(source: string): Promise<PlannedFile<string>[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((from) => ({ path: relative(source, from).replaceAll(sep, '/'), from }));
}

/** A database that another program has open may be copied in the middle of a change. */
async function checkOpenFiles(
  found: string[],
  planned: PlannedFile<string>[],
  signal?: AbortSignal,
): Promise<void> {
  const databases = planned.filter(({ path }) => dbIdOf(path) !== undefined).map(({ from }) => from);
  for (const file of databases) {
    const journal = found.find((path) => path === `${file}-journal` || path === `${file}-wal`);
    if (!journal || (await stat(journal)).size === 0) continue;
    throw new AppError(
      'DATASET_CORRUPT',
      `${file} has changes that are not finished (${basename(journal)}).`,
      {
        hint: 'Close the program that has this database open, or open and close it once with sqlite3, and import again.',
      },
    );
  }
  await withWorkers({ signal }, (workers) => workers.run('openFiles', { files: databases }));
}

/** The checks name files beside the final folder, which the user never sees: the messages name the source. */
async function checkImport(source: string, aside: string, signal?: AbortSignal) {
  try {
    return await withWorkers({ signal }, (workers) => workers.run('checkRelease', { spiderDir: aside }));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = `${source}: ${error.message.replaceAll(`${aside}${sep}`, '')}`;
    throw new AppError(error.code, message, { hint: error.hint, cause: error });
  }
}
