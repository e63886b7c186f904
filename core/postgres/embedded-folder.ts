import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../contract/errors.ts';
import {
  embeddedMajorVersion,
  isReachable,
  runProgram,
  sharedFolder,
  type Binaries,
} from './embedded-binaries.ts';

/**
 * One embedded server on disk. The folder is made elsewhere and renamed when it is whole, so that it either is
 * complete (cluster and passwords together) or does not exist.
 */
export interface ClusterFolder {
  /** Holds all of the below; only the server's user can enter it. */
  root: string;
  /** PostgreSQL's own data directory. */
  data: string;
  passwords: string;
  log: string;
  /** Lies there while the server is left running for whoever has its URL. */
  keepRunning: string;
  /** The port of the last start: tried first, so that a URL written down stays good. */
  port: string;
}

export interface Passwords {
  admin: string;
  reader: string;
}

export const adminRole = 'studio_admin';

const resetHint =
  'Reset the embedded server: it deletes this folder and makes a new one with fresh demo databases.';

/**
 * `<dataDir>/postgres/cluster`. As root, where PostgreSQL's user cannot enter the data folder (it is under a closed
 * home, say), a folder of its own under /var/lib.
 */
export async function locateCluster(dataDir: string, binaries: Binaries): Promise<ClusterFolder> {
  let parent = path.resolve(dataDir, 'postgres');
  await makeParent(parent, binaries);
  if (binaries.serverUser !== undefined && !(await isReachable(parent, binaries.serverUser))) {
    parent = await takeSharedPlace(parent, binaries);
  }
  const root = path.join(parent, 'cluster');
  return {
    root,
    data: path.join(root, 'data'),
    passwords: path.join(root, 'passwords.json'),
    log: path.join(root, 'server.log'),
    keepRunning: path.join(root, 'keep-running'),
    port: path.join(root, 'port'),
  };
}

/** A folder under /var/lib that stands for one that the server's user cannot enter; it says for which. */
async function takeSharedPlace(wanted: string, binaries: Binaries): Promise<string> {
  const place = path.join(sharedFolder, createHash('sha256').update(wanted).digest('hex').slice(0, 16));
  await makeParent(sharedFolder, binaries);
  await removeAbandonedPlaces();
  await makeParent(place, binaries);
  await writeFile(path.join(place, 'origin'), wanted).catch((error: unknown) => {
    throw diskError(error, place);
  });
  return place;
}

/** Whoever deletes a data folder does not know of its place here: it goes once its folder is gone and nothing runs. */
async function removeAbandonedPlaces(): Promise<void> {
  for (const name of await readdir(sharedFolder).catch(() => [])) {
    const place = path.join(sharedFolder, name);
    const origin = await readFile(path.join(place, 'origin'), 'utf8').catch(() => undefined);
    if (origin === undefined || !(await isMissing(origin))) continue;
    const pidFile = path.join(place, 'cluster', 'data', 'postmaster.pid');
    const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10);
    if (!(pid > 0 && isRunning(pid))) await rm(place, { recursive: true, force: true });
  }
}

/** A folder that cannot be looked at (no right, a disk that is not mounted, a failing one) may well be there. */
async function isMissing(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => false,
    (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
  );
}

/** Another user's server needs to pass through the folder, not to list it; whatever the umask. */
async function makeParent(folder: string, binaries: Binaries): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: binaries.serverUser ? 0o711 : 0o700 });
    if (binaries.serverUser) await chmod(folder, 0o711);
  } catch (error) {
    throw diskError(error, folder);
  }
}

/** Makes the cluster when there is none. Throws CONFLICT when what is there cannot be used. */
export async function ensureCluster(cluster: ClusterFolder, binaries: Binaries): Promise<'made' | 'found'> {
  if (await stat(cluster.root).catch(() => undefined)) {
    await checkCluster(cluster);
    return 'found';
  }
  await buildCluster(cluster, binaries);
  return 'made';
}

async function checkCluster(cluster: ClusterFolder): Promise<void> {
  const version = await readFile(path.join(cluster.data, 'PG_VERSION'), 'utf8').catch(ignoreMissing);
  if (version === undefined || !(await stat(path.join(cluster.data, 'global')).catch(ignoreMissing))) {
    throw damaged(cluster, 'is damaged: it is no complete PostgreSQL data folder');
  }
  if (version.trim() !== embeddedMajorVersion) {
    throw damaged(cluster, `was made by PostgreSQL ${version.trim()}; this app runs ${embeddedMajorVersion}`);
  }
}

export function damaged(cluster: ClusterFolder, what: string, cause?: unknown): AppError {
  return new AppError('CONFLICT', `The embedded server's folder ${cluster.root} ${what}.`, {
    hint: resetHint,
    details: { folder: cluster.root },
    cause,
  });
}

export async function readPasswords(cluster: ClusterFolder): Promise<Passwords> {
  try {
    const parsed = JSON.parse(await readFile(cluster.passwords, 'utf8')) as Partial<Passwords>;
    if (parsed.admin && parsed.reader) return { admin: parsed.admin, reader: parsed.reader };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EACCES') throw diskError(cause, cluster.root);
    throw damaged(cluster, 'is damaged: its password file cannot be read', cause);
  }
  throw damaged(cluster, 'is damaged: its password file is incomplete');
}

/** Deletes the cluster. Renamed first, so that a deletion cut short leaves no half of it in place. */
export async function removeCluster(cluster: ClusterFolder): Promise<void> {
  const leaving = `${cluster.root}.deleting-${randomBytes(4).toString('hex')}`;
  try {
    await rename(cluster.root, leaving);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw diskError(error, cluster.root);
  }
  await rm(leaving, { recursive: true, force: true, maxRetries: 5 });
}

async function buildCluster(cluster: ClusterFolder, binaries: Binaries): Promise<void> {
  const building = `${cluster.root}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await removeLeftovers(cluster);
    await mkdir(building, { mode: 0o700 });
    await fillCluster(building, binaries);
    await rename(building, cluster.root);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // Another process of the app was quicker: its cluster is as good.
    if (['ENOTEMPTY', 'EEXIST', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      if (await stat(cluster.data).catch(() => undefined)) return;
    }
    throw diskError(error, cluster.root);
  }
}

async function fillCluster(folder: string, binaries: Binaries): Promise<void> {
  const passwords: Passwords = {
    admin: randomBytes(24).toString('base64url'),
    reader: randomBytes(24).toString('base64url'),
  };
  const adminFile = path.join(folder, 'admin-password');
  await writeFile(adminFile, `${passwords.admin}\n`, { mode: 0o600 });
  await writeFile(path.join(folder, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
  const user = binaries.serverUser;
  if (user !== undefined) {
    await chown(folder, user.uid, user.gid);
    await chown(adminFile, user.uid, user.gid);
  }
  const args = initdbArguments(path.join(folder, 'data'), adminFile);
  const result = await runProgram(binaries.initdb, args, { user, cwd: folder });
  if (result.exitCode !== 0) throw initdbFailed(result.output);
  await rm(adminFile);
  await chmod(folder, 0o700);
}

/** Collation by code point with the built-in C.UTF-8: the same order on every platform, whatever its locales. */
function initdbArguments(data: string, passwordFile: string): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=60',
    'timezone=UTC',
    'log_timezone=UTC',
    // The databases can be made again: losing the last moments at a power cut is fine, damage is not.
    'synchronous_commit=off',
    'logging_collector=off',
  ];
  return [
    ...['-D', data, '-U', adminRole, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
    ...[
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    ],
    ...settings.flatMap((setting) => ['-c', setting]),
  ];
}

function initdbFailed(output: string): AppError {
  if (output.includes('No space left on device')) {
    return new AppError('DISK_FULL', 'The disk is full: the embedded server needs about 60 MB.', {
      hint: 'Free some space, then try again.',
    });
  }
  return new AppError(
    'INTERNAL',
    `The embedded server's folder could not be made: ${output.trim().slice(-500)}`,
  );
}

/** What a killed process left half-built or half-deleted; a living process's own building folder stays. */
async function removeLeftovers(cluster: ClusterFolder): Promise<void> {
  const parent = path.dirname(cluster.root);
  const names = await readdir(parent).catch(() => []);
  for (const name of names) {
    const match = /^cluster\.(?:building-(\d+)|deleting)-/.exec(name);
    if (match === null || (match[1] !== undefined && isRunning(Number(match[1])))) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/** Whether a process with this id exists, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function ignoreMissing(error: unknown): undefined {
  if (
    (error as NodeJS.ErrnoException).code === 'ENOENT' ||
    (error as NodeJS.ErrnoException).code === 'ENOTDIR'
  )
    return;
  throw diskError(error, 'the data folder');
}

function diskError(error: unknown, folder: string): AppError {
  if (error instanceof AppError) return error;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EACCES' || code === 'EPERM') {
    return new AppError('PERMISSION_DENIED', `No permission to use ${folder}.`, {
      hint: 'It may belong to another user: give it to yours, or choose another data folder.',
      cause: error,
    });
  }
  if (code === 'ENOSPC') {
    return new AppError('DISK_FULL', 'The disk is full.', {
      hint: 'Free some space, then try again.',
      cause: error,
    });
  }
  return AppError.from(error);
}
