import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { AppError } from '../contract/index.ts';
import { checkTarget, openClientSocket } from './client-socket.ts';
import { mapConnectError } from './errors.ts';
import type { DatabaseTarget } from './target.ts';

/** Shown in pg_stat_activity. */
export const applicationName = 'SQL Codegen Studio';

export const defaultConnectTimeoutMs = 10_000;
const maxClients = 8;
const idleTimeoutMs = 30_000;

/** One way to connect. A target can have several, tried in order until the server accepts one. */
interface Plan {
  tls: boolean;
  /** Ask in the start packet for read-only transactions by default. Some connection poolers refuse such packets. */
  readOnlyByDefault: boolean;
}

export interface ClientSource {
  /** A connected client. Give it back with `release()`, or `release(true)` to close it. Throws AppError. */
  acquire(signal?: AbortSignal): Promise<pg.PoolClient>;
  /** A connection of its own, outside the pool; the caller ends it. */
  connectAlone(): Promise<pg.Client>;
  close(): Promise<void>;
}

/**
 * A small pool (8 connections, closed after 30 s without work, none that keeps the process alive) that connects when
 * first used. With `sslMode` prefer it tries TLS first and goes on without where the server offers none.
 */
export function createClientSource(
  target: DatabaseTarget,
  connectTimeoutMs = defaultConnectTimeoutMs,
): ClientSource {
  const plans = listPlans(target);
  let current: Promise<pg.Pool> | undefined;
  let closed = false;

  const openPool = async (): Promise<pg.Pool> =>
    createPool(await createConfig(target, plans[0], connectTimeoutMs));

  const connectByPlan = async <T>(connect: () => Promise<T>): Promise<T> => {
    for (;;) {
      const plan = plans[0];
      try {
        return await connect();
      } catch (error) {
        // Another caller may have given this plan up meanwhile: then the next one is worth a try as well.
        if (plan !== plans[0]) continue;
        const hasAnother = dropPlan(plans, error);
        // A pool is made for one plan; one that could not be made must be tried anew next time.
        if (hasAnother || error instanceof AppError) {
          void current?.then((pool) => pool.end()).catch(() => undefined);
          current = undefined;
        }
        if (!hasAnother) throw mapConnectError(error, target);
      }
    }
  };

  return {
    acquire: async (signal) => {
      if (closed)
        throw new AppError('DISCONNECTED', 'The connection was closed.', { hint: 'Open it again.' });
      // A pool may hold connections that were opened before offline mode was switched on.
      const client = connectByPlan(async () => {
        checkTarget(target);
        return (await (current ??= openPool())).connect();
      });
      return signal === undefined ? client : giveUpOnAbort(client, signal);
    },
    connectAlone: () =>
      connectByPlan(async () => {
        const client = new pg.Client(await createConfig(target, plans[0], connectTimeoutMs));
        client.on('error', () => undefined);
        await client.connect();
        return client;
      }),
    close: async () => {
      closed = true;
      const pool = await current?.catch(() => undefined);
      current = undefined;
      await pool?.end();
    },
  };
}

function createPool(config: pg.ClientConfig): pg.Pool {
  const pool = new pg.Pool({
    ...config,
    max: maxClients,
    idleTimeoutMillis: idleTimeoutMs,
    allowExitOnIdle: true,
  });
  // A lost connection is an event of its own besides the error of the query; unheard it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function listPlans(target: DatabaseTarget): Plan[] {
  const ways = target.sslMode === 'prefer' ? [true, false] : [target.sslMode !== 'disable'];
  return ways.flatMap((tls) => [true, false].map((readOnlyByDefault) => ({ tls, readOnlyByDefault })));
}

/** Drops the plans that an error rules out. Says whether another is left to try. */
function dropPlan(plans: Plan[], error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  const isNoTls =
    /does not support SSL|establishing an SSL connection/.test(message ?? '') || code === 'EPROTO';
  // 08P01 protocol violation: pgbouncer's answer to a start-up parameter that it does not know.
  const isPooler = code === '08P01' && /startup parameter|options/i.test(message ?? '');
  // 28000: pg_hba.conf may have no entry for TLS connections, as for libpq's prefer.
  const isRuledOut = (plan: Plan) =>
    isNoTls || code === '28000' ? plan.tls : isPooler ? plan.readOnlyByDefault : true;
  const left = plans.filter((plan) => !isRuledOut(plan));
  if (left.length === 0 || left.length === plans.length) return false;
  plans.splice(0, plans.length, ...left);
  return true;
}

async function createConfig(
  target: DatabaseTarget,
  plan: Plan | undefined,
  timeoutMs: number,
): Promise<pg.ClientConfig> {
  const { host, port, database, user } = target;
  return {
    ...{ host, port, database, user },
    // A function, because for an empty password pg would go on to look into PGPASSWORD and .pgpass.
    password: () => target.password ?? '',
    stream: () => openClientSocket(target),
    ssl: plan?.tls ? await createTlsOptions(target) : false,
    connectionTimeoutMillis: timeoutMs,
    application_name: applicationName,
    keepAlive: true,
    ...listStartOptions(target, plan),
  };
}

/** Settings of the start packet, where a backslash keeps a space from ending one. */
function listStartOptions({ searchPath }: DatabaseTarget, plan: Plan | undefined): { options?: string } {
  const settings = [
    ...(plan?.readOnlyByDefault ? ['default_transaction_read_only=on'] : []),
    ...(searchPath === undefined ? [] : [`search_path=${searchPath.map(pg.escapeIdentifier).join()}`]),
  ];
  if (settings.length === 0) return {};
  return { options: settings.map((setting) => `-c ${setting.replaceAll(/[\\\s]/g, '\\$&')}`).join(' ') };
}

/** The meaning of libpq's sslmode: require encrypts without checking, unless a root certificate is given. */
async function createTlsOptions(target: DatabaseTarget): Promise<NonNullable<pg.ClientConfig['ssl']>> {
  const { sslMode, sslRootCert } = target;
  const ca = sslRootCert ? await readRootCertificate(sslRootCert) : undefined;
  if (sslMode === 'verify-full') return { rejectUnauthorized: true, ca };
  if (sslMode === 'verify-ca' || (sslMode === 'require' && ca !== undefined)) {
    return { rejectUnauthorized: true, ca, checkServerIdentity: () => undefined };
  }
  return { rejectUnauthorized: false };
}

async function readRootCertificate(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new AppError('INVALID_INPUT', `The root certificate ${file} cannot be read.`, {
      hint: 'Choose a PEM file of the certificate authority that signed the server’s certificate.',
      cause,
    });
  }
}

/** Rejects at once when aborted; a client that arrives later goes back to the pool. */
function giveUpOnAbort(client: Promise<pg.PoolClient>, signal: AbortSignal): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(createCancelledError());
      client.then((late) => late.release()).catch(() => undefined);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => signal.removeEventListener('abort', onAbort);
    client.then(resolve, reject).finally(settle);
  });
}

export function createCancelledError(): AppError {
  return new AppError('CANCELLED', 'The statement was cancelled.', {
    hint: 'Run it again if you need its rows.',
  });
}
