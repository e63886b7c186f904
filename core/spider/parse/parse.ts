import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeFileError } from '../file-errors.ts';
import { spiderSplits } from '../layout.ts';
import { withWorkers } from '../worker/run-worker.ts';
import { buildSchemaIndex, type IndexedSchema, type SchemaIndex } from './schema-index.ts';
import type { SpiderSplitName } from '../../contract/dataset.ts';
import type { ParsedDatabase } from './parse-database.ts';
import { readRelease, type Release } from '../read-release.ts';

export interface ParseOptions {
  spiderDir: string;
  /** Gets `schemas/<dbId>.json` and `schema_index.json`. */
  outDir: string;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/**
 * Writes what SQLite says of every database that an example names. Files are written aside and renamed at the end.
 * @throws AppError DATASET_MISSING or DATASET_CORRUPT naming the file, CONFLICT where a database is locked, DISK_FULL
 */
export async function parseSchemas({
  spiderDir,
  outDir,
  signal,
  report,
}: ParseOptions): Promise<SchemaIndex> {
  return withWorkers({ signal }, async (workers) => {
    const release = await readRelease(workers, spiderDir);
    const dbIds = [...new Set(release.examples.map(({ dbId }) => dbId))].sort();
    let done = 0;
    const parsed = await workers.map(dbIds, async (worker, dbId) => {
      const published = release.published.find((each) => each.dbId === dbId);
      const database = await worker.run('parseDatabase', { spiderDir, dbId, published });
      done += 1;
      if (done % 10 === 0) report?.(`parsed ${done} of ${dbIds.length} databases`);
      return database;
    });
    return writeSchemas(outDir, parsed, release).catch((error: unknown) => {
      throw describeFileError(error, outDir);
    });
  });
}

async function writeSchemas(
  outDir: string,
  parsed: ParsedDatabase[],
  release: Release,
): Promise<SchemaIndex> {
  const folder = join(outDir, 'schemas');
  const aside = `${folder}.partial`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const indexed: IndexedSchema[] = [];
  for (const { schema, differences } of parsed) {
    const text = toJson(schema);
    await writeFile(join(aside, `${schema.dbId}.json`), text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    indexed.push({ schema, differences, sha256, examples: countExamples(release, schema.dbId) });
  }
  const index = buildSchemaIndex(indexed);
  const indexFile = join(outDir, 'schema_index.json');
  await writeFile(`${indexFile}.partial`, toJson(index));
  await swapFolder(aside, folder);
  await rename(`${indexFile}.partial`, indexFile);
  return index;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function countExamples({ examples }: Release, dbId: string): Record<SpiderSplitName, number> {
  const count = (split: SpiderSplitName) =>
    examples.filter((example) => example.split === split && example.dbId === dbId).length;
  return Object.fromEntries(spiderSplits.map((split) => [split, count(split)])) as Record<
    SpiderSplitName,
    number
  >;
}

/** Killed in between, the schemas are missing, and the next run writes them again. */
async function swapFolder(aside: string, folder: string): Promise<void> {
  const old = `${folder}.old.partial`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(folder)) await rename(folder, old);
  await rename(aside, folder);
  await rm(old, { recursive: true, force: true });
}
