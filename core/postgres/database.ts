import type pg from 'pg';
import { defaultMaxRows, defaultTimeoutMs } from '../contract/index.ts';
import type { QueryResult } from '../contract/index.ts';
import { createCancelledError, createClientSource } from './connect.ts';
import type { ClientSource } from './connect.ts';
import { parseConnectionUrl } from './connection-url.ts';
import { createTimeoutError, mapStatementError } from './errors.ts';
import { limitBytes } from './limit-bytes.ts';
import { readPage } from './read-page.ts';
import { createTypeNames, nameTypes } from './result-values.ts';
import { openResultCursor } from './results/result-cursor.ts';
import type { CursorOptions, ResultCursor } from './results/result-cursor.ts';
import { runWrite } from './writes/run-write.ts';
import type { WriteOptions, WriteSession } from './writes/run-write.ts';
import { stopStatement } from './stop-statement.ts';
import type { DatabaseTarget } from './target.ts';

export interface RunOptions {
  /** Statement timeout in milliseconds. Defaults to 30,000. */
  timeoutMs?: number;
  /** Row cap. Defaults to 1,000. */
  maxRows?: number;
  /** Stops the statement on the server; the promise rejects with CANCELLED once it has ended there. */
  signal?: AbortSignal | undefined;
}

export interface Database {
  /**
   * Runs one statement in a READ ONLY transaction that is always rolled back. Does not guard: see `runGuarded`.
   * Throws AppError: SQL_SYNTAX, SQL_NOT_READ_ONLY, SQL_TIMEOUT, SQL_EXECUTION, PERMISSION_DENIED, CANCELLED, or
   * why there is no connection.
   */
  runReadOnly(sql: string, options?: RunOptions): Promise<QueryResult>;
  /** Lets the server plan a statement without running it; throws like `runReadOnly`. */
  explain(sql: string, options?: Omit<RunOptions, 'maxRows'>): Promise<void>;
  /** The plan as EXPLAIN (FORMAT JSON) prints it. `analyze` runs the statement, in a READ ONLY transaction as well. */
  explainPlan(sql: string, options: Omit<RunOptions, 'maxRows'> & { analyze: boolean }): Promise<string>;
  /** Rows of a trusted statement of our own, as pg reads them; in a READ ONLY transaction as well. */
  readRows(
    sql: string,
    params?: unknown[],
    options?: Omit<RunOptions, 'maxRows'>,
  ): Promise<Record<string, unknown>[]>;
  /** A cursor over a guarded query, on a connection of its own in a READ ONLY transaction; the caller closes it. */
  openCursor(sql: string, options: CursorOptions): Promise<ResultCursor>;
  /** The one way to write: for previews, which roll back, and for what the user commits after one. */
  runWrite<T>(options: WriteOptions, work: (session: WriteSession) => Promise<T>): Promise<T>;
  /** Closes every connection. */
  close(): Promise<void>;
}

/** About how much of a result is read: further rows count as truncated, a single row beyond it is an error. */
const maxResultBytes = 64 * 1024 * 1024;
/** How long to wait for a lock at most: reading seldom needs one, and a queue of waiters stops a whole application. */
const lockTimeoutMs = 5_000;
/** How much longer than the statement timeout the server may stay silent. */
const silenceMs = 5_000;

/** Nothing is connected until the first call. Connections are pooled; `close` ends them. */
export function openDatabase(target: DatabaseTarget): Database {
  const source = createClientSource(target);
  const typeNames = createTypeNames();
  const cursors = new Set<ResultCursor>();
  const run = <T>(statement: Statement, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
    runInTransaction(source, target, statement, work);
  return {
    runReadOnly: (sql, { timeoutMs = defaultTimeoutMs, maxRows = defaultMaxRows, signal } = {}) =>
      run({ sql, timeoutMs, signal }, async (client) => {
        const startedAt = performance.now();
        const { fields, rows, truncated } = await readPage(client, sql, maxRows, maxResultBytes);
        const durationMs = performance.now() - startedAt;
        const types = await nameTypes(client, fields, typeNames);
        const columns = fields.map((field, index) => ({ name: field.name, type: types[index] ?? 'unknown' }));
        return { columns, rows, rowCount: rows.length, truncated, durationMs };
      }),
    explain: (sql, { timeoutMs = defaultTimeoutMs, signal } = {}) => {
      const prefix = 'EXPLAIN ';
      return run({ sql, timeoutMs, signal, prefixLength: prefix.length }, async (client) => {
        await readPage(client, prefix + sql, 1, maxResultBytes);
      });
    },
    explainPlan: (sql, { analyze, timeoutMs = defaultTimeoutMs, signal }) => {
      const prefix = analyze ? 'EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ' : 'EXPLAIN (FORMAT JSON) ';
      return run({ sql, timeoutMs, signal, prefixLength: prefix.length }, async (client) => {
        const { rows } = await readPage(client, prefix + sql, 1, maxResultBytes);
        return String(rows[0]?.[0] ?? '[]');
      });
    },
    readRows: (sql, params = [], { timeoutMs = defaultTimeoutMs, signal } = {}) =>
      run({ sql, timeoutMs, signal }, async (client) => {
        const query = () => client.query<Record<string, unknown>>(sql, params);
        return (await limitBytes(client, maxResultBytes, query)).rows;
      }),
    openCursor: async (sql, options) => {
      const cursor = await openResultCursor({ source, target, typeNames }, sql, options);
      cursors.add(cursor);
      return { ...cursor, close: () => cursor.close().finally(() => cursors.delete(cursor)) };
    },
    runWrite: (options, work) => runWrite({ source, target }, options, work),
    close: async () => {
      await Promise.all([...cursors].map((cursor) => cursor.close()));
      await source.close();
    },
  };
}

/** `postgres://` or `postgresql://`. Throws INVALID_INPUT. A URL without a password takes PGPASSWORD's. */
export function openDatabaseUrl(url: string): Database {
  const { params, password } = parseConnectionUrl(url);
  return openDatabase({ ...params, password: password ?? process.env['PGPASSWORD'] });
}

interface Statement {
  sql: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  prefixLength?: number;
}

async function runInTransaction<T>(
  source: ClientSource,
  target: DatabaseTarget,
  statement: Statement,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await source.acquire(statement.signal);
  const startedAt = performance.now();
  const deadline = AbortSignal.timeout(statement.timeoutMs + silenceMs);
  const signals = statement.signal === undefined ? [deadline] : [deadline, statement.signal];
  let state: ClientState = 'reusable';
  try {
    return await abortable(
      AbortSignal.any(signals),
      beginAndRun(client, statement.timeoutMs, work),
      async (settled) => {
        state = 'stuck';
        if (await stopStatement(client, target, source, settled)) state = 'stopped';
      },
    );
  } catch (error) {
    if (statement.signal?.aborted) throw createCancelledError();
    if (deadline.aborted) throw createTimeoutError(statement.timeoutMs, error);
    throw mapStatementError(error, { ...statement, elapsedMs: performance.now() - startedAt });
  } finally {
    await giveBack(client, state);
  }
}

/**
 * With standard_conforming_strings off a server would end literals elsewhere than the guard's parser does: what the
 * guard took for text could be code. So it is on, whatever the server's or the role's default.
 */
async function beginAndRun<T>(
  client: pg.PoolClient,
  timeoutMs: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  await client.query(
    `BEGIN TRANSACTION READ ONLY;
     SET LOCAL standard_conforming_strings = on;
     SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)};
     SET LOCAL lock_timeout = ${Math.ceil(Math.min(timeoutMs, lockTimeoutMs))};
     SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(timeoutMs + silenceMs)}`,
  );
  return work(client);
}

/** Waits for `work`; when the signal aborts, stops it first and then rejects with the signal's reason. */
async function abortable<T>(
  signal: AbortSignal,
  work: Promise<T>,
  stop: (settled: Promise<unknown>) => Promise<void>,
): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<'aborted'>((resolve) => {
    onAbort = () => resolve('aborted');
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    const first = await Promise.race([work.then((value) => ({ value })), aborted]);
    if (first !== 'aborted') return first.value;
    await stop(work);
    throw signal.reason;
  } finally {
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
  }
}

/** Whether a client can serve again, has ended a statement that was stopped, or still waits for the server. */
type ClientState = 'reusable' | 'stopped' | 'stuck';

/** Rolls back and returns the client to the pool; one that was stopped is closed, for a late cancel could hit it. */
async function giveBack(client: pg.PoolClient, state: ClientState): Promise<void> {
  if (state === 'stuck') return client.release(true);
  try {
    await client.query('ROLLBACK');
    client.release(state === 'stopped');
  } catch {
    client.release(true);
  }
}
