import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findBinaries } from '../../core/postgres/embedded-binaries.ts';
import { locateCluster } from '../../core/postgres/embedded-folder.ts';
import { root } from './run-command.ts';

/** One `data` command in a process of its own, as a user starts it. */
export interface DataProcess {
  child: ChildProcess;
  /** Resolves when a line on stderr begins so; each stage writes one as it ends. */
  sees(beginning: string): Promise<void>;
  /** Ends with the process: its exit code, null where a signal ended it, and what it wrote. */
  ended: Promise<{ exitCode: number | null; out: string; err: string; seconds: number }>;
}

export function startData(args: string[]): DataProcess {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'core', 'cli', 'main.ts'), 'data', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Awaited<DataProcess['ended']>>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) =>
      resolve({ exitCode, out, err, seconds: (performance.now() - started) / 1000 }),
    );
  });
  const sees = (beginning: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (err.split('\n').some((line) => line.startsWith(beginning))) resolve();
      };
      look();
      child.stderr.on('data', look);
    });
  return { child, sees, ended };
}

/** Runs it to its end. @throws Error with what it wrote where it fails */
export async function runData(args: string[]): Promise<{ out: string; seconds: number }> {
  const { exitCode, out, err, seconds } = await startData(args).ended;
  if (exitCode !== 0) throw new Error(`data ${args.join(' ')} ended with ${String(exitCode)}:\n${err}${out}`);
  return { out, seconds };
}

const pidFiles = new Map<string, Promise<string>>();

/** The process of the embedded server that the conversion uses, undefined where none runs. */
export async function findServerPid(dataDir: string): Promise<number | undefined> {
  const file = pidFiles.get(dataDir) ?? locatePidFile(dataDir);
  pidFiles.set(dataDir, file);
  const pid = Number.parseInt(await readFile(await file, 'utf8').catch(() => ''), 10);
  return pid > 0 ? pid : undefined;
}

async function locatePidFile(dataDir: string): Promise<string> {
  const cluster = await locateCluster(join(dataDir, 'cache', 'spider-server'), await findBinaries());
  return join(cluster.data, 'postmaster.pid');
}
