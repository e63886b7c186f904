import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../contract/index.ts';
import type { SecretStore } from './secret-store.ts';

export interface FileSecretOptions {
  dataDir: string;
  /** Why the keyring is not used, for the note. */
  reason?: string;
}

type Secrets = Map<string, string>;

/** Passwords in `passwords.json` of the data folder, readable by its owner alone; changes are written aside and renamed. */
export function createFileSecretStore({ dataDir, reason }: FileSecretOptions): SecretStore {
  const file = join(dataDir, 'passwords.json');
  // Changes wait for each other: two at once would lose one.
  let last: Promise<void> = Promise.resolve();
  const change = (edit: (secrets: Secrets) => void): Promise<void> => {
    const next = last.then(async () => {
      const secrets = await readSecrets(file);
      edit(secrets);
      await writeSecrets(dataDir, file, secrets);
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    kind: 'private-file',
    note: describeFile(file, reason),
    get: async (id) => {
      await last;
      return (await readSecrets(file)).get(id);
    },
    set: (id, value) => change((secrets) => void secrets.set(id, value)),
    remove: (id) => change((secrets) => void secrets.delete(id)),
  };
}

function describeFile(file: string, reason: string | undefined): string {
  const why = reason === undefined ? '' : ` The system's keyring cannot be used: ${reason}.`;
  const who =
    process.platform === 'win32'
      ? 'not encrypted; the rights of your user profile keep other users from reading it'
      : 'not encrypted; only your user account can read it';
  return `Passwords are kept in ${file}, ${who}.${why}`;
}

async function readSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw describeFailure(file, error);
  });
  try {
    return new Map(Object.entries(JSON.parse(text) as Record<string, string>));
  } catch (error) {
    throw describeFailure(file, error);
  }
}

async function writeSecrets(dataDir: string, file: string, secrets: Secrets): Promise<void> {
  const aside = `${file}.${randomUUID()}.new`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const handle = await open(aside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(Object.fromEntries(secrets), null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // The mode of `open` is cut by the process's umask only, never widened; this states it once more.
    await chmod(aside, 0o600);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw describeFailure(file, error);
  }
}

function describeFailure(file: string, cause: unknown): AppError {
  return new AppError('PERMISSION_DENIED', `The passwords in ${file} cannot be read or written.`, {
    hint: 'Check the rights of the file and its folder; if it is damaged, delete it and type the passwords again.',
    cause,
  });
}
