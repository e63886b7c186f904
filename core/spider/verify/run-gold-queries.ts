import { DatabaseSync } from 'node:sqlite';
import { sqliteFileOf } from '../layout.ts';
import type { SpiderWorker } from '../worker/run-worker.ts';

export interface GoldTask {
  spiderDir: string;
  dbId: string;
  queries: string[];
}

/** What became of a query: SQLite's error, or null where it ran to its last row. */
export type GoldResult = string | null;

/** `ready` once the thread is up, then the result of each query in their order. */
export type GoldEvent = 'ready' | { result: GoldResult };

/** Runs every query to its last row, keeping none. Blocks: for a worker thread, which hears of each. */
export function runGoldQueries(
  { spiderDir, dbId, queries }: GoldTask,
  emit: (event: GoldEvent) => void,
): void {
  const database = new DatabaseSync(sqliteFileOf(spiderDir, dbId), {
    readOnly: true,
    // Spider writes text in double quotes.
    enableDoubleQuotedStringLiterals: true,
  });
  try {
    emit('ready');
    for (const query of queries) emit({ result: runQuery(database, query) });
  } finally {
    database.close();
  }
}

function runQuery(database: DatabaseSync, query: string): GoldResult {
  try {
    const statement = database.prepare(query);
    statement.setReturnArrays(true);
    // Larger integers than a number holds would be an error of ours, not of the query's.
    statement.setReadBigInts(true);
    const rows = statement.iterate();
    while (!rows.next().done);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The error of each query, or null. A query that runs longer than `timeoutMs` gets an error of its own: SQLite cannot
 * be stopped from outside, so its thread is left to end by itself and another one goes on with the next query.
 */
export async function runGoldWithin(
  worker: SpiderWorker,
  { queries, ...place }: GoldTask,
  timeoutMs: number,
): Promise<GoldResult[]> {
  const results: GoldResult[] = [];
  const late = new Error(`runs longer than ${timeoutMs / 1000} s`);
  while (results.length < queries.length) {
    let timer: NodeJS.Timeout | undefined;
    const onEvent = (event: GoldEvent) => {
      if (event !== 'ready') results.push(event.result);
      // The start of a thread is not the query's time.
      clearTimeout(timer);
      timer = setTimeout(() => worker.kill(late), timeoutMs);
    };
    const task = { ...place, queries: queries.slice(results.length) };
    try {
      await worker.run('runGoldQueries', task, (event) => onEvent(event as GoldEvent));
    } catch (error) {
      if (error !== late) throw error;
      results.push(late.message);
    } finally {
      clearTimeout(timer);
    }
  }
  return results;
}
