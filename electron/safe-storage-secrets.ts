import { safeStorage } from 'electron';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretStore } from '../core/app/index.ts';
import { AppError } from '../core/contract/index.ts';

const fileSchema = z.record(z.string(), z.string());
type Encrypted = z.infer<typeof fileSchema>;

/**
 * Passwords encrypted by Electron's safeStorage, in `passwords.safe.json` of the data folder. Undefined where
 * safeStorage has no key of the system's: on Linux without a keyring it would encrypt with a fixed one, which hides
 * nothing. Call it once the app is ready.
 */
export function createSafeStorageSecrets(dataDir: string): SecretStore | undefined {
  if (!hasRealKey()) return undefined;
  const file = join(dataDir, 'passwords.safe.json');
  // One change after the other, so that none is lost.
  let last: Promise<unknown> = Promise.resolve();
  const change = (edit: (encrypted: Encrypted) => void): Promise<void> => {
    const next = last.then(async () => {
      const encrypted = await read(file);
      edit(encrypted);
      await write(dataDir, file, encrypted);
    });
    last = next.catch(() => undefined);
    return next;
  };
  return {
    kind: 'safe-storage',
    note: `Passwords are kept in ${file}, encrypted with a key of the operating system (Electron's safeStorage).`,
    async get(id) {
      await last;
      const encrypted = (await read(file))[id];
      return encrypted === undefined ? undefined : decrypt(encrypted);
    },
    set: (id, value) =>
      change((encrypted) => void (encrypted[id] = safeStorage.encryptString(value).toString('base64'))),
    remove: (id) => change((encrypted) => void delete encrypted[id]),
  };
}

function hasRealKey(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

function decrypt(encrypted: string): string {
  try {
    return safeStorage.decryptString(Buffer.from(encrypted, 'base64'));
  } catch (cause) {
    throw new AppError('PERMISSION_DENIED', 'A stored password cannot be decrypted on this system.', {
      hint: 'Edit the connection and type its password again.',
      cause,
    });
  }
}

async function read(file: string): Promise<Encrypted> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new AppError('PERMISSION_DENIED', `The passwords in ${file} cannot be read.`, {
      hint: 'Check its rights; if it is damaged, delete it and type the passwords again.',
      cause,
    });
  }
}

async function write(dataDir: string, file: string, encrypted: Encrypted): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.new`, JSON.stringify(encrypted), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
