import type { LiveProof, StoredAnswer } from '../../contract/index.ts';
import { answerOnSqlite, type Answer, type SqliteAnswer } from '../../conversion/answers.ts';
import { isOrdered } from '../../conversion/break-ties.ts';
import { listStrays } from '../../conversion/engines.ts';
import { readLoadMark } from '../../conversion/load-once.ts';
import { quotePostgresName, toPostgresName } from '../../conversion/names.ts';
import { proveQuery, type Proof } from '../../conversion/prove.ts';
import { loadRewriter } from '../../conversion/rewrite.ts';
import { openSpiderConnection } from '../../conversion/spider-database.ts';
import { readerRole } from '../../postgres/embedded.ts';
import type { RowLoader } from '../../postgres/load-rows.ts';
import { openGoldRunner } from '../../spider/run-gold.ts';
import { limitRows } from './limit-rows.ts';
import { notLoaded } from './live-query.ts';
import type { LiveQuery } from './live-query.ts';

/** How many rows of an answer are shown. */
const rowsShown = 200;

/**
 * Runs both queries on the shipped rows and compares the answers as the conversion does. Blocks while SQLite works.
 * @throws AppError DATASET_MISSING where the database is not loaded into PostgreSQL
 */
export async function askBothEngines(query: LiveQuery): Promise<LiveProof> {
  await loadRewriter();
  const database = await findLoaded(query);
  const loader = await openReader(query, database.namespace);
  const gold = openGoldRunner(query.spiderDir, query.dbId, listStrays(database));
  try {
    const timed = timeFirstRead(limitRows(loader));
    const startedAt = performance.now();
    const expected = answerOnSqlite(gold, query.sqliteSql);
    const sqliteMs = performance.now() - startedAt;
    const proof = await proveQuery({ loader: timed.loader, gold }, { ...query, expected });
    return describeProof(query, { expected, columns: gold.columnsOf(query.sqliteSql), proof }, [
      sqliteMs,
      timed.firstReadMs(),
    ]);
  } finally {
    gold.close();
    await loader.close();
  }
}

async function findLoaded({ owner, dbId }: LiveQuery) {
  const loader = await openSpiderConnection(owner).catch((error: unknown) => {
    throw isNoDatabase(error) ? notLoaded(dbId, error) : error;
  });
  try {
    const mark = await readLoadMark(loader, toPostgresName(dbId));
    if (mark === undefined) throw notLoaded(dbId);
    const schema = quotePostgresName(mark.database.namespace);
    await loader.run(
      `GRANT USAGE ON SCHEMA ${schema} TO ${readerRole}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${readerRole}`,
    );
    return mark.database;
  } finally {
    await loader.close();
  }
}

/** 3D000: the server has no database of that name. */
function isNoDatabase(error: unknown): boolean {
  return (error as { code?: string }).code === '3D000';
}

/** A server that loses its client stops working for it: this is how a cancelled proof ends there. */
async function openReader({ reader, timeoutMs }: LiveQuery, namespace: string): Promise<RowLoader> {
  const loader = await openSpiderConnection(reader);
  await loader.run(
    `SET client_connection_check_interval TO '500ms';
     SET search_path TO ${quotePostgresName(namespace)};
     SET statement_timeout TO ${Math.ceil(timeoutMs)};
     BEGIN READ ONLY`,
  );
  return loader;
}

/** The first read is the query itself; others break ties. */
function timeFirstRead(loader: RowLoader) {
  let firstMs: number | undefined;
  const read: RowLoader['read'] = async (sql) => {
    const startedAt = performance.now();
    try {
      return await loader.read(sql);
    } finally {
      firstMs ??= performance.now() - startedAt;
    }
  };
  return { loader: { ...loader, read }, firstReadMs: () => firstMs ?? 0 };
}

interface Answers {
  expected: SqliteAnswer;
  columns: string[];
  proof: Proof;
}

function describeProof(
  { sqliteSql }: LiveQuery,
  { expected, columns, proof }: Answers,
  [sqliteMs, postgresMs]: [number, number],
): LiveProof {
  const ordered = isOrdered(sqliteSql);
  const { actual, errors } = proof;
  const isEqual = proof.outcome === 'verified';
  return {
    sqlite: {
      ...('error' in expected ? { error: expected.error } : { answer: showRows(expected, columns, ordered) }),
      durationMs: sqliteMs,
    },
    postgres: {
      ...(actual === undefined
        ? { error: errors?.postgres ?? 'PostgreSQL gave no answer.' }
        : { answer: showRows(actual, actual.columns, ordered) }),
      durationMs: postgresMs,
    },
    isEqual,
    ...(isEqual && { equality: proof.equality }),
    ...(proof.reason !== undefined && { note: proof.reason }),
  };
}

/** The first rows. Those without an order are sorted, so that both engines' line up. */
function showRows(answer: Answer, columns: string[], ordered: boolean): StoredAnswer {
  const order = answer.rows.map((_, position) => position);
  const textAt = (position: number): string => answer.rows[position] ?? '';
  if (!ordered) order.sort((a, b) => (textAt(a) < textAt(b) ? -1 : textAt(a) > textAt(b) ? 1 : a - b));
  const rows = order.slice(0, rowsShown).map((position) => answer.cells[position] ?? []);
  return { columns, rows, rowCount: answer.rows.length };
}
