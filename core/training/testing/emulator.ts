import { spawn, spawnSync } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The trainer's environment, as `npm test` makes it. */
export const trainerPython = join(
  import.meta.dirname,
  '../../../training/.venv',
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

/** Why tests against the emulator cannot run here; undefined: they can. */
export function findEmulatorProblem(): string | undefined {
  const { status } = spawnSync(trainerPython, ['-c', 'import gcp_storage_emulator, nbformat, nbclient']);
  return status === 0
    ? undefined
    : 'training/.venv lacks gcp-storage-emulator: node build/scripts/test-training.ts';
}

export interface Emulator {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  port: number;
  close(): Promise<void>;
}

/** gcp-storage-emulator, in memory, with one bucket. */
export async function startEmulator(bucketName: string): Promise<Emulator> {
  const port = await findFreePort();
  const parts = [
    '-m',
    'gcp_storage_emulator',
    'start',
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '-M',
    '-q',
  ];
  const child = spawn(trainerPython, [...parts, '--default-bucket', bucketName], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const endpoint = `http://127.0.0.1:${port}`;
  for (let count = 0; !(await answers(endpoint)); count++) {
    if (count > 300 || child.exitCode !== null) throw new Error('The storage emulator does not start.');
    await delay(50);
  }
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  return { endpoint, port, close };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    (response) => response.ok,
    () => false,
  );
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  return port;
}
