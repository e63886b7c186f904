import pg from 'pg';
import { openClientSocket } from './client-socket.ts';
import type { DatabaseTarget } from './target.ts';

export type EmbeddedTarget = DatabaseTarget & { password: string };

/** node-postgres has both, its types do not: whether an open connection keeps the process alive. */
type Client = pg.Client & { ref(): void; unref(): void };

export type Row = Record<string, unknown>;

/** One open connection to the embedded server. */
export interface EmbeddedClient {
  /** Rows of one statement with parameters. */
  rows(sql: string, params?: unknown[]): Promise<Row[]>;
  /** Any number of statements, as one transaction unless they say otherwise. */
  script(sql: string): Promise<void>;
  /** Calls back once when the server ends the connection. */
  onLost(callback: () => void): void;
  close(): Promise<void>;
}

/** Connects or rejects within two seconds. The open connection does not keep the process alive. */
export async function connectEmbedded(
  target: EmbeddedTarget,
  applicationName: string,
): Promise<EmbeddedClient> {
  const { host, port, database, user, password } = target;
  const client = new pg.Client({
    ...{ host, port, database, user, password, ssl: false },
    stream: () => openClientSocket(target),
    application_name: applicationName,
    connectionTimeoutMillis: 2_000,
  }) as Client;
  let lost: (() => void) | undefined;
  let ended = false;
  const markEnded = (): void => {
    ended = true;
    const callback = lost;
    lost = undefined;
    callback?.();
  };
  client.on('error', markEnded);
  client.on('end', markEnded);
  await client.connect();
  client.unref();
  return {
    rows: async (sql, params = []) => (await busy(client, () => client.query<Row>(sql, params))).rows,
    script: async (sql) => void (await busy(client, () => client.query(sql))),
    onLost: (callback) => {
      lost = callback;
      if (ended) markEnded();
    },
    close: async () => {
      lost = undefined;
      if (!ended) await busy(client, () => client.end()).catch(() => undefined);
    },
  };
}

/** An idle connection lets the process end; one with work under way does not. */
async function busy<T>(client: Client, work: () => Promise<T>): Promise<T> {
  client.ref();
  try {
    return await work();
  } finally {
    client.unref();
  }
}

/** Connects, works, and closes whatever happens. */
export async function withEmbeddedClient<T>(
  target: EmbeddedTarget,
  work: (client: EmbeddedClient) => Promise<T>,
): Promise<T> {
  const client = await connectEmbedded(target, 'SQL Codegen Studio');
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** A connection URL of the target, ready to be pasted into psql. */
export function embeddedUrlOf(target: EmbeddedTarget): string {
  const credentials = `${encodeURIComponent(target.user)}:${encodeURIComponent(target.password)}`;
  return `postgres://${credentials}@${target.host}:${target.port}/${encodeURIComponent(target.database)}?sslmode=disable`;
}
