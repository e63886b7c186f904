import { rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { readExamples, spiderSplits } from '../spider/index.ts';
import { sqliteFileOf } from '../spider/layout.ts';
import { publish } from './publish.ts';
import { openSpiderLoader, spiderDatabaseName } from './spider-database.ts';
import { startWorkers } from './worker-pool.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { SpiderExample } from '../spider/index.ts';
import type { ConversionReport } from './report.ts';
import type { SpiderServer } from './spider-database.ts';
import type { WorkerPool } from './worker-pool.ts';

export { convertQuery } from './convert-query.ts';
export { listStrays } from './engines.ts';
export type { Engines } from './engines.ts';

export interface ConvertOptions {
  spiderDir: string;
  /** Gets pairs.jsonl, postgres_schemas/, samples/, answers/ and conversion_report.json and .html. */
  outDir: string;
  /** Keeps the results of finished databases, so that a run that was cut short goes on where it was. */
  cacheDir: string;
  /** Holds the loaded databases, a schema each. */
  server: SpiderServer;
  serverVersion: string;
  /** Threads, each with a connection of its own; by default one a core, at most 4. */
  workers?: number | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
  /** Only these databases; all by default. */
  dbIds?: string[] | undefined;
}

interface DatabaseWork {
  dbId: string;
  examples: SpiderExample[];
}

/** Key of the advisory lock that a running conversion holds. */
const conversionKey = 7_265_011;
const mostWorkers = 4;

/**
 * Converts Spider to PostgreSQL: loads every database, rewrites every gold query, runs both and compares, on Spider's
 * rows and on generated ones. Each pair of the input becomes one line of the output, whatever its outcome. Results
 * are written aside and renamed.
 * @throws AppError DATASET_MISSING or DATASET_CORRUPT for the input, CONFLICT while another conversion runs
 */
export async function convertSpider(options: ConvertOptions): Promise<ConversionReport> {
  options.signal?.throwIfAborted();
  const aside = `${options.outDir}.converting`;
  const databases = await listDatabases(options);
  const loader = await openSpiderLoader(options.server);
  try {
    await lockConversion(loader);
    const report = await convertOnWorkers(databases, aside, options);
    options.signal?.throwIfAborted();
    await publish(aside, options.outDir);
    return report;
  } finally {
    await rm(aside, { recursive: true, force: true });
    await loader.close();
  }
}

/** The databases that examples name, in their order. */
async function listDatabases({ spiderDir, dbIds }: ConvertOptions): Promise<DatabaseWork[]> {
  const splits = await Promise.all(spiderSplits.map((split) => readExamples(spiderDir, split)));
  const wanted = dbIds === undefined ? undefined : new Set(dbIds);
  const examples = splits.flat().filter((example) => wanted === undefined || wanted.has(example.dbId));
  const byDatabase = Map.groupBy(examples, (example) => example.dbId);
  return [...byDatabase].map(([dbId, own]) => ({ dbId, examples: own }));
}

/** Two conversions at once would replace each other's schemas. The lock goes with the connection. */
async function lockConversion(loader: RowLoader): Promise<void> {
  const { rows } = await loader.read(`SELECT pg_try_advisory_lock(${conversionKey})`);
  if (rows[0]?.[0] === 't') return;
  throw new AppError('CONFLICT', 'Another process is converting Spider on this server.', {
    hint: 'Wait until it is done, or end it.',
  });
}

async function convertOnWorkers(
  databases: DatabaseWork[],
  aside: string,
  options: ConvertOptions,
): Promise<ConversionReport> {
  const { spiderDir, serverVersion, server, signal } = options;
  const count = options.workers ?? Math.min(mostWorkers, availableParallelism());
  const unitsDir = join(options.cacheDir, 'conversion');
  const target = server.adminTargetOf(spiderDatabaseName);
  const pool = startWorkers(count, { spiderDir, serverVersion, unitsDir, target }, signal);
  try {
    await convertAll(pool, databases, options);
    return await assembleAll(pool, databases, aside);
  } finally {
    await pool.close();
  }
}

async function convertAll(pool: WorkerPool, databases: DatabaseWork[], options: ConvertOptions) {
  const total = databases.reduce((sum, { examples }) => sum + examples.length, 0);
  let [done, pairs] = [0, 0];
  const tasks = (await sortBySize(databases, options.spiderDir)).map((each) => ({
    kind: 'database' as const,
    ...each,
  }));
  await pool.runAll(tasks, (reply) => {
    if (reply.kind !== 'database') return;
    done += 1;
    pairs += reply.pairs;
    const kept = reply.isReused ? ' (kept)' : '';
    options.report?.(`${done}/${databases.length} ${reply.dbId}${kept}: ${pairs}/${total} pairs`);
  });
}

/** Biggest first, so that no worker is left with a big one at the end. */
async function sortBySize(databases: DatabaseWork[], spiderDir: string): Promise<DatabaseWork[]> {
  const sized = await Promise.all(
    databases.map(async (work) => ({ work, size: await sizeOfWork(work, spiderDir) })),
  );
  return sized.sort((a, b) => b.size - a.size).map(({ work }) => work);
}

/** In bytes of the file; a query costs about as much as loading this many. */
const bytesPerQuery = 20_000;

async function sizeOfWork({ dbId, examples }: DatabaseWork, spiderDir: string): Promise<number> {
  const file = await stat(sqliteFileOf(spiderDir, dbId)).catch(() => undefined);
  return (file?.size ?? 0) + bytesPerQuery * examples.length;
}

async function assembleAll(pool: WorkerPool, databases: DatabaseWork[], folder: string) {
  let report: ConversionReport | undefined;
  await pool.runAll([{ kind: 'assemble', databases, folder }], (reply) => {
    if (reply.kind === 'assemble') report = reply.report;
  });
  if (report === undefined) throw new AppError('INTERNAL', 'The conversion gave no report.');
  return report;
}
