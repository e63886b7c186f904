import pg from 'pg';
import { openClientSocket } from './client-socket.ts';
import { throwRead, type LoaderTarget } from './load-rows.ts';

/** What one statement of a batch did: its number of rows, or PostgreSQL's message. */
export type BatchOutcome = { rows: number } | { error: string };

/**
 * Proves statements of ours by the thousand: on tables that exist for one batch only. For generated data alone, never
 * for a statement of a user or a model.
 */
export interface StatementBatch {
  /** Runs `setup`, then every statement, each under the limit, in one transaction that is rolled back. */
  run(setup: string, statements: readonly string[]): Promise<BatchOutcome[]>;
  close(): Promise<void>;
}

interface Counted {
  rowCount: number | null;
}

/** Opens a connection for batches. `statementTimeoutMs` bounds each statement, one second by default. */
export async function openStatementBatch(
  target: LoaderTarget,
  options: { statementTimeoutMs?: number } = {},
): Promise<StatementBatch> {
  const { host, port, database, user, password } = target;
  const client = new pg.Client({
    ...{ host, port, database, user, password },
    stream: () => openClientSocket(target),
    statement_timeout: options.statementTimeoutMs ?? 1_000,
  });
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async (setup, statements) => {
      await client.query(`BEGIN; ${setup}`).catch(throwRead);
      try {
        return await runAll(client, statements);
      } finally {
        await client.query('ROLLBACK');
      }
    },
    close: () => client.end(),
  };
}

/**
 * All statements in one message; when one fails, PostgreSQL gives up the message, so its halves are run on their own
 * until the failing one is alone.
 */
async function runAll(client: pg.Client, statements: readonly string[]): Promise<BatchOutcome[]> {
  if (statements.length === 0) return [];
  try {
    const text = `SAVEPOINT batch; ${statements.join(';\n')}; RELEASE batch`;
    const results = (await client.query(text)) as unknown as Counted[];
    return results.slice(1, -1).map((result) => ({ rows: result.rowCount ?? 0 }));
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    if (error.code === '53100') throwRead(error);
    await client.query('ROLLBACK TO batch');
    if (statements.length === 1) return [{ error: error.message }];
    const middle = Math.ceil(statements.length / 2);
    const first = await runAll(client, statements.slice(0, middle));
    return [...first, ...(await runAll(client, statements.slice(middle)))];
  }
}
