import { AppError } from '../../contract/index.ts';
import type { OverrideProof } from '../../contract/index.ts';
import { ensureLoaded } from '../../conversion/load-once.ts';
import { listStrays } from '../../conversion/engines.ts';
import { quotePostgresName } from '../../conversion/names.ts';
import { answerOnSqlite, proveQuery, type Proof } from '../../conversion/prove.ts';
import { openSpiderLoader, spiderDatabaseName } from '../../conversion/spider-database.ts';
import { readerRole, type EmbeddedServer } from '../../postgres/embedded.ts';
import { openRowLoader, type RowLoader } from '../../postgres/load-rows.ts';
import { openGoldRunner } from '../../spider/index.ts';

/** A correction is one person's statement: it gets less time than the conversion's own. */
const statementTimeoutMs = 10_000;
/** No gold query comes near; more would only fill the memory. */
const mostRows = 100_000;

/** What one run says; of which SQL it does is added by whoever keeps it. */
export type FreshProof = Omit<OverrideProof, 'of'>;

export interface ProveOverrideOptions {
  server: EmbeddedServer;
  spiderDir: string;
  dbId: string;
  /** The published query. */
  sqliteSql: string;
  /** The corrected one; the guard has seen it. */
  sql: string;
}

/**
 * Plans and runs the corrected SQL as a role that may only read, within 10 seconds, and compares its rows with the
 * gold query's.
 * @throws AppError SQL_EXECUTION or SQL_TIMEOUT with PostgreSQL's words, INVALID_INPUT beyond 100,000 rows
 */
export async function proveOverride(options: ProveOverrideOptions): Promise<FreshProof> {
  const { server, spiderDir, dbId, sqliteSql, sql } = options;
  const owner = await openSpiderLoader(server);
  const database = await ensureLoaded(owner, spiderDir, dbId)
    .then(async (loaded) => {
      await owner.run(grantReading(loaded.namespace));
      return loaded;
    })
    .finally(() => owner.close());
  const reader = await openRowLoader(server.targetOf(spiderDatabaseName), { statementTimeoutMs });
  const gold = openGoldRunner(spiderDir, dbId, listStrays(database));
  try {
    await reader.run(`SET search_path TO ${quotePostgresName(database.namespace)}`);
    await expectRunnable(reader, sql);
    const expected = answerOnSqlite(gold, sqliteSql);
    return describeProof(await proveQuery({ loader: reader, gold }, { sqliteSql, sql, expected }));
  } finally {
    gold.close();
    await reader.close();
  }
}

function grantReading(namespace: string): string {
  const schema = quotePostgresName(namespace);
  return `GRANT USAGE ON SCHEMA ${schema} TO ${readerRole}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${readerRole}`;
}

async function expectRunnable(reader: RowLoader, sql: string): Promise<void> {
  try {
    await reader.read(`EXPLAIN ${sql}`);
    const { rows } = await reader.read(`SELECT count(*) FROM (${sql}\n) AS corrected`);
    const count = Number(rows[0]?.[0]);
    if (count <= mostRows) return;
    throw new AppError(
      'INVALID_INPUT',
      `The corrected SQL returns ${count} rows; the limit is ${mostRows}.`,
      {
        hint: 'Perhaps a join lacks its condition.',
      },
    );
  } catch (error) {
    throw describeRefusal(error);
  }
}

/** PostgreSQL's query_canceled: the statement's time was up. */
const timeoutState = '57014';

function describeRefusal(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code, message } = error as { code?: string; message: string };
  if (code === timeoutState) {
    return new AppError('SQL_TIMEOUT', `The corrected SQL runs longer than ${statementTimeoutMs / 1000} s.`, {
      hint: 'Perhaps a join lacks its condition.',
      cause: error,
    });
  }
  return new AppError('SQL_EXECUTION', `PostgreSQL refuses the corrected SQL: ${message}`, {
    hint: 'See the tables in processed/postgres_schemas.',
    cause: error,
  });
}

function describeProof({ outcome, rows = 0, reason, errors }: Proof): FreshProof {
  if (outcome === 'failed' && errors?.postgres !== undefined) {
    throw new AppError('SQL_EXECUTION', `PostgreSQL refuses the corrected SQL: ${errors.postgres}`);
  }
  return { rows, equalsGold: outcome === 'verified', ...(reason !== undefined && { note: reason }) };
}
