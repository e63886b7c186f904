import { rm, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../contract/errors.ts';
import { sqliteFileOf } from '../spider/layout.ts';
import { publish } from './publish.ts';
import { cleanCatalogue, openSpiderLoader, spiderDatabaseName } from './spider-database.ts';
import { startWorkers } from './worker-pool.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { ConversionReport } from './report.ts';
import type { SpiderServer } from './spider-database.ts';
import type { PlannedDatabase } from './worker-messages.ts';
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
  const loader = await openSpiderLoader(options.server);
  try {
    await lockConversion(loader);
    const report = await convertOnWorkers(aside, options);
    options.signal?.throwIfAborted();
    await publish(aside, options.outDir);
    await cleanCatalogue(loader);
    return report;
  } finally {
    await rm(aside, { recursive: true, force: true });
    await loader.close();
  }
}

/** Two conversions at once would replace each other's schemas. The lock goes with the connection. */
async function lockConversion(loader: RowLoader): Promise<void> {
  const { rows } = await loader.read(`SELECT pg_try_advisory_lock(${conversionKey})`);
  if (rows[0]?.[0] === 't') return;
  throw new AppError('CONFLICT', 'Another process is converting Spider on this server.', {
    hint: 'Wait until it is done, or end it.',
  });
}

async function convertOnWorkers(aside: string, options: ConvertOptions): Promise<ConversionReport> {
  const { spiderDir, serverVersion, server, signal } = options;
  const count = options.workers ?? Math.min(mostWorkers, availableParallelism());
  const unitsDir = join(options.cacheDir, 'conversion');
  const target = server.adminTargetOf(spiderDatabaseName);
  const pool = startWorkers(count, { spiderDir, serverVersion, unitsDir, target }, signal);
  try {
    const databases = await planDatabases(pool, options.dbIds);
    await convertAll(pool, databases, options);
    return await assembleAll(pool, databases, aside);
  } finally {
    await pool.close();
  }
}

/** The databases that examples name, in their order. */
async function planDatabases(pool: WorkerPool, dbIds: string[] | undefined): Promise<PlannedDatabase[]> {
  const planned: PlannedDatabase[] = [];
  await pool.runAll([{ kind: 'plan' }], (reply) => {
    if (reply.kind === 'plan') planned.push(...reply.databases);
  });
  const wanted = dbIds === undefined ? undefined : new Set(dbIds);
  return planned.filter(({ dbId }) => wanted === undefined || wanted.has(dbId));
}

async function convertAll(pool: WorkerPool, databases: PlannedDatabase[], options: ConvertOptions) {
  const total = databases.reduce((sum, { pairs }) => sum + pairs, 0);
  let [done, pairs] = [0, 0];
  const tasks = (await sortBySize(databases, options.spiderDir)).map(({ dbId }) => ({
    kind: 'database' as const,
    dbId,
  }));
  await pool.runAll(tasks, (reply) => {
    if (reply.kind !== 'database') return;
    done += 1;
    pairs += reply.pairs;
    const kept = reply.isReused ? ' (kept)' : '';
    options.report?.(`${done}/${databases.length} ${reply.dbId}${kept}: ${pairs}/${total} pairs`);
  });
}

/** In bytes of the file; a query costs about as much as loading this many. */
const bytesPerQuery = 20_000;

/** Biggest first, so that no worker is left with a big one at the end. */
async function sortBySize(databases: PlannedDatabase[], spiderDir: string): Promise<PlannedDatabase[]> {
  const sized = await Promise.all(
    databases.map(async (planned) => {
      const file = await stat(sqliteFileOf(spiderDir, planned.dbId)).catch(() => undefined);
      return { planned, size: (file?.size ?? 0) + bytesPerQuery * planned.pairs };
    }),
  );
  return sized.sort((a, b) => b.size - a.size).map(({ planned }) => planned);
}

async function assembleAll(pool: WorkerPool, databases: PlannedDatabase[], folder: string) {
  const dbIds = databases.map(({ dbId }) => dbId);
  let report: ConversionReport | undefined;
  await pool.runAll([{ kind: 'assemble', dbIds, folder }], (reply) => {
    if (reply.kind === 'assemble') report = reply.report;
  });
  if (report === undefined) throw new AppError('INTERNAL', 'The conversion gave no report.');
  return report;
}
