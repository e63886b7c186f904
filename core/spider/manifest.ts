import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { spiderSplitSchema } from '../contract/dataset.ts';

const fileSchema = z.object({ path: z.string(), bytes: z.number().int(), sha256: z.string() });

/** A file of an import: its path below the Spider folder, size and hash. */
export type ImportedFile = z.infer<typeof fileSchema>;

const manifestSchema = z.object({
  /** Where it came from: the base name only, so that the manifest is the same on every machine. */
  source: z.object({ name: z.string(), sha256: z.string() }),
  databases: z.number().int(),
  examples: z.record(spiderSplitSchema, z.number().int()),
  files: z.array(fileSchema),
});

/** `manifest.json`: written last, so that its presence says that an import is complete. */
export type SpiderManifest = z.infer<typeof manifestSchema>;

export const manifestFile = 'manifest.json';

/** The manifest of an earlier import, or undefined where there is none that this version wrote. */
export async function readManifest(spiderDir: string): Promise<SpiderManifest | undefined> {
  try {
    return manifestSchema.parse(JSON.parse(await readFile(join(spiderDir, manifestFile), 'utf8')));
  } catch {
    return undefined;
  }
}

/** SHA-256 of a file, read as a stream. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest('hex');
}

/** One hash over the paths and hashes of many files: what a folder has in place of a zip's hash. */
export function hashFiles(files: ImportedFile[]): string {
  const hash = createHash('sha256');
  for (const file of sortFiles(files)) hash.update(`${file.sha256}  ${file.path}\n`);
  return hash.digest('hex');
}

/** By path, in the order of code units: the same on every machine. */
export function sortFiles(files: ImportedFile[]): ImportedFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** What is wrong with a file beside its line in the manifest, or undefined. Throws what the system refuses. */
export async function compareFile(
  spiderDir: string,
  file: ImportedFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = join(spiderDir, file.path);
  const { size } = await stat(path);
  if (size !== file.bytes) return `is ${size} bytes long instead of ${file.bytes}`;
  const sha256 = await hashFile(path, signal);
  return sha256 === file.sha256 ? undefined : 'has changed since the import (its SHA-256 differs)';
}
