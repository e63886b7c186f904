import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, datasetExampleSchema, datasetSplitSchema } from '../../contract/index.ts';
import type { DatasetExample, DatasetSplit } from '../../contract/index.ts';
import { readLines } from '../reading/read-lines.ts';
import { createTimeSlices } from '../reading/time-slices.ts';
import { asideSuffix, writeAside } from '../stages/index.ts';
import { writeTextLines } from '../write-lines.ts';
import { compareExamples, toCanonicalLine } from './canonical-example.ts';
import { examplesName, manifestName, readVersion } from './version-files.ts';
import type { VersionInputs, VersionManifest } from './version-files.ts';

export interface CreateVersionOptions {
  /** Holds `{train,val,test}_postgres.jsonl`. */
  processedDir: string;
  versionsDir: string;
  inputs: VersionInputs;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Keeps the splits as they are under the hash of their content: `versions/<12 hex>/`. The same content is the same
 * version, whatever it was made from; a damaged one of this content is made again.
 * @returns the version's name @throws AppError DATASET_MISSING or DATASET_CORRUPT naming a split's file
 */
export async function createVersion(options: CreateVersionOptions): Promise<string> {
  const { lines, examples } = await readSplits(options);
  const sha256 = await hashLines(lines, options.signal);
  const version = sha256.slice(0, 12);
  if (await isWhole(options.versionsDir, version, options.signal)) return version;
  options.report?.(`writing ${version}`);
  await publish(
    { version, sha256, examples, inputs: options.inputs },
    lines,
    options.versionsDir,
    options.signal,
  );
  return version;
}

async function hashLines(lines: string[], signal: AbortSignal | undefined): Promise<string> {
  const rest = createTimeSlices(signal);
  const hash = createHash('sha256');
  for (const line of lines) {
    hash.update(line);
    await rest();
  }
  return hash.digest('hex');
}

/** The canonical lines, each with its line feed, in their order. */
async function readSplits({ processedDir, signal }: CreateVersionOptions) {
  const read: { split: DatasetSplit; id: string; line: string }[] = [];
  const examples = { train: 0, val: 0, test: 0 };
  const rest = createTimeSlices(signal);
  for (const split of datasetSplitSchema.options) {
    for await (const example of readSplit(join(processedDir, `${split}_postgres.jsonl`), signal)) {
      read.push({ split: example.split, id: example.id, line: `${toCanonicalLine(example)}\n` });
      examples[split] += 1;
      await rest();
    }
  }
  return { lines: read.sort(compareExamples).map(({ line }) => line), examples };
}

async function* readSplit(file: string, signal: AbortSignal | undefined): AsyncGenerator<DatasetExample> {
  let number = 0;
  try {
    for await (const line of readLines(file, signal)) {
      number = line.number;
      yield datasetExampleSchema.parse(JSON.parse(line.bytes.toString()));
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const what = isMissing ? `${file} is missing` : `${file}, line ${number}, is not an example`;
    throw new AppError(isMissing ? 'DATASET_MISSING' : 'DATASET_CORRUPT', `${what}.`, {
      hint: 'Run `sqlcodegen data split`.',
      cause: error,
    });
  }
}

async function isWhole(
  versionsDir: string,
  version: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    await readVersion(versionsDir, version, signal);
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function publish(
  manifest: VersionManifest,
  lines: string[],
  versionsDir: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = join(versionsDir, manifest.version);
  const aside = `${folder}${asideSuffix}`;
  await rm(aside, { recursive: true, force: true });
  await writeTextLines(join(aside, examplesName), lines, signal);
  await writeAside(join(aside, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(folder, { recursive: true, force: true });
  await rename(aside, folder);
}
