import { answerOnSqlite, sqlStateOf } from '../answers.ts';
import { listStrays, type Engines } from '../engines.ts';
import { ensureLoaded } from '../load-once.ts';
import { quotePostgresName } from '../names.ts';
import { proveQuery } from '../prove.ts';
import { openGoldRunner, spiderSplits, type SpiderSplit } from '../../spider/index.ts';
import { classifyState, type FailureClass } from './failure-classes.ts';
import { baselineForms, loadTranspiler, makeForm, type BaselineForm } from './forms.ts';
import type { ProvenPair } from '../../contract/dataset.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';

export interface FormCounts {
  /** Pairs that PostgreSQL's planner refuses (EXPLAIN), or that the tool cannot read. */
  fails: number;
  /** Pairs that give SQLite's rows on Spider's own rows, ties broken alike where rows tie. */
  equal: number;
  classes: Partial<Record<FailureClass, number>>;
}

export interface BaselineReport {
  /** Pairs by split. */
  pairs: Record<SpiderSplit, number>;
  forms: Record<BaselineForm, Record<SpiderSplit, FormCounts>>;
}

export interface BaselineOptions {
  spiderDir: string;
  pairs: Pick<ProvenPair, 'split' | 'dbId' | 'sqliteSql' | 'sql'>[];
  loader: RowLoader;
  signal?: AbortSignal | undefined;
  report?: ((message: string) => void) | undefined;
}

/** What became of one form of one query. */
interface Seen {
  failure?: FailureClass | undefined;
  isEqual: boolean;
}

/**
 * Asks PostgreSQL for every published query in several forms: whether its planner takes it (EXPLAIN on the loaded
 * tables), and whether the rows are SQLite's. Databases that are not loaded yet, or not as they are now, are loaded.
 */
export async function measureBaseline(options: BaselineOptions): Promise<BaselineReport> {
  const transpiler = await loadTranspiler();
  const report = emptyReport();
  const byDatabase = [...Map.groupBy(options.pairs, (pair) => pair.dbId)];
  for (const [position, [dbId, own]] of byDatabase.entries()) {
    options.signal?.throwIfAborted();
    const database = await ensureLoaded(options.loader, options.spiderDir, dbId);
    await options.loader.run(`SET search_path TO ${quotePostgresName(database.namespace)}`);
    const gold = openGoldRunner(options.spiderDir, dbId, listStrays(database));
    const ask = makeAsker({ loader: options.loader, gold });
    try {
      for (const pair of own) {
        report.pairs[pair.split] += 1;
        for (const form of baselineForms) {
          const seen = await ask(pair.sqliteSql, makeForm(form, pair, database.tables, transpiler));
          count(report.forms[form][pair.split], seen);
        }
      }
    } finally {
      gold.close();
    }
    options.report?.(`${position + 1}/${byDatabase.length} ${dbId}`);
  }
  return report;
}

/** Asks for each pair of texts once: many questions share their query, and forms often do. */
function makeAsker(engines: Engines): (sqliteSql: string, sql: string | undefined) => Promise<Seen> {
  const known = new Map<string, Seen>();
  return async (sqliteSql, sql) => {
    if (sql === undefined) return { failure: 'not parsed by the tool', isEqual: false };
    const key = `${sqliteSql}\n${sql}`;
    const seen = known.get(key) ?? (await askBoth(engines, sqliteSql, sql));
    known.set(key, seen);
    return seen;
  };
}

async function askBoth(engines: Engines, sqliteSql: string, sql: string): Promise<Seen> {
  const failure = await explain(engines.loader, sql);
  if (failure !== undefined) return { failure, isEqual: false };
  const expected = answerOnSqlite(engines.gold, sqliteSql);
  const proof = await proveQuery(engines, { sqliteSql, sql, expected });
  return { isEqual: proof.outcome === 'verified' };
}

async function explain(loader: RowLoader, sql: string): Promise<FailureClass | undefined> {
  try {
    await loader.read(`EXPLAIN ${sql.replace(/[;\s]+$/, '')}`);
    return undefined;
  } catch (error) {
    const state = sqlStateOf(error);
    if (state === undefined) throw error;
    return classifyState(state);
  }
}

function count(counts: FormCounts, seen: Seen): void {
  if (seen.isEqual) counts.equal += 1;
  if (seen.failure === undefined) return;
  counts.fails += 1;
  counts.classes[seen.failure] = (counts.classes[seen.failure] ?? 0) + 1;
}

function emptyReport(): BaselineReport {
  const bySplit = <T>(make: () => T) =>
    Object.fromEntries(spiderSplits.map((split) => [split, make()])) as Record<SpiderSplit, T>;
  const forms = baselineForms.map((form) => [
    form,
    bySplit((): FormCounts => ({ fails: 0, equal: 0, classes: {} })),
  ]);
  return {
    pairs: bySplit(() => 0),
    forms: Object.fromEntries(forms) as BaselineReport['forms'],
  };
}
