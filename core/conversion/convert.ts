import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGoldRunner, readExamples, spiderSplits } from '../spider/index.ts';
import { describeSchema, listSamples } from './describe.ts';
import { loadDatabase } from './load.ts';
import { quotePostgresName } from './names.ts';
import { answerOnSqlite, proveQuery } from './prove.ts';
import { buildReport } from './report.ts';
import { loadRewriter, rewriteQuery } from './rewrite.ts';
import type { RowLoader } from '../postgres/load-rows.ts';
import type { GoldRunner, SpiderExample, SpiderSplit, StrayTable } from '../spider/index.ts';
import type { LoadedDatabase, LoadedTable } from './load.ts';
import type { Outcome, Proof, SqliteAnswer } from './prove.ts';
import type { ConversionReport } from './report.ts';

/** One line of pairs.jsonl: a question of Spider with its SQL for both engines. */
export interface ConvertedPair {
  split: SpiderSplit;
  /** Position in the split's file, from 0. */
  index: number;
  dbId: string;
  question: string;
  sqliteSql: string;
  /** PostgreSQL's SQL; empty where the gold query could not be rewritten. */
  sql: string;
  /** `verified`: equal rows in both engines; `different`: runs, other rows; `failed`: an engine refused it. */
  outcome: Outcome;
  reason?: string | undefined;
  /** Rows of PostgreSQL's answer: 0 makes `verified` say little. */
  rows?: number | undefined;
}

export interface ConvertOptions {
  spiderDir: string;
  /** Gets pairs.jsonl, schemas/, samples/ and conversion_report.json. */
  outDir: string;
  loader: RowLoader;
  serverVersion: string;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
  /** Only these databases; all by default. */
  dbIds?: string[] | undefined;
}

/**
 * Converts Spider to PostgreSQL: loads every database, rewrites every gold query, runs both and compares. Each pair
 * of the input becomes one line of the output, whatever its outcome. Results are written aside and renamed.
 */
export async function convertSpider(options: ConvertOptions): Promise<ConversionReport> {
  await loadRewriter();
  const aside = `${options.outDir}.converting`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(join(aside, 'schemas'), { recursive: true });
  await mkdir(join(aside, 'samples'), { recursive: true });
  try {
    const examples = await readWantedExamples(options);
    const { pairs, databases } = await convertDatabases(examples, aside, options);
    const report = buildReport(pairs, databases);
    await writeFile(join(aside, 'pairs.jsonl'), pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
    await writeFile(join(aside, 'conversion_report.json'), `${JSON.stringify(report, null, 2)}\n`);
    await publish(aside, options.outDir);
    return report;
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function readWantedExamples(options: ConvertOptions): Promise<SpiderExample[]> {
  const splits = await Promise.all(spiderSplits.map((split) => readExamples(options.spiderDir, split)));
  const wanted = options.dbIds === undefined ? undefined : new Set(options.dbIds);
  return splits.flat().filter((example) => wanted === undefined || wanted.has(example.dbId));
}

async function convertDatabases(examples: SpiderExample[], aside: string, options: ConvertOptions) {
  const byDatabase = Map.groupBy(examples, (example) => example.dbId);
  const pairs: ConvertedPair[] = [];
  const databases: LoadedDatabase[] = [];
  for (const [dbId, own] of byDatabase) {
    options.signal?.throwIfAborted();
    const database = await loadDatabase(options.loader, options.spiderDir, dbId);
    databases.push(database);
    const schema = describeSchema(database, options.serverVersion);
    await writeFile(join(aside, 'schemas', `${dbId}.json`), `${JSON.stringify(schema, null, 1)}\n`);
    await writeFile(join(aside, 'samples', `${dbId}.json`), `${JSON.stringify(listSamples(database))}\n`);
    pairs.push(...(await convertExamples(own, database, options)));
    options.report?.(
      `${databases.length}/${byDatabase.size} ${dbId}: ${pairs.length}/${examples.length} pairs`,
    );
  }
  const order = new Map(examples.map((example, position) => [`${example.split} ${example.index}`, position]));
  pairs.sort((a, b) => (order.get(`${a.split} ${a.index}`) ?? 0) - (order.get(`${b.split} ${b.index}`) ?? 0));
  return { pairs, databases };
}

async function convertExamples(
  examples: SpiderExample[],
  database: LoadedDatabase,
  options: ConvertOptions,
): Promise<ConvertedPair[]> {
  const gold = openGoldRunner(options.spiderDir, database.dbId, listStrays(database));
  const engines = { loader: options.loader, gold };
  const done = new Map<string, { sql: string; proof: Proof }>();
  const pairs: ConvertedPair[] = [];
  try {
    await options.loader.run(`SET search_path TO ${quotePostgresName(database.namespace)}`);
    for (const example of examples) {
      options.signal?.throwIfAborted();
      const known = done.get(example.sql);
      const converted = known ?? (await convertQuery(engines, example.sql, database.tables));
      done.set(example.sql, converted);
      pairs.push(toPair(example, converted));
    }
    return pairs;
  } finally {
    gold.close();
  }
}

function toPair(example: SpiderExample, converted: { sql: string; proof: Proof }): ConvertedPair {
  return {
    split: example.split,
    index: example.index,
    dbId: example.dbId,
    question: example.question,
    sqliteSql: example.sql,
    sql: converted.sql,
    ...converted.proof,
  };
}

export interface Engines {
  loader: RowLoader;
  gold: GoldRunner;
}

/** Both engines must see the same rows: what PostgreSQL stored as NULL reads as NULL in SQLite. */
export function listStrays(database: LoadedDatabase): StrayTable[] {
  return database.tables
    .filter((table) => table.cellsNulled > 0)
    .map((table) => ({
      name: table.name,
      columns: table.columns.map(({ name, type, cellsNulled }) => ({
        name,
        strays: cellsNulled === 0 ? undefined : type === 'double precision' ? 'REAL' : 'NUMERIC',
      })),
    }));
}

/** Rewrites and proves one query; where a column of an arbitrary row leaves a choice, the better proof wins. */
export async function convertQuery(
  engines: Engines,
  sqliteSql: string,
  tables: LoadedTable[],
): Promise<{ sql: string; proof: Proof }> {
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  const first = await rewriteAndProve(engines, sqliteSql, tables, expected, 'group');
  if (!first.hasChoice || (first.proof.outcome === 'verified' && first.proof.rows !== 0)) return first;
  const second = await rewriteAndProve(engines, sqliteSql, tables, expected, 'aggregate');
  return rank(second.proof) <= rank(first.proof) ? second : first;
}

function rank(proof: Proof): number {
  return { verified: 0, different: 1, failed: 2 }[proof.outcome];
}

async function rewriteAndProve(
  engines: Engines,
  sqliteSql: string,
  tables: LoadedTable[],
  expected: SqliteAnswer,
  rule: 'group' | 'aggregate',
) {
  try {
    const { sql, hasChoice } = rewriteQuery(sqliteSql, tables, rule);
    return {
      sql,
      hasChoice,
      proof: withChoice(await proveQuery(engines, { sqliteSql, sql, expected }), hasChoice),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = `PostgreSQL's parser: ${message}${'error' in expected ? `; SQLite: ${expected.error}` : ''}`;
    return { sql: '', hasChoice: false, proof: { outcome: 'failed' as const, reason } };
  }
}

/** Says where SQLite's own answer is that of an arbitrary row, which no rewriting can be held to. */
function withChoice(proof: Proof, hasChoice: boolean): Proof {
  if (proof.outcome !== 'different' || !hasChoice) return proof;
  return { ...proof, reason: `a column of an arbitrary row of its group: ${proof.reason ?? ''}` };
}

/** Renames the finished files into place, pairs.jsonl last; what is replaced goes aside, other files stay. */
async function publish(aside: string, outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  for (const name of ['schemas', 'samples', 'conversion_report.json', 'pairs.jsonl']) {
    const isFolder = !name.includes('.');
    if (isFolder) await moveIfThere(join(outDir, name), join(aside, `replaced-${name}`));
    await rename(join(aside, name), join(outDir, name));
  }
}

async function moveIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
