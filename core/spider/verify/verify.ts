import { join } from 'node:path';
import { AppError } from '../../contract/errors.ts';
import { describeFileError } from '../file-errors.ts';
import { dbIdOf, tablesFile } from '../layout.ts';
import { compareFile, readManifest, type SpiderManifest } from '../manifest.ts';
import { importCommand } from '../manual-steps.ts';
import { withWorkers, type SpiderWorker, type SpiderWorkers } from '../worker/run-worker.ts';
import { findDifferences } from './find-differences.ts';
import { runGoldWithin } from './run-gold-queries.ts';
import { summarize, type CheckedDatabase } from './summarize.ts';
import { writeSummary } from './write-summary.ts';
import { readRelease, type Release } from '../read-release.ts';
import type { VerifyProblem, VerifyReport } from './verify-report.ts';

export interface VerifyOptions {
  spiderDir: string;
  /** For each gold query. Defaults to 30,000. */
  queryTimeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

const importAgain = `Import the release again: \`${importCommand} FILE\`.`;

/**
 * Checks every file of an import, every JSON, every database and every gold query, and writes download_summary.txt.
 * What is wrong is listed in the report; only a missing import is an error.
 * @throws AppError DATASET_MISSING where nothing has been imported.
 */
export async function verifySpider(options: VerifyOptions): Promise<VerifyReport> {
  const { spiderDir, signal, report } = options;
  const manifest = await readManifest(spiderDir);
  if (!manifest) {
    throw new AppError('DATASET_MISSING', 'No Spider release has been imported.', {
      hint: `Run \`${importCommand}\`, or \`${importCommand} FILE\` with spider.zip.`,
    });
  }
  report?.('comparing hashes');
  const problems = await checkFiles(spiderDir, manifest, signal);
  return withWorkers({ signal }, async (workers) => {
    const release = await readRelease(workers, spiderDir, (file, error) =>
      problems.push(toProblem(spiderDir, file, error)),
    );
    const databases = await checkDatabases(workers, manifest, release, options);
    const found = summarize(manifest, release, databases);
    const all = [...problems, ...checkNames(release), ...databases.flatMap((each) => each.problems)];
    const verified = { ...found, differences: findDifferences(found), problems: all };
    await writeSummary(spiderDir, verified).catch((error: unknown) => {
      throw describeFileError(error, spiderDir);
    });
    return verified;
  });
}

async function checkFiles(
  spiderDir: string,
  manifest: SpiderManifest,
  signal?: AbortSignal,
): Promise<VerifyProblem[]> {
  const problems: VerifyProblem[] = [];
  for (const file of manifest.files) {
    try {
      const what = await compareFile(spiderDir, file, signal);
      if (what) problems.push({ file: file.path, what: `It ${what}.`, cure: importAgain });
    } catch (error) {
      signal?.throwIfAborted();
      problems.push(toProblem(spiderDir, file.path, describeFileError(error, file.path)));
    }
  }
  return problems;
}

/** The message without the folder's own path: the report is the same wherever the data lies. */
function toProblem(spiderDir: string, file: string, error: unknown): VerifyProblem {
  const { code, message, hint } = AppError.from(error);
  if (code === 'CANCELLED') throw error;
  const cure = code === 'DATASET_MISSING' ? importAgain : (hint ?? importAgain);
  const relative = (text: string) => text.replaceAll(join(spiderDir, '/'), '');
  return { file, what: relative(message), cure: relative(cure) };
}

function checkNames({ examples, published }: Release): VerifyProblem[] {
  // An unreadable tables.json is one problem, not one per database.
  if (published.length === 0) return [];
  const known = new Set(published.map(({ dbId }) => dbId));
  const unknown = [...new Set(examples.map(({ dbId }) => dbId))].filter((dbId) => !known.has(dbId)).sort();
  return unknown.map((dbId) => ({
    file: tablesFile,
    what: `It does not describe ${dbId}, which examples name.`,
    cure: 'Import a release whose tables.json belongs to its examples.',
  }));
}

async function checkDatabases(
  workers: SpiderWorkers,
  manifest: SpiderManifest,
  release: Release,
  { spiderDir, queryTimeoutMs = 30_000, report }: VerifyOptions,
): Promise<CheckedDatabase[]> {
  const ofFiles = manifest.files.flatMap(({ path }) => dbIdOf(path) ?? []);
  const dbIds = [...new Set([...ofFiles, ...release.examples.map(({ dbId }) => dbId)])].sort();
  let done = 0;
  return workers.map(dbIds, async (worker, dbId) => {
    const checked = await checkOne(worker, { spiderDir, dbId, release, queryTimeoutMs });
    done += 1;
    report?.(`checked ${done} of ${dbIds.length} databases`);
    return checked;
  });
}

interface OneDatabase {
  spiderDir: string;
  dbId: string;
  release: Release;
  queryTimeoutMs: number;
}

async function checkOne(
  worker: SpiderWorker,
  { spiderDir, dbId, release, queryTimeoutMs }: OneDatabase,
): Promise<CheckedDatabase> {
  const file = `database/${dbId}/${dbId}.sqlite`;
  const publishedTables = release.published.find((each) => each.dbId === dbId)?.tables ?? [];
  const ofDatabase = release.examples.filter((example) => example.dbId === dbId);
  const queries = [...new Set(ofDatabase.map(({ sql }) => sql))];
  try {
    const check = await worker.run('checkDatabase', { spiderDir, dbId, publishedTables });
    const errors = await runGoldWithin(worker, { spiderDir, dbId, queries }, queryTimeoutMs);
    const gold = new Map(queries.map((query, index) => [query, errors[index] ?? null]));
    const problems = check.damage.map((what) => ({ file, what: `SQLite says: ${what}`, cure: importAgain }));
    return { dbId, check, problems, gold };
  } catch (error) {
    return { dbId, problems: [toProblem(spiderDir, file, error)], gold: new Map() };
  }
}
