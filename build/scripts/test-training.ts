import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, runCommand } from './run-command.ts';

const trainingDir = join(root, 'training');
const venvDir = join(trainingDir, '.venv');
const lockFile = join(trainingDir, 'requirements-test.lock');
/** The lock file and those that it includes. */
const lockFiles = ['requirements.lock', 'requirements-qlora.lock', 'requirements-test.lock'];
const stampFile = join(venvDir, 'installed.sha256');
const venvPython = join(
  venvDir,
  ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
);

const installLimitMs = 600_000;
/** For what hangs: three times what they took on two cores. */
const testLimitMs = 1_500_000;

/** `unavailable` says what the machine lacks; `failed` what went wrong although it has everything. */
export type TrainingResult =
  | { kind: 'ran'; junitFile: string; code: number }
  | { kind: 'unavailable'; reason: string }
  | { kind: 'failed'; reason: string };

/** The trainer's environment, made once from the lock file: Vitest's tests train too. @returns what is in the way, if anything */
export async function prepareTraining(): Promise<Exclude<TrainingResult, { kind: 'ran' }> | undefined> {
  if (!existsSync(lockFile)) return { kind: 'failed', reason: 'training/requirements-test.lock is missing.' };
  const python = await findPython();
  if (!python) return { kind: 'unavailable', reason: 'There is no Python 3.11 or newer on this machine.' };
  const problem = await ensureVenv(python);
  return problem === undefined ? undefined : { kind: 'failed', reason: problem };
}

/** Runs pytest on training/tests in an environment of its own. */
export async function testTraining(): Promise<TrainingResult> {
  const obstacle = await prepareTraining();
  if (obstacle) return obstacle;
  const junitFile = join(venvDir, 'junit.xml');
  const { code } = await runCommand(
    venvPython,
    ['-m', 'pytest', '-q', '-n', '2', 'training/tests', `--junitxml=${junitFile}`],
    {
      live: true,
      timeoutMs: testLimitMs,
      // Two workers with one thread each: sums in one order, and no more threads than cores.
      env: { OMP_NUM_THREADS: '1' },
    },
  );
  return { kind: 'ran', junitFile, code };
}

async function findPython(): Promise<string | undefined> {
  for (const name of ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python']) {
    const check = 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)';
    if ((await runCommand(name, ['-c', check])).code === 0) return name;
  }
  return undefined;
}

/** @returns what went wrong, or undefined. The stamp is the lock files' hash, so a changed lock is installed anew. */
async function ensureVenv(python: string): Promise<string | undefined> {
  const hasher = createHash('sha256');
  for (const name of lockFiles) hasher.update(readFileSync(join(trainingDir, name)));
  const hash = hasher.digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return undefined;
  console.log('Training: making training/.venv from its lock file (once) …');
  const made = await runCommand(python, ['-m', 'venv', '--clear', venvDir], { timeoutMs: installLimitMs });
  if (made.code !== 0) {
    return `python -m venv failed: ${lastLines(made.output)} On Debian, install python3-venv.`;
  }
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', lockFile];
  const installed = await runCommand(venvPython, pip, {
    timeoutMs: installLimitMs,
    // Where an index is unreachable, waiting for it again and again takes minutes.
    env: { PIP_RETRIES: '0' },
  });
  if (installed.code !== 0) return `pip install failed: ${lastLines(installed.output)}`;
  writeFileSync(stampFile, hash);
  return undefined;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n');
}

if (import.meta.main) {
  const result = await testTraining();
  if (result.kind === 'ran') process.exitCode = result.code;
  else {
    console.log(`Training: ${result.reason}`);
    process.exitCode = result.kind === 'failed' ? 1 : 0;
  }
}
