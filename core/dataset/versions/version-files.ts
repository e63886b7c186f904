import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, datasetExampleSchema } from '../../contract/index.ts';
import type { DatasetExample } from '../../contract/index.ts';
import { readLines } from '../reading/read-lines.ts';
import { hashFile } from '../stages/index.ts';

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
  /** Of the canonical lines, each ended by a line feed: the hash of `examples.jsonl`. */
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
export const examplesName = 'examples.jsonl';
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
  try {
    // Its bytes first: what is damaged is never parsed.
    if ((await hashFile(file)) !== sha256) throw damaged(file, 'does not have the hash of its version');
    for await (const { bytes } of readLines(file, signal)) {
      const example = datasetExampleSchema.parse(JSON.parse(bytes.toString()));
      examples.set(example.id, example);
    }
  } catch (error) {
    if (signal?.aborted || error instanceof AppError) throw error;
    throw damaged(file, 'cannot be read', error);
  }
  return examples;
}

function damaged(file: string, what: string, cause?: unknown): AppError {
  return new AppError('DATASET_CORRUPT', `The version's file ${file} ${what}.`, {
    hint: 'Delete its folder; where the dataset still has this content, `sqlcodegen data all` makes it again.',
    details: { file },
    cause,
  });
}
