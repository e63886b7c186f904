import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listStrays } from '../engines.ts';
import { makeFillings, openFilledDatabase } from '../filling/index.ts';
import { ensureLoaded } from '../load-once.ts';
import { quotePostgresName } from '../names.ts';
import { readEvidence, readPairs } from '../read-pairs.ts';
import { openGoldRunner, openSqlite, readSqliteSchema } from '../../spider/index.ts';
import { measureQuery } from './measure-query.ts';
import { loadMutator } from './mutate.ts';
import { reportMutants } from './report-mutants.ts';
import { makeSmallWorlds } from './small-worlds.ts';
import type { GeneratedRows, ProvenPair } from '../../contract/dataset.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import type { LoadedTable } from '../load.ts';
import type { MeasuredDatabase } from './measure-query.ts';
import type { MeasuredFates, MutationReport } from './report-mutants.ts';

export interface MeasureOptions {
  spiderDir: string;
  /** Holds the conversion's pairs and evidence; gets `mutation_report.json`. */
  processedDir: string;
  /** Opens a connection to the server that holds the loaded databases; each is closed here. */
  openLoader: () => Promise<RowLoader>;
  /** Databases measured at once, each on its own connection. Defaults to 2. */
  lanes?: number | undefined;
  /** Measures this many queries, chosen by a hash; all by default. */
  sample?: number | undefined;
  /** Small random contents on which mutants are looked at that nothing has caught. Defaults to 60. */
  searchSets?: number | undefined;
  /** Only these databases; all by default. */
  dbIds?: string[] | undefined;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/** For what PostgreSQL's estimate of its cost did not foresee. */
const mutantTimeoutMs = 20_000;
const defaultSearchSets = 60;
/** Not the proof's own seed. */
const otherSeed = 1_001;

/**
 * Measures what the proof would catch: every verified query is changed in one place after the other, and each such
 * mutant is held to the rows that the proof used. Writes `mutation_report.json`.
 * @throws AppError DATASET_MISSING where nothing has been converted
 */
export async function measureProof(options: MeasureOptions): Promise<MutationReport> {
  await loadMutator();
  const { chosen, total } = await chooseQueries(options);
  const byDatabase = [...Map.groupBy(chosen, (pair) => pair.dbId)];
  const measured = await measureOnLanes(byDatabase, options);
  const report = reportMutants(measured, {
    ...(chosen.length < total ? { sampledOf: total } : {}),
    searchSets: options.searchSets ?? defaultSearchSets,
  });
  await writeReport(options.processedDir, report);
  return report;
}

/** Every distinct verified query once. */
async function chooseQueries({ processedDir, dbIds, sample }: MeasureOptions) {
  const pairs = await readPairs(processedDir);
  const wanted = dbIds === undefined ? undefined : new Set(dbIds);
  const verified = pairs.filter(
    ({ outcome, dbId }) => outcome.startsWith('verified') && (wanted?.has(dbId) ?? true),
  );
  const distinct = [...new Map(verified.map((pair) => [keyOf(pair), pair])).values()];
  const chosen = sample === undefined ? distinct : chooseByHash(distinct, sample);
  return { chosen, total: distinct.length };
}

function keyOf({ dbId, sqliteSql, sql }: Pick<ProvenPair, 'dbId' | 'sqliteSql' | 'sql'>): string {
  return JSON.stringify([dbId, sqliteSql, sql]);
}

/** A sample that is the same on every machine and independent of the order. */
function chooseByHash(pairs: ProvenPair[], count: number): ProvenPair[] {
  const hashed = pairs.map((pair) => ({
    pair,
    hash: createHash('sha256').update(keyOf(pair)).digest('hex'),
  }));
  const least = hashed.sort((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, count);
  const kept = new Set(least.map(({ pair }) => pair));
  return pairs.filter((pair) => kept.has(pair));
}

/** Results come in the order of the databases, whichever lane is done first. */
async function measureOnLanes(databases: [string, ProvenPair[]][], options: MeasureOptions) {
  const results: MeasuredFates[][] = [];
  const waiting = [...databases.entries()];
  let done = 0;
  const runLane = async () => {
    const loader = await options.openLoader();
    try {
      await loader.run(`SET statement_timeout TO ${mutantTimeoutMs}`);
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [position, [dbId, pairs]] = next;
        results[position] = await measureDatabase(loader, dbId, pairs, options);
        done += 1;
        options.report?.(`${done}/${databases.length} ${dbId}: ${pairs.length} queries`);
      }
    } catch (error) {
      waiting.length = 0;
      throw error;
    } finally {
      await loader.close();
    }
  };
  await Promise.all(Array.from({ length: options.lanes ?? 2 }, runLane));
  return results.flat();
}

async function measureDatabase(
  loader: RowLoader,
  dbId: string,
  pairs: ProvenPair[],
  options: MeasureOptions,
): Promise<MeasuredFates[]> {
  const { spiderDir, signal } = options;
  const loaded = await loadWithTime(loader, spiderDir, dbId);
  await loader.run(`SET search_path TO ${quotePostgresName(loaded.namespace)}`);
  const gold = openGoldRunner(spiderDir, dbId, listStrays(loaded));
  const filled = await openFilledDatabase(loader, loaded, readTables(spiderDir, dbId));
  const database: MeasuredDatabase = { engines: { loader, gold }, filled, tables: loaded.tables };
  const sets = new Map(
    (await readEvidence(options.processedDir, dbId)).map((each) => [
      keyOf({ dbId, ...each }),
      each.generated,
    ]),
  );
  const measured: MeasuredFates[] = [];
  try {
    for (const pair of pairs) {
      signal?.throwIfAborted();
      const { sqliteSql, sql } = pair;
      const searchSets = () => makeSearchSets(sql, loaded.tables, options.searchSets ?? defaultSearchSets);
      const query = { sqliteSql, sql, sets: sets.get(keyOf(pair)) ?? [], searchSets };
      measured.push({ split: pair.split, dbId, sql, fates: await measureQuery(database, query) });
    }
  } finally {
    gold.close();
    await filled.close();
  }
  return measured;
}

/** Loading is no mutant: it may take its time. */
async function loadWithTime(loader: RowLoader, spiderDir: string, dbId: string) {
  await loader.run('SET statement_timeout TO 60000');
  const loaded = await ensureLoaded(loader, spiderDir, dbId);
  await loader.run(`SET statement_timeout TO ${mutantTimeoutMs}`);
  return loaded;
}

function readTables(spiderDir: string, dbId: string) {
  const sqlite = openSqlite(spiderDir, dbId);
  try {
    return readSqliteSchema(sqlite);
  } finally {
    sqlite.close();
  }
}

/** Rows of the proof's own maker under another seed, then small random contents that know nothing of it. */
function* makeSearchSets(sql: string, tables: LoadedTable[], worlds: number): Iterable<GeneratedRows> {
  yield* makeFillings(sql, tables, { seed: otherSeed });
  yield* makeSmallWorlds(sql, tables, worlds);
}

/** Written aside and renamed: there is a whole report or none. */
async function writeReport(processedDir: string, report: MutationReport): Promise<void> {
  await mkdir(processedDir, { recursive: true });
  const file = join(processedDir, 'mutation_report.json');
  await writeFile(`${file}.partial`, `${JSON.stringify(report, null, 2)}\n`);
  await rename(`${file}.partial`, file);
}
