import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../contract/index.ts';

export interface PythonRun {
  /** The interpreter that runs `command`'s own first word too, where that is `-m`. */
  python: string;
  args: readonly string[];
  trainerDir: string;
  cwd?: string;
  env?: Record<string, string>;
  signal: AbortSignal;
  /** Each line of standard error, and of standard output where `output` is not collected. */
  onLine?(line: string, stream: 'out' | 'err'): void;
}

export interface PythonResult {
  code: number;
  stdout: string;
  /** Its last lines. */
  stderr: string;
}

const keptLines = 40;

/**
 * Runs Python to its end under training/guard.py: it ends with the app, and with the signal.
 * @throws the signal's reason; AppError PYTHON_MISSING where there is no such program
 */
export async function runPython(run: PythonRun): Promise<PythonResult> {
  run.signal.throwIfAborted();
  const guard = join(run.trainerDir, 'guard.py');
  const child = spawn(run.python, [guard, run.python, ...run.args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    env: { ...process.env, ...pythonEnvironment(run.trainerDir), ...run.env },
  });
  const [out, err]: [string[], string[]] = [[], []];
  createInterface({ input: child.stdout }).on('line', (line) => {
    out.push(line);
    run.onLine?.(line, 'out');
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    err.push(line);
    if (err.length > keptLines) err.shift();
    run.onLine?.(line, 'err');
  });
  // Its end tells the guard to end everything.
  const stop = () => void child.stdin.end();
  child.stdin.on('error', () => undefined);
  run.signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', (cause) => reject(notRunnable(run.python, cause)));
    child.on('close', (exitCode) => resolve(exitCode ?? 1));
  }).finally(() => run.signal.removeEventListener('abort', stop));
  run.signal.throwIfAborted();
  return { code, stdout: out.join('\n'), stderr: err.join('\n') };
}

/** The trainer is a package beside its folder; a run's folder must not be searched for modules. */
export function pythonEnvironment(trainerDir: string): Record<string, string> {
  const before = process.env.PYTHONPATH;
  const parent = join(trainerDir, '..');
  return {
    PYTHONPATH: before ? `${parent}:${before}` : parent,
    ...{ PYTHONSAFEPATH: '1', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
  };
}

function notRunnable(python: string, cause: unknown): AppError {
  return new AppError('PYTHON_MISSING', `${python} cannot be run.`, {
    hint: 'Install Python 3.11 or newer, or name another one.',
    cause,
  });
}
