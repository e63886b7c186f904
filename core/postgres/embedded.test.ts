import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppError } from '../contract/errors.ts';
import { findBinaries, sharedFolder } from './embedded-binaries.ts';
import { withEmbeddedClient, type EmbeddedTarget } from './embedded-client.ts';
import { locateCluster, type ClusterFolder } from './embedded-folder.ts';
import { createEmbeddedServerManager } from './embedded-manager.ts';
import { isOurPostmaster, readPostmaster } from './embedded-process.ts';
import { resetEmbeddedServer, startEmbeddedServer, stopKeptServer } from './embedded.ts';
import { makeTemporaryDataDir, type TemporaryDataDir } from './testing/temporary-data-dir.ts';

const interruptible = fileURLToPath(new URL('./testing/interruptible-start.ts', import.meta.url));
const holder = fileURLToPath(new URL('./testing/embedded-holder.ts', import.meta.url));
let folder: TemporaryDataDir;
let dataDir: string;
let cluster: ClusterFolder;

beforeAll(async () => {
  folder = await makeTemporaryDataDir();
  dataDir = folder.path;
  cluster = await locateCluster(dataDir, await findBinaries());
});
afterAll(async () => {
  const running = await readPostmaster(cluster);
  if (running !== undefined && (await isOurPostmaster(running.pid, cluster)))
    process.kill(running.pid, 'SIGQUIT');
  await folder.remove();
});

const rowsOf = (target: EmbeddedTarget, sql: string) =>
  withEmbeddedClient(target, (client) => client.rows(sql));
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

async function isServerRunning(): Promise<boolean> {
  const running = await readPostmaster(cluster);
  return running !== undefined && (await isOurPostmaster(running.pid, cluster));
}

async function killServer(): Promise<void> {
  const running = await readPostmaster(cluster);
  process.kill(running?.pid ?? 0, 'SIGKILL');
  await delay(50);
}

async function startHolder(): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [holder, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout! })) return { child, port: Number(line) };
  throw new Error('The second process ended without a port.');
}

describe('a fresh data folder', () => {
  test('gets a server on 127.0.0.1 only, with a fixed collation and a private password file', async () => {
    const stages: string[] = [];
    const server = await startEmbeddedServer({ dataDir, report: (stage) => stages.push(stage) });
    const admin = server.adminTargetOf('postgres');
    const [settings] = await rowsOf(
      admin,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              (SELECT string_agg(w, '' ORDER BY w) FROM unnest(ARRAY['a', 'B', 'é']) AS w) AS ordered,
              upper('é') AS upper`,
    );
    await server.stop();
    expect(settings).toEqual({ addresses: '127.0.0.1', sockets: '', ordered: 'Baé', upper: 'É' });
    expect(server.version).toMatch(/^18\./);
    expect(stages).toEqual(['creating-server', 'starting-server']);
    expect((await stat(cluster.passwords)).mode & 0o077).toBe(0);
    expect((await stat(cluster.root)).mode & 0o077).toBe(0);
    expect(await readdir(cluster.root)).not.toContain('admin-password');
  });

  test('whose path PostgreSQL cannot enter as root works all the same, and leaves nothing behind', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root: only then another user runs the server');
    const closed = await makeTemporaryDataDir(0o700);
    const other = await makeTemporaryDataDir(0o700);
    try {
      const server = await startEmbeddedServer({ dataDir: path.join(closed.path, 'app') });
      const [row] = await rowsOf(server.adminTargetOf('postgres'), `SHOW data_directory`);
      await server.stop();
      const place = path.dirname(path.dirname(String(row?.['data_directory'])));
      expect(path.dirname(place)).toBe(sharedFolder);
      const loop = path.join(other.path, 'loop');
      await symlink(loop, loop);
      await writeFile(path.join(place, 'origin'), loop);
      await locateCluster(other.path, await findBinaries());
      expect(await stat(place).catch(() => 'gone'), 'a folder that cannot be looked at may exist').not.toBe(
        'gone',
      );
      await writeFile(path.join(place, 'origin'), path.join(closed.path, 'app', 'postgres'));
      await rm(closed.path, { recursive: true });
      await locateCluster(other.path, await findBinaries());
      expect(await stat(place).catch(() => 'gone')).toBe('gone');
    } finally {
      await closed.remove();
      await other.remove();
    }
  });
});

describe('start and stop', () => {
  test.each([0, 30, 100])(
    'Ctrl-C for the whole group %i ms into the start leaves no server, and blames no folder',
    async (waitMs) => {
      const child = spawn(process.execPath, [interruptible, dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
        detached: true,
      });
      const said: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        said.push(line);
        if (said.length > 1) continue;
        await delay(waitMs);
        if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGINT');
      }
      expect(said.at(-1)).toMatch(/^(CANCELLED|started)$/);
      expect(await isServerRunning()).toBe(false);
    },
  );

  test('cancelled while it comes up, it stops what it started', async () => {
    const controller = new AbortController();
    const starting = startEmbeddedServer({ dataDir, signal: controller.signal });
    await expect.poll(() => isServerRunning(), { interval: 2 }).toBe(true);
    controller.abort();
    await expect(starting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
    expect(await isServerRunning()).toBe(false);
  });

  test('a stop leaves no process, and the next start keeps the port', async () => {
    const first = await startEmbeddedServer({ dataDir });
    expect(await isServerRunning()).toBe(true);
    await Promise.all([first.stop(), first.stop()]);
    expect(await isServerRunning()).toBe(false);
    expect(await readFile(cluster.log, 'utf8')).toContain('received fast shutdown request');
    const second = await startEmbeddedServer({ dataDir });
    await second.stop();
    expect(second.port).toBe(first.port);
  });

  test('a taken port is left to whoever has it', async () => {
    const taken = Number(await readFile(cluster.port, 'utf8'));
    const other: Server = createServer().listen(taken, '127.0.0.1');
    await once(other, 'listening');
    const server = await startEmbeddedServer({ dataDir });
    await server.stop();
    other.close();
    expect(server.port).not.toBe(taken);
  });

  test('an aborted start rejects', async () => {
    await expect(startEmbeddedServer({ dataDir, signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});

describe('recovery', () => {
  test('after the server was killed its rows are there', async () => {
    const first = await startEmbeddedServer({ dataDir });
    await rowsOf(first.adminTargetOf('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer');
    await rowsOf(first.adminTargetOf('postgres'), 'CHECKPOINT');
    const lost = new Promise<void>((resolve) => first.onLost(resolve));
    await killServer();
    await lost;
    expect(await readPostmaster(cluster)).toBeDefined();
    const second = await startEmbeddedServer({ dataDir });
    expect(await rowsOf(second.adminTargetOf('postgres'), 'SELECT answer FROM kept')).toEqual([
      { answer: 42 },
    ]);
    await second.stop();
  });

  test('a pid file whose id now belongs to another program is removed', async () => {
    await writeFile(
      path.join(cluster.data, 'postmaster.pid'),
      `${process.pid}\n${cluster.data}\n0\n1\n\n\n\nready\n`,
    );
    const server = await startEmbeddedServer({ dataDir });
    expect((await readPostmaster(cluster))?.pid).not.toBe(process.pid);
    await server.stop();
  });

  test('the server of a killed app is taken over', async () => {
    const { child, port } = await startHolder();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isServerRunning()).toBe(true);
    const server = await startEmbeddedServer({ dataDir });
    expect(server.port).toBe(port);
    await server.stop();
    expect(await isServerRunning()).toBe(false);
  });

  test('what an interrupted creation left is cleared away', async () => {
    const other = await makeTemporaryDataDir();
    const parent = path.join(other.path, 'postgres');
    await mkdir(path.join(parent, 'cluster.building-999999999-aa', 'data'), { recursive: true });
    const server = await startEmbeddedServer({ dataDir: other.path });
    await server.stop();
    expect(await readdir(parent)).toEqual(['cluster']);
    await other.remove();
  });
});

describe('several processes', () => {
  test('the second attaches, and the last one to leave stops the server', async () => {
    const server = await startEmbeddedServer({ dataDir });
    const { child, port } = await startHolder();
    expect(port).toBe(server.port);
    await server.stop();
    expect(await isServerRunning()).toBe(true);
    child.stdin?.end();
    await once(child, 'exit');
    expect(await isServerRunning()).toBe(false);
  });

  test('two that start at once share one server', async () => {
    const [a, b] = await Promise.all([startEmbeddedServer({ dataDir }), startEmbeddedServer({ dataDir })]);
    expect(a.port).toBe(b.port);
    await Promise.all([a.stop(), b.stop()]);
    expect(await isServerRunning()).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends a process and stops its server', async (signal) => {
    const { child } = await startHolder();
    child.kill(signal);
    const [, endedBy] = (await once(child, 'exit')) as [number | null, string | null];
    expect(endedBy).toBe(signal);
    expect(await isServerRunning()).toBe(false);
  });

  test('a server that was left running outlives those who come later, until that is taken back', async () => {
    const first = await startEmbeddedServer({ dataDir });
    await first.leave();
    const second = await startEmbeddedServer({ dataDir });
    expect(second.port).toBe(first.port);
    await second.stop();
    expect(await rowsOf(first.adminTargetOf('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const third = await startEmbeddedServer({ dataDir });
    expect(await stopKeptServer({ dataDir }), 'the third uses it').toBe(false);
    await third.stop();
    expect(await isServerRunning()).toBe(false);
    expect(await stopKeptServer({ dataDir })).toBe(true);
  });

  test('a server that was left running and has ended is stopped as usual after its next start', async () => {
    await (await startEmbeddedServer({ dataDir })).leave();
    await killServer();
    await (await startEmbeddedServer({ dataDir })).stop();
    expect(await isServerRunning()).toBe(false);
  });
});

describe('the reader role', () => {
  test('can only read what it is given', async () => {
    const server = await startEmbeddedServer({ dataDir });
    await rowsOf(server.adminTargetOf('postgres'), 'CREATE DATABASE shop');
    const reader = server.targetOf('shop');
    const attempts = {
      role: await rowsOf(
        reader,
        'SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user',
      ),
      write: await codeOf(rowsOf(reader, 'CREATE TABLE t ()')),
      writeAnyway: await codeOf(
        withEmbeddedClient(reader, async (client) => {
          await client.script('SET default_transaction_read_only = off');
          await client.script('CREATE TABLE public.t ()');
        }),
      ),
      file: await codeOf(rowsOf(reader, `SELECT pg_read_file('PG_VERSION')`)),
      program: await codeOf(rowsOf(reader, `COPY (SELECT 1) TO PROGRAM 'true'`)),
      postgres: await codeOf(rowsOf(server.targetOf('postgres'), 'SELECT 1')),
      password: await codeOf(rowsOf({ ...reader, password: 'wrong' }, 'SELECT 1')),
    };
    await rowsOf(server.adminTargetOf('postgres'), 'DROP DATABASE shop WITH (FORCE)');
    await server.stop();
    expect(attempts).toEqual({
      role: [{ rolsuper: false, rolcreatedb: false, rolcreaterole: false }],
      write: '25006',
      writeAnyway: '42501',
      file: '42501',
      program: '42501',
      postgres: '42501',
      password: '28P01',
    });
  });
});

describe('the manager', () => {
  test('starts on demand, loads each database once, tells when the server is lost, and starts again', async () => {
    const listeners = process.listenerCount('SIGTERM');
    const loaded: string[] = [];
    const manager = createEmbeddedServerManager({
      dataDir,
      loadDatabase: async (_server, name) => void loaded.push(name),
    });
    expect(manager.status()).toEqual({ state: 'stopped' });
    await Promise.all([manager.targetOf('saas'), manager.targetOf('retail'), manager.targetOf('saas')]);
    expect(loaded).toEqual(['saas', 'retail']);
    expect(manager.status()).toMatchObject({ state: 'running' });
    await killServer();
    await expect.poll(() => manager.status().state).toBe('failed');
    await manager.targetOf('saas');
    expect(loaded).toEqual(['saas', 'retail', 'saas']);
    expect(process.listenerCount('SIGTERM')).toBe(listeners + 1);
    await manager.leave();
    expect(await isServerRunning()).toBe(true);
    expect(await manager.stopKept()).toEqual({ state: 'stopped' });
    expect(process.listenerCount('SIGTERM')).toBe(listeners);
    expect(manager.status()).toEqual({ state: 'stopped' });
    expect(await isServerRunning()).toBe(false);
  });
});

describe('a damaged folder', () => {
  const failure = async (): Promise<AppError> =>
    startEmbeddedServer({ dataDir }).then(
      () => Promise.reject(new Error('It started.')),
      (error: unknown) => error as AppError,
    );

  test('of another major version is refused with the way out', async () => {
    await writeFile(path.join(cluster.data, 'PG_VERSION'), '17\n');
    const error = await failure();
    expect(error).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('Reset') as string });
    expect(error.message).toContain('was made by PostgreSQL 17; this app runs 18');
  });

  test('without its version file is refused', async () => {
    await rm(path.join(cluster.data, 'PG_VERSION'));
    expect(await failure()).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('damaged') as string,
    });
  });

  test('without its control file is refused with the reason of PostgreSQL', async () => {
    await writeFile(path.join(cluster.data, 'PG_VERSION'), '18\n');
    await rm(path.join(cluster.data, 'global', 'pg_control'));
    const error = await failure();
    expect(error).toMatchObject({ code: 'CONFLICT', hint: expect.stringContaining('Reset') as string });
    expect(error.message).toContain('pg_control');
  });

  test('is made anew by a reset', async () => {
    const server = await resetEmbeddedServer({ dataDir });
    const tables = await rowsOf(server.adminTargetOf('postgres'), `SELECT to_regclass('kept') AS kept`);
    expect(tables).toEqual([{ kept: null }]);
    const refused = await resetEmbeddedServer({ dataDir }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Another process') as string,
    });
    await server.stop();
  });
});
