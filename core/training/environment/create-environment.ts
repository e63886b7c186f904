import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../contract/index.ts';
import { withLock, writeAside } from '../../dataset/stages/index.ts';
import { admitIndexes } from './admit-index.ts';
import { expectMaker } from './find-python.ts';
import { lockNameOf } from './lock-name.ts';
import { explainPipFailure, readPipLine } from './pip-output.ts';
import { runPython } from './run-python.ts';

export interface EnvironmentContext {
  signal: AbortSignal;
  progress(note: string, done?: number, total?: number): void;
  log(text: string): void;
}

/** The app's own virtual environment for the trainer. */
export interface TrainingEnvironment {
  folder: string;
  /** Its interpreter; it need not be there yet. */
  python: string;
  /** Whether it was made to its end, from the packages that this version wants. */
  isReady(needsQuantizedBase?: boolean): boolean;
  /** Makes it, or goes on with what an interrupted attempt left. @throws AppError PYTHON_MISSING, DISK_FULL, TRAINER_FAILED, PERMISSION_DENIED */
  make(context: EnvironmentContext, needsQuantizedBase?: boolean): Promise<void>;
}

export interface EnvironmentOptions {
  /** The app's data: `training-env` in it. */
  dataDir: string;
  trainerDir: string;
}

const stampName = 'installed.sha256';

export function createEnvironment({ dataDir, trainerDir }: EnvironmentOptions): TrainingEnvironment {
  const folder = join(dataDir, 'training-env');
  const python = join(
    folder,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
  const stamps = () => ({
    plain: hashLocks(trainerDir, [lockNameOf(false)]),
    quantized: hashLocks(trainerDir, [lockNameOf(false), lockNameOf(true)]),
  });
  const isReady = (needsQuantizedBase = false): boolean => {
    if (!existsSync(python)) return false;
    const stamp = readStamp(folder);
    const { plain, quantized } = stamps();
    return stamp === quantized || (!needsQuantizedBase && stamp === plain);
  };
  const make = async (context: EnvironmentContext, needsQuantizedBase: boolean): Promise<void> => {
    context.signal.throwIfAborted();
    if (isReady(needsQuantizedBase)) return;
    await mkdir(dataDir, { recursive: true });
    await withLock(join(dataDir, 'training-env.lock'), async () => {
      await makeVenv(folder, python, trainerDir, context);
      await install(python, join(trainerDir, lockNameOf(needsQuantizedBase)), trainerDir, context);
      await writeAside(join(folder, stampName), stamps()[needsQuantizedBase ? 'quantized' : 'plain']);
    });
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    folder,
    python,
    isReady,
    make(context, needsQuantizedBase = false) {
      // Two runs that start at once make it once: the second waits, and finds it ready.
      const turn = last.then(() => make(context, needsQuantizedBase));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

function hashLocks(trainerDir: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) hash.update(readFileSync(join(trainerDir, name)));
  return hash.digest('hex');
}

function readStamp(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, stampName), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** What an interrupted attempt installed stays, as long as its interpreter runs. */
async function makeVenv(
  folder: string,
  python: string,
  trainerDir: string,
  { signal, progress, log }: EnvironmentContext,
): Promise<void> {
  await rm(join(folder, stampName), { force: true });
  if (existsSync(python) && (await canUse(python, trainerDir, signal))) return;
  const maker = await expectMaker();
  progress('making the environment');
  log(`${maker.path} (${maker.version}) makes ${folder}`);
  const made = await runPython({
    ...{ python: maker.path, args: ['-m', 'venv', '--clear', folder], trainerDir, signal },
    onLine: log,
  });
  if (made.code !== 0)
    throw explainPipFailure(`${made.stdout}\n${made.stderr}`, 'The environment could not be made');
}

async function canUse(python: string, trainerDir: string, signal: AbortSignal): Promise<boolean> {
  try {
    return (await runPython({ python, args: ['-m', 'pip', '--version'], trainerDir, signal })).code === 0;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) return false;
    throw error;
  }
}

async function install(
  python: string,
  lockFile: string,
  trainerDir: string,
  { signal, progress, log }: EnvironmentContext,
): Promise<void> {
  const total = countPackages(lockFile);
  const seen = new Set<string>();
  const end = await admitIndexes({ python, trainerDir, signal });
  progress('installing packages');
  const options = ['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'];
  const result = await runPython({
    ...{ python, trainerDir, signal, args: ['-m', 'pip', 'install', ...options, '-r', lockFile] },
    // Where an index cannot be reached, waiting for it again and again takes minutes.
    env: { PIP_RETRIES: '0' },
    onLine(line) {
      log(line);
      const { name, note } = readPipLine(line);
      if (name) seen.add(name);
      // How many were named is not how much is done: the large ones are downloaded after all were named.
      const count = name && `${Math.min(seen.size, total)} of ${total} packages: `;
      if (note) progress(`${count ?? ''}${note}`);
    },
  }).catch((error: unknown) => {
    end(false);
    throw error;
  });
  end(result.code === 0);
  if (result.code !== 0)
    throw explainPipFailure(`${result.stdout}\n${result.stderr}`, 'The packages could not be installed');
}

/** Lines `name==version`, those of included files too. */
function countPackages(lockFile: string): number {
  const lines = readFileSync(lockFile, 'utf8').split('\n');
  const included = lines.flatMap((line) => /^-r (\S+)/.exec(line)?.[1] ?? []);
  const own = lines.filter((line) => /^[\w.-]+(\[[\w,]+\])?==/.test(line)).length;
  return included.reduce((sum, name) => sum + countPackages(join(lockFile, '..', name)), own);
}
