import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createFileSecretStore } from './secrets-file.ts';
import { openSecretStore } from './secrets.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sqlcodegen-secrets-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it('keeps, replaces and removes passwords across openings', async () => {
  const store = createFileSecretStore({ dataDir });
  await Promise.all([store.set('a', 'first'), store.set('b', 'zweites é'), store.set('__proto__', 'third')]);
  await store.set('a', 'changed');
  await store.remove('b');
  await store.remove('never there');
  const again = createFileSecretStore({ dataDir });
  expect(await again.get('a')).toBe('changed');
  expect(await again.get('b')).toBeUndefined();
  expect(await again.get('__proto__')).toBe('third');
  expect(await again.get('toString')).toBeUndefined();
});

it.skipIf(process.platform === 'win32')(
  'writes a file that only its owner can read, and nothing beside it',
  async () => {
    const store = createFileSecretStore({ dataDir });
    await store.set('a', 'x');
    await store.set('a', 'y');
    expect((await stat(join(dataDir, 'passwords.json'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).toEqual(['passwords.json']);
  },
);

it('says what is wrong with a damaged file, and leaves it as it is', async () => {
  const file = join(dataDir, 'passwords.json');
  await writeFile(file, '{"a": ');
  const store = createFileSecretStore({ dataDir });
  await expect(store.get('a')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  await expect(store.set('a', 'x')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(await readFile(file, 'utf8')).toBe('{"a": ');
});

it('opens the keyring where it works, else the file, and says which', async () => {
  const store = await openSecretStore({ dataDir });
  expect(['keyring', 'private-file']).toContain(store.kind);
  expect(store.note).toContain(store.kind === 'keyring' ? 'Passwords are kept in the' : 'passwords.json');
  const id = `test-${process.pid}`;
  await store.set(id, 'secret');
  expect(await store.get(id)).toBe('secret');
  await store.remove(id);
  expect(await store.get(id)).toBeUndefined();
});
