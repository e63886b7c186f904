import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../contract/index.ts';
import { formatReportFile } from '../dataset/format/index.ts';
import { readJsonFile } from '../dataset/reading/parse-file.ts';
import { readStageManifest, writeAside, type StageContext } from '../dataset/stages/index.ts';
import { createVersion, diffVersions, listVersions } from '../dataset/versions/index.ts';
import type { ListedVersion, VersionDiff, VersionInputs } from '../dataset/versions/index.ts';
import { readManifest } from '../spider/index.ts';

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

/** Below `processed`: which version the splits there are. */
export const currentVersionName = 'dataset_version.json';

const currentSchema = z.object({ version: z.string() });

/** The version that the last run of the stage made or found; undefined before the first. */
export async function readCurrentVersion(dataDir: string): Promise<string | undefined> {
  try {
    const text = await readFile(join(dataDir, 'processed', currentVersionName), 'utf8');
    return currentSchema.parse(JSON.parse(text)).version;
  } catch {
    return undefined;
  }
}

export interface KeepVersionOptions {
  spiderDir: string;
  /** Holds the splits. */
  processedDir: string;
  versionsDir: string;
}

/** Makes the version of the splits as they are, and notes its name beside them. @returns its name */
export async function keepVersion(
  { spiderDir, processedDir, versionsDir }: KeepVersionOptions,
  context: StageContext,
): Promise<string> {
  const inputs = await describeInputs(spiderDir, processedDir);
  const version = await createVersion({ ...context, processedDir, versionsDir, inputs });
  await writeAside(join(processedDir, currentVersionName), `${JSON.stringify({ version })}\n`);
  return version;
}

const formatReportSchema = z.object({
  tokenizer: z.string(),
  overrides: z.object({ applied: z.array(z.string()) }),
});

async function describeInputs(spiderDir: string, processedDir: string): Promise<VersionInputs> {
  const manifest = await readManifest(spiderDir);
  const conversion = await readStageManifest(join(processedDir, 'manifests', 'convert.json'));
  const report = await readFormatReport(join(processedDir, formatReportFile));
  return {
    spider: manifest && hashRelease(manifest.files),
    conversion: conversion?.version,
    tokenizer: report.tokenizer,
    overrides: report.overrides.applied.length,
  };
}

/** @throws AppError DATASET_MISSING or DATASET_CORRUPT naming the file and the stage that makes it */
async function readFormatReport(path: string): Promise<z.infer<typeof formatReportSchema>> {
  const report = await readJsonFile(formatReportSchema, { path, stage: 'format' });
  if (report !== undefined) return report;
  throw new AppError('DATASET_MISSING', `There is no ${path}.`, {
    hint: 'Run `sqlcodegen data format` first.',
  });
}

/** The same for a zip and for its unpacked folder. */
function hashRelease(files: { path: string; sha256: string }[]): string {
  const lines = files.map(({ path, sha256 }) => `${sha256}  ${path}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}
