import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { connectToHost } from './connect-to-host.ts';

export const root = resolve(import.meta.dirname, '..');
const cli = join(root, 'core', 'cli', 'main.ts');

/** How long the host may take to print its address, and to end. */
const startLimitMs = 90_000;
const stopLimitMs = 20_000;

export interface RunningHost {
  /** The address with its token. */
  url: string;
  dataDir: string;
  /** Runs another command of the same program on the same data folder. @returns what it printed */
  runCli(...args: string[]): Promise<string>;
  /** Ends it as a crash does: nothing is tidied up, the data folder stays. */
  kill(): Promise<void>;
  /** @param options.keepData leaves the data folder for another start. Defaults to throwing it away. */
  stop(options?: { keepData?: boolean }): Promise<void>;
}

/**
 * Starts the real browser host.
 * @param dataDir Defaults to a new temporary folder. Thrown away at the end either way, unless `stop` is told otherwise.
 * @param extraEnv Environment variables besides this process's own.
 * @param options.firstRun shows the tour, as for a new user. Defaults to false.
 */
export async function startHost(
  dataDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-e2e-')),
  extraEnv: Record<string, string> = {},
  { firstRun = false }: { firstRun?: boolean } = {},
): Promise<RunningHost> {
  if (!existsSync(join(root, 'dist', 'renderer', 'index.html'))) {
    throw new Error('dist/renderer is missing. Run `npm run build` first.');
  }
  const env = { ...process.env, ...extraEnv, SQLCODEGEN_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [cli, 'serve', '--no-open'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await readAddress(child);
  if (!firstRun) await skipTour(url);
  return {
    url,
    dataDir,
    async runCli(...args) {
      const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: root, env });
      return stdout.trim();
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async stop({ keepData = false } = {}) {
      await stopChild(child);
      if (!keepData) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The tour would stand over what is tested. */
async function skipTour(url: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  await core['settings.set']({ tourDone: true });
  close();
}

function readAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(
      () => reject(new Error(`The host printed no address:\n${output}`)),
      startLimitMs,
    );
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output)?.[0];
      if (!url) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The host ended with ${code}:\n${output}`));
    });
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(timer);
}
