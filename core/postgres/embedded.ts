import { readFile, realpath, rm, truncate, writeFile, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../contract/errors.ts';
import { findBinaries, type Binaries } from './embedded-binaries.ts';
import {
  connectEmbedded,
  embeddedUrlOf,
  type EmbeddedClient,
  type EmbeddedTarget,
} from './embedded-client.ts';
import {
  adminRole,
  ensureCluster,
  locateCluster,
  readPasswords,
  removeCluster,
  type ClusterFolder,
  type Passwords,
} from './embedded-folder.ts';
import {
  findFreePort,
  isOurPostmaster,
  launchPostmaster,
  readPostmaster,
  removeStalePidFile,
  stopPostmaster,
} from './embedded-process.ts';

/**
 * The embedded PostgreSQL. Every process of the app that uses it keeps one connection with a shared advisory lock:
 * its presence. The server outlives whoever started it until the last presence leaves (or longer: see `leave`), and
 * the operating system ends the presence of a killed process. So a second process attaches to the running server, and
 * a server that a killed app left behind is taken over by the next start. PostgreSQL's own postmaster.pid says where
 * it listens.
 */
export interface EmbeddedServer {
  port: number;
  /** Of the server, such as `18.4`. */
  version: string;
  /** For `demo_reader`, which owns nothing and may only read. */
  targetOf(database: string): EmbeddedTarget;
  urlOf(database: string): string;
  /** For the superuser: loading only, never for a statement of a user or a model. */
  adminTargetOf(database: string): EmbeddedTarget;
  adminUrlOf(database: string): string;
  /** Calls back when the server ends without `stop` having been called here. */
  onLost(callback: () => void): void;
  /**
   * Leaves, and stops the server (fast) unless another process of the app uses it or one has left it running.
   * Safe to call twice.
   */
  stop(): Promise<void>;
  /** Leaves without stopping: the server goes on for whoever has its URL, until `stopKeptServer` or a reset. */
  leave(): Promise<void>;
}

export type ServerStage = 'creating-server' | 'starting-server';

export interface StartOptions {
  /** The app's data folder; the server lives in its `postgres` folder. */
  dataDir: string;
  signal?: AbortSignal | undefined;
  report?: ((stage: ServerStage) => void) | undefined;
}

export const readerRole = 'demo_reader';

/** Key of the advisory lock that stands for "a process of the app uses this server". */
const presenceKey = 7_265_001;
const startDeadlineMs = 60_000;
const unresponsiveMs = 10_000;
/** How much later than its children a busy process may take notice of a signal to the whole group. */
const signalArrivesMs = 250;
const keptLogBytes = 1_000_000;

/**
 * Makes the server's folder where there is none, starts the server or attaches to the one that runs.
 * Throws CONFLICT for a damaged folder or one of another major version, TIMEOUT after a minute, and an AbortError when
 * cancelled: a server that was coming up for this call does not outlive it.
 */
export async function startEmbeddedServer(options: StartOptions): Promise<EmbeddedServer> {
  const binaries = await findBinaries();
  const cluster = await locateCluster(options.dataDir, binaries);
  try {
    return await makeAndEnter(options, cluster, binaries);
  } catch (error) {
    // Ctrl-C reaches the server's own programs, too: what they complain of then is no fault of the folder. They may have
    // ended before this process has heard of it.
    if (options.signal) await delay(signalArrivesMs);
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function makeAndEnter(
  options: StartOptions,
  cluster: ClusterFolder,
  binaries: Binaries,
): Promise<EmbeddedServer> {
  options.report?.((await stat(cluster.root).catch(() => undefined)) ? 'starting-server' : 'creating-server');
  await ensureCluster(cluster, binaries);
  options.signal?.throwIfAborted();
  options.report?.('starting-server');
  const passwords = await readPasswords(cluster);
  const presence = await enter({ cluster, binaries, passwords, signal: options.signal });
  return createServer({ cluster, binaries, passwords }, presence);
}

/**
 * Stops the server, deletes its folder and starts a new one. Throws CONFLICT while another process of the app
 * uses the server.
 */
export async function resetEmbeddedServer(options: StartOptions): Promise<EmbeddedServer> {
  const binaries = await findBinaries();
  const cluster = await locateCluster(options.dataDir, binaries);
  if (!(await stopUnlessUsed(cluster, binaries))) {
    throw new AppError('CONFLICT', 'Another process of the app uses the embedded server.', {
      hint: 'Close the other window or command, then reset again.',
    });
  }
  await removeCluster(cluster);
  return startEmbeddedServer(options);
}

/** Takes back `leave`, and stops the server. @returns false where another process uses it: it ends with that one */
export async function stopKeptServer({ dataDir }: Pick<StartOptions, 'dataDir'>): Promise<boolean> {
  const binaries = await findBinaries();
  const cluster = await locateCluster(dataDir, binaries);
  await rm(cluster.keepRunning, { force: true });
  return stopUnlessUsed(cluster, binaries);
}

interface Place {
  cluster: ClusterFolder;
  binaries: Binaries;
  passwords: Passwords;
  signal?: AbortSignal | undefined;
}

interface Presence {
  client: EmbeddedClient;
  port: number;
  pid: number;
  version: string;
}

/** Enters, or is cancelled and leaves no server behind that it started. */
async function enter(place: Place): Promise<Presence> {
  const attempt = { hasStarted: false };
  try {
    const presence = await attachOrStart(place, attempt);
    if (place.signal?.aborted) await stopUnlessShared(place, presence);
    place.signal?.throwIfAborted();
    return presence;
  } catch (error) {
    if (attempt.hasStarted && place.signal?.aborted) await stopUnlessUsed(place.cluster, place.binaries);
    throw error;
  }
}

/** Again and again until one of them works: other processes may be starting or stopping it. */
async function attachOrStart(place: Place, attempt: { hasStarted: boolean }): Promise<Presence> {
  const deadline = Date.now() + startDeadlineMs;
  let unresponsiveSince: number | undefined;
  while (Date.now() < deadline) {
    place.signal?.throwIfAborted();
    const running = await readPostmaster(place.cluster);
    if (running === undefined || !(await isOurPostmaster(running.pid, place.cluster))) {
      if (running !== undefined) await removeStalePidFile(place.cluster);
      attempt.hasStarted = true;
      await startOnFreePort(place);
      continue;
    }
    const presence = running.port === undefined ? undefined : await attach(place, running.pid, running.port);
    if (presence !== undefined) return presence;
    unresponsiveSince ??= Date.now();
    if (Date.now() - unresponsiveSince > unresponsiveMs) {
      await stopPostmaster(running.pid, place.cluster, place.binaries);
      unresponsiveSince = undefined;
    }
    await delay(100);
  }
  throw new AppError('TIMEOUT', 'The embedded server did not start within a minute.', {
    hint: 'Try again; if it stays so, reset the embedded server.',
  });
}

async function startOnFreePort({ cluster, binaries }: Place): Promise<void> {
  // The server that was to be kept has ended; this one is to stop with its last user again.
  await rm(cluster.keepRunning, { force: true });
  const lastPort = Number.parseInt(await readFile(cluster.port, 'utf8').catch(() => ''), 10);
  await trimLog(cluster);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const port = await findFreePort(attempt === 0 && !Number.isNaN(lastPort) ? lastPort : undefined);
    const result = await launchPostmaster(cluster, binaries, port);
    if (result === 'started') return writeFile(cluster.port, String(port));
    if (result === 'busy') return void (await delay(200));
  }
  throw new AppError(
    'CONNECTION_REFUSED',
    'The embedded server could not listen on any of five free ports.',
    {
      hint: `Try again; its log is ${cluster.log}.`,
    },
  );
}

/** The whole log is of no use to anyone; a fresh start may cut an old, long one. */
async function trimLog(cluster: ClusterFolder): Promise<void> {
  const found = await stat(cluster.log).catch(() => undefined);
  if (found !== undefined && found.size > keptLogBytes) await truncate(cluster.log, 0);
}

/** Undefined while the server does not answer, or is not the one of this folder. */
async function attach(place: Place, pid: number, port: number): Promise<Presence | undefined> {
  const target = targetFor(port, 'postgres', adminRole, place.passwords.admin);
  let client: EmbeddedClient | undefined;
  try {
    client = await connectEmbedded(target, 'SQL Codegen Studio presence');
    const [row] = await client.rows(
      `SELECT pg_advisory_lock_shared($1), current_setting('data_directory') AS folder,
              current_setting('server_version') AS version,
              EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS has_reader`,
      [presenceKey, readerRole],
    );
    if ((await realpath(String(row?.['folder']))) !== (await realpath(place.cluster.data)))
      throw new Error('not ours');
    if (row?.['has_reader'] !== true) await createReader(client, place.passwords.reader);
    return { client, port, pid, version: String(row?.['version']).split(' ')[0] ?? '' };
  } catch {
    await client?.close();
    return undefined;
  }
}

/** The role of every demo connection: may connect where it is let in, and only read. The password is base64url. */
async function createReader(client: EmbeddedClient, password: string): Promise<void> {
  await client.script(`
    SELECT pg_advisory_xact_lock(${presenceKey + 1});
    DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${readerRole}') THEN
        CREATE ROLE ${readerRole} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '${password}';
        ALTER ROLE ${readerRole} SET default_transaction_read_only = on;
      END IF;
    END $$;
    REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;`);
}

function createServer(place: Place, presence: Presence): EmbeddedServer {
  const { passwords } = place;
  const targetOf = (database: string): EmbeddedTarget =>
    targetFor(presence.port, database, readerRole, passwords.reader);
  const adminTargetOf = (database: string): EmbeddedTarget =>
    targetFor(presence.port, database, adminRole, passwords.admin);
  let stopped: Promise<void> | undefined;
  return {
    port: presence.port,
    version: presence.version,
    targetOf,
    adminTargetOf,
    urlOf: (database) => embeddedUrlOf(targetOf(database)),
    adminUrlOf: (database) => embeddedUrlOf(adminTargetOf(database)),
    onLost: (callback) => presence.client.onLost(callback),
    stop: () => (stopped ??= stopUnlessShared(place, presence)),
    leave: () => (stopped ??= leaveRunning(place, presence)),
  };
}

/**
 * Gives up the shared lock and asks for it alone: got, no other process is there. Of two that leave at once, the
 * later one gets it; one that attaches meanwhile waits for the lock, loses its connection, and starts the server.
 */
async function stopUnlessShared({ cluster, binaries }: Place, presence: Presence): Promise<void> {
  presence.client.onLost(() => undefined);
  const last = await leaveAsLast(presence.client).catch(() => false);
  if (last && !(await isKeptRunning(cluster))) await stopPostmaster(presence.pid, cluster, binaries);
  await presence.client.close();
}

/** The mark comes before the lock is given up, so that whoever is the last finds it. */
async function leaveRunning({ cluster }: Place, presence: Presence): Promise<void> {
  await writeFile(cluster.keepRunning, '');
  await presence.client.close();
}

async function isKeptRunning(cluster: ClusterFolder): Promise<boolean> {
  return (await stat(cluster.keepRunning).catch(() => undefined)) !== undefined;
}

async function leaveAsLast(client: EmbeddedClient): Promise<boolean> {
  await client.rows('SELECT pg_advisory_unlock_shared($1)', [presenceKey]);
  const [row] = await client.rows('SELECT pg_try_advisory_lock($1) AS last', [presenceKey]);
  return row?.['last'] === true;
}

/** A server that answers is asked whether others use it; one that does not is stopped. Says whether none runs now. */
async function stopUnlessUsed(cluster: ClusterFolder, binaries: Binaries): Promise<boolean> {
  const running = await readPostmaster(cluster);
  if (running === undefined || !(await isOurPostmaster(running.pid, cluster))) return true;
  const passwords = await readPasswords(cluster).catch(() => undefined);
  if (passwords !== undefined && running.port !== undefined) {
    const presence = await attach({ cluster, binaries, passwords }, running.pid, running.port);
    if (presence !== undefined) {
      const last = await leaveAsLast(presence.client).finally(() => presence.client.close());
      if (!last) return false;
    }
  }
  await stopPostmaster(running.pid, cluster, binaries);
  return true;
}

function targetFor(port: number, database: string, user: string, password: string): EmbeddedTarget {
  return { host: '127.0.0.1', port, database, user, password, sslMode: 'disable' };
}
