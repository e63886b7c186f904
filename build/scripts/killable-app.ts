import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './run-command.ts';

/** A machine behind SSH, for `train-app.ts`. */
export interface HostOfApp {
  port: number;
  user: string;
  keyPath: string;
  /** A known_hosts line. */
  knownHostsLine: string;
  /** Where code, data and runs lie there. */
  folder: string;
}

/** `train-app.ts` in a process of its own. */
export interface KillableApp {
  /** Its core is up and the run is known. */
  ready: Promise<unknown>;
  /** Rejects where it ends before the run has finished without having been killed. */
  finished: Promise<unknown>;
  kill(): Promise<boolean>;
}

/**
 * @param folder holds its data and its runs
 * @param host where it trains; defaults to this machine
 */
export function openApp(folder: string, steps: number, host?: HostOfApp): KillableApp {
  const child = spawn(
    process.execPath,
    [join(root, 'build', 'scripts', 'train-app.ts'), folder, String(steps)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, OMP_NUM_THREADS: '1', ...(host && { KILL_TEST_HOST: JSON.stringify(host) }) },
    },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ready = Promise.withResolvers<undefined>();
  const finished = Promise.withResolvers<undefined>();
  let isKilled = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('"runId"')) ready.resolve(undefined);
    if (line.includes('"finished":')) noteSeen(folder, line);
  });
  const ended = new Promise<undefined>((resolve) => {
    child.once('close', (code) => {
      resolve(undefined);
      if (isKilled) return;
      if (code === 0) return finished.resolve(undefined);
      ready.reject(new Error(`the app ended with ${String(code)}: ${errors}`));
      finished.reject(new Error(`the app ended with ${String(code)}: ${errors}`));
    });
  });
  void ready.promise.catch(() => undefined);
  void finished.promise.catch(() => undefined);
  return {
    ready: ready.promise,
    finished: finished.promise,
    async kill() {
      if (hasEnded(child)) return false;
      isKilled = true;
      child.kill('SIGKILL');
      await ended;
      return true;
    },
  };
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** By the folder: which steps the app had been told of when its run had finished. */
export const seenSteps = new Map<string, number[]>();

function noteSeen(folder: string, line: string): void {
  const said = JSON.parse(line) as { seen?: number[] };
  if (said.seen) seenSteps.set(folder, said.seen);
}
