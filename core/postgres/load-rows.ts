import pg from 'pg';
import { openClientSocket } from './client-socket.ts';
import { AppError } from '../contract/errors.ts';
import type { DatabaseTarget } from './target.ts';

export interface LoadColumn {
  name: string;
  /** As PostgreSQL spells it in a cast: `integer`, `timestamp without time zone`. */
  type: string;
}

export interface RawResult {
  columns: string[];
  /** Type OIDs, a column each. */
  typeOids: number[];
  /** Values as the server's text. */
  rows: (string | null)[][];
}

/**
 * A connection that may write: for loading our own data sets only, never for a user's database. Its methods throw
 * DISK_FULL where the server's disk is full, else PostgreSQL's own errors.
 */
export interface RowLoader {
  /** Runs statements of ours. */
  run(sql: string): Promise<void>;
  /** Inserts rows (arrays in the order of `columns`), several thousand a statement. */
  insert(table: string, columns: LoadColumn[], rows: unknown[][]): Promise<void>;
  /** One query, every value as text. */
  read(sql: string): Promise<RawResult>;
  close(): Promise<void>;
}

/** One statement carries about this many values: few round trips, and messages of a few megabytes at most. */
const valuesPerInsert = 40_000;

const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;

/** A role that may create tables. */
export type LoaderTarget = Pick<DatabaseTarget, 'host' | 'port' | 'database' | 'user' | 'password'>;

/** Opens a loader. `statementTimeoutMs` bounds each statement, 60 seconds by default. */
export async function openRowLoader(
  target: LoaderTarget,
  options: { statementTimeoutMs?: number } = {},
): Promise<RowLoader> {
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    stream: () => openClientSocket(target),
    statement_timeout: options.statementTimeoutMs ?? 60_000,
  });
  // A connection lost between statements must not end the process; the next statement reports it.
  client.on('error', () => undefined);
  await client.connect();
  return {
    run: async (sql) => void (await client.query(sql).catch(throwRead)),
    insert: (table, columns, rows) => insertRows(client, table, columns, rows).catch(throwRead),
    read: async (sql) => {
      const result = await client
        .query<(string | null)[]>({ text: sql, rowMode: 'array', types: asText })
        .catch(throwRead);
      return {
        columns: result.fields.map((field) => field.name),
        typeOids: result.fields.map((field) => field.dataTypeID),
        rows: result.rows,
      };
    },
    close: () => client.end(),
  };
}

/** PostgreSQL's disk_full says nothing about a statement; all else is PostgreSQL's own error, with its SQLSTATE. */
export function throwRead(error: unknown): never {
  if (error instanceof pg.DatabaseError && error.code === '53100') {
    throw new AppError('DISK_FULL', `The disk of the embedded server is full: ${error.message}.`, {
      hint: 'Free about 1 GB there, then run it again: what is finished is kept.',
      cause: error,
    });
  }
  throw error;
}

/** One array parameter a column, unnested by the server: near COPY's speed without a further protocol. */
async function insertRows(
  client: pg.Client,
  table: string,
  columns: LoadColumn[],
  rows: unknown[][],
): Promise<void> {
  const names = columns.map((column) => pg.escapeIdentifier(column.name)).join(', ');
  const arrays = columns.map((column, index) => `$${index + 1}::${column.type}[]`).join(', ');
  const text = `INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays})`;
  const batch = Math.max(1, Math.floor(valuesPerInsert / columns.length));
  for (let start = 0; start < rows.length; start += batch) {
    const part = rows.slice(start, start + batch);
    await client.query({ text, values: columns.map((_, index) => part.map((row) => row[index])) });
  }
}
