import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainPipFailure, readPipLine } from '../../environment/index.ts';
import type { LaunchContext } from '../launcher.ts';
import { AppError } from '../../../contract/index.ts';
import { quote } from './connection.ts';
import { listEnvironments, type HostFolder } from './host-folder.ts';
import { runRemotePython, type RemoteLaunch } from './remote-launch.ts';
import { fullDiskError } from './transfer-errors.ts';

export interface MakeOptions {
  /** Folder of the package over there. */
  packageFolder: string;
  /** Python 3.11 or newer over there. */
  makerPython: string;
  needsQuantizedBase: boolean;
}

/**
 * Makes the trainer's environment on the host from the lock; what an interrupted attempt installed is kept.
 * @returns its Python. @throws AppError TRAINER_FAILED, DISK_FULL with figures, PYTHON_MISSING, REMOTE_UNREACHABLE
 */
export async function makeEnvironment(
  launch: RemoteLaunch,
  folder: HostFolder,
  { packageFolder, makerPython, needsQuantizedBase }: MakeOptions,
  { progress, log }: Pick<LaunchContext, 'progress' | 'log'>,
): Promise<string> {
  const [kind] = listEnvironments(launch.trainerDir, needsQuantizedBase);
  if (!kind) throw new Error('There is no lock to make an environment from.');
  const environment = folder.environment(kind.stamp);
  const total = countPackages(join(launch.trainerDir, kind.lock));
  progress('making the environment there', 0, total);
  const seen = new Set<string>();
  const lines: string[] = [];
  const lock = `${packageFolder}/${kind.lock}`;
  const args = [environment, '--lock', lock, '--stamp', kind.stamp, '--python', makerPython];
  const take = readLines((line) => {
    if (line.trim() === '') return;
    lines.push(line);
    log(line);
    const { name, note } = readPipLine(line);
    if (name) seen.add(name);
    if (note) progress(note, Math.min(seen.size, total), total);
  });
  await runRemotePython(launch, 'make_environment.py', args, take);
  const script = `cat ${quote(`${environment}/installed.sha256`)} 2>/dev/null; true`;
  const { stdout } = await launch.connection.run(script, { signal: launch.signal });
  if (stdout.trim() === kind.stamp) return `${environment}/bin/python`;
  const failure = explainPipFailure(lines.slice(-50).join('\n'), 'The environment could not be made there');
  if (failure.code !== 'DISK_FULL') throw failure;
  const { message, details } = await fullDiskError(launch.connection, folder.root, undefined, launch.signal);
  throw new AppError('DISK_FULL', message, { hint: failure.hint, details });
}

/** Calls back for each whole line. */
export function readLines(onLine: (line: string) => void): (chunk: Buffer) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

/** Lines `name==version`, those of included files too. */
function countPackages(lockFile: string): number {
  const lines = readFileSync(lockFile, 'utf8').split('\n');
  const included = lines.flatMap((line) => /^-r (\S+)/.exec(line)?.[1] ?? []);
  const own = lines.filter((line) => /^[\w.-]+(\[[\w,]+\])?==/.test(line)).length;
  return included.reduce((sum, name) => sum + countPackages(join(lockFile, '..', name)), own);
}
