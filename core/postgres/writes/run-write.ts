import pg from 'pg';
import { AppError } from '../../contract/index.ts';
import { createCancelledError } from '../connect.ts';
import type { ClientSource } from '../connect.ts';
import { destroyAfter } from '../destroy-after.ts';
import { createTimeoutError, mapStatementError } from '../errors.ts';
import { stopStatement } from '../stop-statement.ts';
import type { DatabaseTarget } from '../target.ts';

export interface WriteOptions {
  /** The user's statement, for places in messages. */
  sql: string;
  /** Of each statement, in milliseconds. */
  timeoutMs: number;
  signal: AbortSignal;
}

export interface WriteSession {
  client: pg.Client;
  /** One statement by the extended protocol, which refuses several. @returns the rows it changed */
  run(text: string, prefixLength?: number): Promise<number>;
  /** From here on nothing is cancelled: the server has the last word. */
  commit(): Promise<void>;
}

/** A server that has not answered a COMMIT by then is given up: whether it committed is not known. */
const commitLimitMs = 30_000;
/** How long the server may take to say goodbye. */
const goodbyeMs = 2_000;
const silenceMs = 5_000;
const lockTimeoutMs = 5_000;

/**
 * A READ WRITE transaction on a connection of its own, rolled back unless `work` commits it. The connection is closed
 * afterwards either way. Throws as `runReadOnly` does.
 */
export async function runWrite<T>(
  { source, target }: { source: ClientSource; target: DatabaseTarget },
  { sql, timeoutMs, signal }: WriteOptions,
  work: (session: WriteSession) => Promise<T>,
): Promise<T> {
  const client = await source.connectAlone();
  const startedAt = performance.now();
  let isCommitting = false;
  let prefixLength = 0;
  const session: WriteSession = {
    client,
    async run(text, prefix = 0) {
      prefixLength = prefix;
      const query: pg.QueryConfig & { queryMode: 'extended' } = { text, queryMode: 'extended' };
      return (await client.query(query)).rowCount ?? 0;
    },
    async commit() {
      signal.throwIfAborted();
      isCommitting = true;
      const keep = destroyAfter(client, commitLimitMs);
      const { command } = await client.query('COMMIT').finally(keep);
      if (command !== 'COMMIT') {
        throw new AppError('SQL_EXECUTION', 'PostgreSQL rolled the transaction back.', {
          hint: 'Preview it again.',
        });
      }
    },
  };
  const working = begin(client, timeoutMs).then(() => work(session));
  // Also where it was cancelled before anybody waits for it.
  working.catch(() => undefined);
  const deadline = AbortSignal.timeout(timeoutMs * 3 + silenceMs);
  const stop = async (): Promise<void> => {
    if (!isCommitting) await stopStatement(client, target, source, working);
  };
  const onAbort = () => void stop();
  signal.addEventListener('abort', onAbort, { once: true });
  deadline.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) throw createCancelledError();
    return await working;
  } catch (error) {
    if (isCommitting && !(error instanceof pg.DatabaseError)) throw explainLostCommit(error);
    if (signal.aborted) throw createCancelledError();
    if (deadline.aborted) throw createTimeoutError(timeoutMs, error);
    const elapsedMs = performance.now() - startedAt;
    throw mapStatementError(error, { sql, prefixLength, timeoutMs, elapsedMs });
  } finally {
    signal.removeEventListener('abort', onAbort);
    deadline.removeEventListener('abort', onAbort);
    const keep = destroyAfter(client, goodbyeMs);
    await client.query('ROLLBACK').catch(() => undefined);
    await client.end().catch(() => undefined);
    keep();
  }
}

/** READ WRITE by name: connections begin read-only by default. See `beginAndRun` for the settings. */
async function begin(client: pg.Client, timeoutMs: number): Promise<void> {
  await client.query(
    `BEGIN TRANSACTION READ WRITE;
     SET LOCAL standard_conforming_strings = on;
     SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)};
     SET LOCAL lock_timeout = ${Math.ceil(Math.min(timeoutMs, lockTimeoutMs))};
     SET LOCAL idle_in_transaction_session_timeout = ${Math.ceil(timeoutMs + silenceMs)}`,
  );
}

function explainLostCommit(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  return new AppError(
    'DISCONNECTED',
    'The connection was lost while committing: it may have been committed or not.',
    {
      hint: 'Look at the rows before you run it again.',
      cause,
    },
  );
}
