import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diffVersions, listVersions } from '../dataset/versions/index.ts';
import type { ListedVersion, VersionDiff } from '../dataset/versions/index.ts';

export type { VersionDiff } from '../dataset/versions/index.ts';

/** `isCurrent`: it is what `processed` holds since the last `data all`. */
export type NamedVersion = ListedVersion & { isCurrent: boolean };

export async function readVersions(dataDir: string): Promise<NamedVersion[]> {
  const current = await readCurrentVersion(dataDir);
  const versions = await listVersions(join(dataDir, 'versions'));
  return versions.map((each) => ({ ...each, isCurrent: each.version === current }));
}

export function compareVersions(
  dataDir: string,
  pair: [string, string],
  signal?: AbortSignal,
): Promise<VersionDiff> {
  return diffVersions(join(dataDir, 'versions'), pair, signal);
}

const currentSchema = z.object({ version: z.string() });

export function currentVersionFile(dataDir: string): string {
  return join(dataDir, 'processed', 'dataset_version.json');
}

/** The version that the last run of the stage made or found; undefined before the first. */
export async function readCurrentVersion(dataDir: string): Promise<string | undefined> {
  try {
    return currentSchema.parse(JSON.parse(await readFile(currentVersionFile(dataDir), 'utf8'))).version;
  } catch {
    return undefined;
  }
}
