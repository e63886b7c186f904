import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lockNameOf } from '../../environment/index.ts';
import { folderNameOf, type LaunchedRun } from '../launcher.ts';

/** Where things lie in the app's folder on a host; relative paths begin in the user's home. */
export interface HostFolder {
  root: string;
  /** Parent of the package `training`; by its content, so that a running run keeps its own. */
  code(hash: string): string;
  environment(stamp: string): string;
  base(hash: string): string;
  run(run: Pick<LaunchedRun, 'id' | 'uuid'>): string;
}

export function openHostFolder(folder: string): HostFolder {
  const trimmed = folder.trim().replace(/^~\//, '').replace(/\/+$/, '');
  // Never an option of a program, never the home itself.
  const root = trimmed === '' || trimmed === '~' ? 'sqlcodegen' : trimmed.replace(/^-/, './-');
  return {
    root,
    code: (hash) => `${root}/code/${hash.slice(0, 16)}`,
    environment: (stamp) => `${root}/environments/${stamp.slice(0, 16)}`,
    base: (hash) => `${root}/bases/${hash.slice(0, 16)}`,
    run: (run) => `${root}/runs/${expectPlain(folderNameOf(run))}`,
  };
}

function expectPlain(name: string): string {
  if (/^[\w.-]+$/.test(name) && !/^\.+$/.test(name)) return name;
  throw new Error(`${name} is no name of a run's folder.`);
}

export interface EnvironmentKind {
  /** What its installed.sha256 holds. */
  stamp: string;
  /** The lock that it is made from, in the package. */
  lock: string;
}

/** The environments that a run can use, the one that is made where there is none first. */
export function listEnvironments(trainerDir: string, needsQuantizedBase: boolean): EnvironmentKind[] {
  const [plainLock, lock] = [lockNameOf(false), lockNameOf(true)];
  const plain = { lock: plainLock, stamp: hashLocks(trainerDir, [plainLock]) };
  const quantized = { lock, stamp: hashLocks(trainerDir, [plainLock, lock]) };
  return needsQuantizedBase ? [quantized] : [plain, quantized];
}

function hashLocks(trainerDir: string, names: readonly string[]): string {
  const hash = createHash('sha256');
  for (const name of names) hash.update(readFileSync(join(trainerDir, name)));
  return hash.digest('hex');
}
