import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** OpenSSH's server, or undefined where it is not installed. */
export function findSshd(): string | undefined {
  return ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find((path) => existsSync(path));
}

export interface TestSshd {
  port: number;
  user: string;
  /** A private key that it lets in, without a passphrase. */
  keyPath: string;
  /** Holds everything; removed by `stop`. */
  folder: string;
  /** `SHA256:…` of its host key. */
  fingerprint: string;
  /** A known_hosts line of its host key. */
  knownHostsLine: string;
  /** Lets another key in too. @param publicKey the text of a .pub file */
  authorize(publicKey: string): void;
  /** Kills what serves the connections that are open; it goes on taking new ones. */
  dropConnections(): number;
  /** Takes no connections until `start`. */
  pause(): Promise<void>;
  start(): Promise<void>;
  /** From now on it shows another key. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

/** A real sshd on loopback, at a free port, with keys of its own. */
export async function startSshd(sshd: string): Promise<TestSshd> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
  const { username } = userInfo();
  const port = await findFreePort();
  const hostKey = join(folder, 'host_key');
  const keyPath = join(folder, 'user_key');
  makeKey(hostKey);
  makeKey(keyPath);
  const authorized = join(folder, 'authorized_keys');
  writeFileSync(authorized, readFileSync(`${keyPath}.pub`), { mode: 0o600 });
  writeFileSync(join(folder, 'sshd_config'), describeServer({ port, hostKey, authorized }));
  // Where it drops its rights; the package's own start script makes it.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    server = spawn(sshd, ['-D', '-e', '-f', join(folder, 'sshd_config')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await waitForPort(port, () => (server?.exitCode === null ? undefined : said));
  };
  const dropConnections = (): number => {
    const children = listChildren(server?.pid);
    for (const pid of children) kill(pid);
    return children.length;
  };
  const pause = async (): Promise<void> => {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    const children = listChildren(server?.pid);
    server?.kill('SIGKILL');
    for (const pid of children) kill(pid);
    await ended;
  };
  await start();
  return {
    ...{ port, user: username, keyPath, folder, start, pause, dropConnections },
    fingerprint: readFingerprint(hostKey),
    knownHostsLine: `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`,
    authorize: (publicKey) => writeFileSync(authorized, `${publicKey.trim()}\n`, { flag: 'a' }),
    changeHostKey: async () => {
      await pause();
      rmSync(hostKey);
      makeKey(hostKey);
      await start();
    },
    stop: async () => {
      await pause();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param passphrase defaults to none */
export function makeKey(file: string, passphrase = ''): void {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', file]);
}

/** As ssh-keygen prints it. */
export function readFingerprint(file: string): string {
  return /SHA256:\S+/.exec(execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }))?.[0] ?? '';
}

function describeServer({
  port,
  hostKey,
  authorized,
}: {
  port: number;
  hostKey: string;
  authorized: string;
}) {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'AllowTcpForwarding yes',
    'MaxStartups 100',
    // The trainer would take every core.
    'SetEnv OMP_NUM_THREADS=1',
    '',
  ].join('\n');
}

function listChildren(parent: number | undefined): number[] {
  if (parent === undefined) return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => readParent(pid) === parent);
}

function readParent(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    return Number(fields[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function waitForPort(port: number, hasEnded: () => string | undefined): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const said = hasEnded();
    if (said !== undefined) throw new Error(`sshd has ended: ${said}`);
    if (await answers(port)) return;
    await delay(50);
  }
  throw new Error('sshd does not answer.');
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => done(true)).once('error', () => done(false));
  });
}
