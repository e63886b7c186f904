import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

export interface CommandResult {
  /** The exit code; 1 when a signal or the time limit ended it, 127 when it could not be started. */
  code: number;
  output: string;
  timedOut: boolean;
}

export interface CommandOptions {
  env?: Record<string, string | undefined>;
  /** Defaults to no limit. */
  timeoutMs?: number;
  /** Shows the output as it comes. Defaults to false: it is only collected. */
  live?: boolean;
}

/** The environment of our own tools: `node_modules/.bin` first, so that `node` is the one the project pins. */
export function toolEnv(): Record<string, string | undefined> {
  return { ...process.env, PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter) };
}

let endsWithSignals = false;

/** Commands have groups of their own, which Ctrl-C does not reach: this process ends, and stops them as it does. */
function endWithSignals(): void {
  if (endsWithSignals) return;
  endsWithSignals = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
}

/** Runs a command in the project's root, to its end or its time limit. Never throws for what the command does. */
export function runCommand(
  command: string,
  args: string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  endWithSignals();
  return new Promise((done) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...toolEnv(), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm's commands are .cmd files on Windows.
      shell: process.platform === 'win32',
      // A group of its own, so that the time limit ends its children too.
      detached: process.platform !== 'win32',
    });
    let output = '';
    let timedOut = false;
    const take = (chunk: Buffer) => {
      output += chunk.toString();
      if (options.live) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const stop = () => stopGroup(child.pid);
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeoutMs)
      : undefined;
    process.once('exit', stop);
    const finish = (code: number) => {
      clearTimeout(timer);
      process.off('exit', stop);
      done({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(127);
    });
    child.on('close', (code) => finish(timedOut ? 1 : (code ?? 1)));
  });
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}
