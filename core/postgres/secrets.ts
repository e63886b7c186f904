import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SecretStore } from './secret-store.ts';
import { createFileSecretStore } from './secrets-file.ts';

const service = 'SQL Codegen Studio';
/** A keyring that waits for a person to unlock it must not keep the app from starting. */
const probeTimeoutMs = 3_000;

/** The operating system's keyring where it works, else a file that only the user can read; `note` says which. */
export async function openSecretStore(options: { dataDir: string }): Promise<SecretStore> {
  try {
    const keyring = await createKeyringSecretStore();
    await probe(keyring);
    return keyring;
  } catch {
    // What D-Bus or the system says of it helps nobody who reads the note.
    return createFileSecretStore({ ...options, reason: 'no keyring of the operating system answers here' });
  }
}

/** macOS keychain, Windows credential manager, or the Secret Service of a Linux desktop. */
export async function createKeyringSecretStore(): Promise<SecretStore> {
  // Loaded when asked for: on a platform without a prebuilt binary the import fails.
  const { AsyncEntry } = await import('@napi-rs/keyring');
  // The kernel's keyring, the package's own fallback on Linux, forgets everything at a restart.
  const entryOf = (id: string) => new AsyncEntry(service, id, { linux: { store: 'secret-service' } });
  return {
    kind: 'keyring',
    note: `Passwords are kept in ${nameKeyring()}.`,
    get: async (id) => (await entryOf(id).getPassword()) ?? undefined,
    set: (id, value) => entryOf(id).setPassword(value),
    remove: async (id) => void (await entryOf(id).deletePassword()),
  };
}

/** Writes, reads and removes a value. Throws where the keyring does not do that. */
async function probe(store: SecretStore): Promise<void> {
  const id = `probe-${randomUUID()}`;
  const attempt = async (): Promise<void> => {
    await store.set(id, id);
    const kept = await store.get(id);
    await store.remove(id);
    if (kept !== id) throw new Error('it does not keep what it is given');
  };
  const patience = new AbortController();
  const tooLate = delay(probeTimeoutMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error('it does not answer');
  });
  await Promise.race([attempt(), tooLate]).finally(() => {
    tooLate.catch(() => undefined);
    patience.abort();
  });
}

function nameKeyring(): string {
  if (process.platform === 'darwin') return 'the macOS keychain';
  return process.platform === 'win32'
    ? 'the Windows credential manager'
    : "the desktop's keyring (Secret Service)";
}
