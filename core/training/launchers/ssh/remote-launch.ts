import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../../contract/index.ts';
import { readLaunchAnswer } from '../call-launch.ts';
import { quote, type SshConnection } from './connection.ts';

export interface RemoteLaunch {
  connection: SshConnection;
  trainerDir: string;
  /** A Python of the host's own, tried before those of its PATH. */
  python?: string | undefined;
  signal: AbortSignal;
}

/**
 * Runs a file of the trainer on the host without leaving it there: launch.py and the like need nothing but themselves.
 * @returns what it printed, unless `onOutput` takes that
 * @throws AppError PYTHON_MISSING, REMOTE_UNREACHABLE; the signal's reason
 */
export async function runRemotePython(
  { connection, trainerDir, python, signal }: RemoteLaunch,
  file: string,
  args: readonly string[],
  onOutput?: (chunk: Buffer) => void | Promise<void>,
): Promise<string> {
  const input = await readFile(join(trainerDir, file));
  const name = await findPython(connection, python, signal);
  const script = `exec ${quote(name)} - ${args.map(quote).join(' ')}`;
  const result = await connection.run(script, { signal, input, ...(onOutput && { onOutput }) });
  if (result.stdout.trim() !== '' || onOutput) return result.stdout;
  const why = result.stderr.trim().split('\n').at(-1) ?? '';
  throw new AppError('TRAINER_FAILED', `${connection.place.host} could not run ${file}: ${why}`, {
    hint: 'Log in there by hand and see whether python3 runs.',
  });
}

/** The answer of launch.py over there. @throws AppError as launch.py says it, and as runRemotePython */
export async function callRemoteLaunch<T>(
  launch: RemoteLaunch,
  args: readonly string[],
  schema: z.ZodType<T>,
): Promise<T> {
  return readLaunchAnswer(await runRemotePython(launch, 'launch.py', args), schema);
}

const found = new WeakMap<SshConnection, string>();

/** The first Python of 3.9 or newer; asked for once a connection. */
async function findPython(
  connection: SshConnection,
  own: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const known = found.get(connection);
  if (known !== undefined) return known;
  const names = [...(own ? [own] : []), 'python3', 'python', 'python3.13', 'python3.12', 'python3.11'];
  const isFit = `"$p" -c 'import sys; sys.exit(sys.version_info < (3, 9))' >/dev/null 2>&1`;
  const script = `for p in ${names.map(quote).join(' ')}; do if ${isFit}; then echo "$p"; exit 0; fi; done`;
  const name = (await connection.run(script, { signal })).stdout.trim();
  if (name === '') throw noPython(connection, own);
  found.set(connection, name);
  return name;
}

function noPython({ place }: SshConnection, python: string | undefined): AppError {
  return new AppError(
    'PYTHON_MISSING',
    `${place.host} has no Python 3.9 or newer${python ? `, nor ${python}` : ''}.`,
    {
      hint: 'Install Python 3.11 or newer there, or name its path in the host’s settings.',
    },
  );
}
