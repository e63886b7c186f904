import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { z } from 'zod';
import { AppError, datasetExampleSchema } from '../../contract/index.ts';
import type { DatasetExample } from '../../contract/index.ts';

/** What a version was made from, as far as it is known. */
export const versionInputsSchema = z.object({
  /** The release: SHA-256 over the paths and hashes of its files, the same for a zip and its unpacked folder. */
  spider: z.string().optional(),
  /** The code that converted. */
  conversion: z.string().optional(),
  tokenizer: z.string().optional(),
  overrides: z.number().int().nonnegative(),
});
export type VersionInputs = z.infer<typeof versionInputsSchema>;

const versionManifestSchema = z.object({
  /** The first 12 digits of `sha256`; the folder's name. */
  version: z.string(),
  /** Of the canonical lines, each ended by a line feed, before they are packed. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  examples: z.object({
    train: z.number().int().nonnegative(),
    val: z.number().int().nonnegative(),
    test: z.number().int().nonnegative(),
  }),
  inputs: versionInputsSchema,
});
export type VersionManifest = z.infer<typeof versionManifestSchema>;

/** A version that is listed: its manifest, or why it cannot be read. */
export type ListedVersion = { version: string } & ({ manifest: VersionManifest } | { damage: string });

export const manifestName = 'manifest.json';
export const examplesName = 'examples.jsonl.gz';
const folderPattern = /^[0-9a-f]{12}$/;

/** All versions, sorted by name. Reads the manifests only. */
export async function listVersions(versionsDir: string): Promise<ListedVersion[]> {
  const names = (await readdir(versionsDir).catch(() => []))
    .filter((name) => folderPattern.test(name))
    .sort();
  return Promise.all(
    names.map(async (version) => {
      try {
        return { version, manifest: await readVersionManifest(versionsDir, version) };
      } catch (error) {
        return { version, damage: AppError.from(error).message };
      }
    }),
  );
}

/** The one version whose name begins so. @throws AppError NOT_FOUND, or INVALID_INPUT where several do */
export async function findVersion(versionsDir: string, prefix: string): Promise<string> {
  const versions = await listVersions(versionsDir);
  const matching = versions.map(({ version }) => version).filter((version) => version.startsWith(prefix));
  const [only, second] = matching;
  if (only !== undefined && second === undefined && prefix !== '') return only;
  if (second !== undefined) {
    throw new AppError('INVALID_INPUT', `Several versions begin with ${prefix}: ${matching.join(', ')}.`, {
      hint: 'Give more of its digits.',
    });
  }
  throw new AppError('NOT_FOUND', `There is no version ${prefix}.`, {
    hint: 'See `sqlcodegen data versions` for those that exist.',
  });
}

/** @throws AppError DATASET_CORRUPT naming the file */
export async function readVersionManifest(versionsDir: string, version: string): Promise<VersionManifest> {
  const file = join(versionsDir, version, manifestName);
  try {
    const manifest = versionManifestSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    if (manifest.version === version && manifest.sha256.startsWith(version)) return manifest;
  } catch (error) {
    throw damaged(file, 'cannot be read', error);
  }
  throw damaged(file, 'is that of another version');
}

/**
 * The examples of a version by id, in its order.
 * @throws AppError DATASET_CORRUPT where the file is not what the version's hash says
 */
export async function readVersion(
  versionsDir: string,
  version: string,
  signal?: AbortSignal,
): Promise<Map<string, DatasetExample>> {
  const { sha256 } = await readVersionManifest(versionsDir, version);
  const file = join(versionsDir, version, examplesName);
  const examples = new Map<string, DatasetExample>();
  const hash = createHash('sha256');
  try {
    for await (const line of readPackedLines(file, signal)) {
      hash.update(`${line}\n`);
      const example = datasetExampleSchema.parse(JSON.parse(line));
      examples.set(example.id, example);
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw damaged(file, 'cannot be read', error);
  }
  if (hash.digest('hex') !== sha256) throw damaged(file, 'does not have the hash of its version');
  return examples;
}

async function* readPackedLines(file: string, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const unpacked = createGunzip();
  // Its failure reaches the reader through the stream, which `pipeline` destroys.
  const unpacking = pipeline(createReadStream(file), unpacked, { signal }).catch((error: Error) => error);
  try {
    yield* createInterface({ input: unpacked, crlfDelay: Infinity });
  } finally {
    unpacked.destroy();
  }
  const failure = await unpacking;
  if (failure instanceof Error) throw failure;
}

function damaged(file: string, what: string, cause?: unknown): AppError {
  return new AppError('DATASET_CORRUPT', `The version's file ${file} ${what}.`, {
    hint: 'Delete its folder; where the dataset still has this content, `sqlcodegen data all` makes it again.',
    details: { file },
    cause,
  });
}
