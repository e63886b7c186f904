import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../contract/errors.ts';
import { runProgram, type Binaries } from './embedded-binaries.ts';
import { damaged, isRunning, type ClusterFolder } from './embedded-folder.ts';

/** What PostgreSQL's own postmaster.pid says: it serves as the app's runtime file, too. */
export interface Postmaster {
  pid: number;
  /** Absent in the first moments of a start. */
  port: number | undefined;
  status: string;
}

/** Undefined when no server has the folder, or a server ended cleanly. */
export async function readPostmaster(cluster: ClusterFolder): Promise<Postmaster | undefined> {
  const text = await readFile(pidFile(cluster), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => line.trim());
  const port = Number.parseInt(lines[3] ?? '', 10);
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return {
    pid: Number.isNaN(pid) ? 0 : pid,
    port: Number.isNaN(port) ? undefined : port,
    status: lines[7] ?? '',
  };
}

/** Whether the process is a PostgreSQL server of this very folder, not another program that got its id since. */
export async function isOurPostmaster(pid: number, cluster: ClusterFolder): Promise<boolean> {
  if (pid <= 0 || !isRunning(pid)) return false;
  const command = await describeProcess(pid);
  return command.includes('postgres') && (process.platform === 'win32' || command.includes(cluster.data));
}

async function describeProcess(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const [program, args] =
    process.platform === 'win32'
      ? ['tasklist', ['/FI', `PID eq ${pid}`, '/NH']]
      : ['ps', ['-ww', '-o', 'command=', '-p', String(pid)]];
  return (await runProgram(program as string, args as string[], { cwd: path.parse(process.cwd()).root }))
    .output;
}

/** Removes the pid file that a killed server left; PostgreSQL would refuse to start where its id runs again. */
export async function removeStalePidFile(cluster: ClusterFolder): Promise<void> {
  await rm(pidFile(cluster), { force: true });
}

/** What became of one attempt to start. */
export type StartResult = 'started' | 'port-taken' | 'busy';

/** Starts the server on the port and returns when it accepts connections. Throws when its folder is of no use. */
export async function launchPostmaster(
  cluster: ClusterFolder,
  binaries: Binaries,
  port: number,
): Promise<StartResult> {
  const logBefore = await readLog(cluster);
  const args = ['start', '-w', '-t', '60', '-D', cluster.data, '-l', cluster.log, '-o', `-p ${port}`];
  const result = await runProgram(binaries.pgCtl, args, { user: binaries.serverUser, cwd: cluster.root });
  if (result.exitCode === 0) return 'started';
  const log = (await readLog(cluster)).slice(logBefore.length);
  if (/Address already in use|could not bind/.test(log)) return 'port-taken';
  // The server of another process of the app, or the last breath of a killed one.
  if (
    /lock file "postmaster\.pid"|pre-existing shared memory block|another server might be running/.test(log)
  ) {
    return 'busy';
  }
  if (log.includes('No space left on device')) {
    throw new AppError('DISK_FULL', 'The disk is full: the embedded server cannot start.', {
      hint: 'Free some space, then try again.',
    });
  }
  throw damaged(
    cluster,
    `does not start: ${lastFatalLine(log) ?? (result.output.trim() || 'no reason given')}`,
  );
}

function lastFatalLine(log: string): string | undefined {
  const fatal = log.split('\n').filter((line) => /FATAL|PANIC/.test(line));
  return fatal.at(-1)?.replace(/^.*?(FATAL|PANIC):\s*/, '');
}

/**
 * Stops a server: fast (open transactions are rolled back, all is written), and at once where that takes longer
 * than ten seconds. Throws CONFLICT when it still runs then.
 */
export async function stopPostmaster(pid: number, cluster: ClusterFolder, binaries: Binaries): Promise<void> {
  for (const signal of ['INT', 'QUIT'] as const) {
    await signalPostmaster(pid, signal, cluster, binaries);
    const deadline = Date.now() + 10_000;
    while (Date.now() < deadline) {
      if (!(await isOurPostmaster(pid, cluster))) return;
      await delay(15);
    }
  }
  throw new AppError('CONFLICT', `The embedded server (process ${pid}) does not stop.`, {
    hint: `End process ${pid}, then try again.`,
  });
}

async function signalPostmaster(
  pid: number,
  signal: 'INT' | 'QUIT',
  cluster: ClusterFolder,
  binaries: Binaries,
) {
  if (process.platform === 'win32') {
    await runProgram(binaries.pgCtl, ['kill', signal, String(pid)], { cwd: cluster.root });
    return;
  }
  try {
    process.kill(pid, `SIG${signal}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw AppError.from(error);
  }
}

/** A port that nothing listened on a moment ago, on 127.0.0.1; the preferred one if it is free. */
export async function findFreePort(preferred?: number): Promise<number> {
  return (preferred !== undefined ? await tryPort(preferred) : undefined) ?? (await tryPort(0)) ?? noPort();
}

function noPort(): never {
  throw new AppError('INTERNAL', 'No free port on 127.0.0.1 for the embedded server.', {
    hint: 'Close other programs that listen on this machine, then try again.',
  });
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

function readLog(cluster: ClusterFolder): Promise<string> {
  return readFile(cluster.log, 'utf8').catch(() => '');
}

function pidFile(cluster: ClusterFolder): string {
  return path.join(cluster.data, 'postmaster.pid');
}
