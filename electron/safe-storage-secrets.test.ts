import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSafeStorageSecrets } from './safe-storage-secrets.ts';
import { fakeSafeStorage } from './testing/fake-electron.ts';

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron);

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'secrets-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = () => {
  const store = createSafeStorageSecrets(dir);
  if (!store) throw new Error('safeStorage was refused');
  return store;
};
const file = () => join(dir, 'passwords.safe.json');

describe('passwords in safeStorage', () => {
  it('come back after a restart, and are not in the file', async () => {
    await open().set('a', 'hunter2');
    expect(await open().get('a')).toBe('hunter2');
    expect(await open().get('b')).toBeUndefined();
    const text = readFileSync(file(), 'utf8');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(Buffer.from('hunter2').toString('base64'));
    expect(statSync(file()).mode & 0o077).toBe(0);
  });

  it('are all kept when set at once, and removed one by one', async () => {
    const store = open();
    await Promise.all(['a', 'b', 'c'].map((id) => store.set(id, `secret-${id}`)));
    await store.remove('b');
    await store.remove('never there');
    expect(await Promise.all(['a', 'b', 'c'].map((id) => store.get(id)))).toEqual([
      'secret-a',
      undefined,
      'secret-c',
    ]);
  });

  it('say where they are', () => {
    expect(open()).toMatchObject({ kind: 'safe-storage', note: expect.stringContaining('encrypted') });
  });

  it('that no longer decrypt, or a damaged file, say what to do', async () => {
    await open().set('a', 'x');
    fakeSafeStorage.decryptString.mockImplementationOnce(() => {
      throw new Error('wrong key');
    });
    await expect(open().get('a')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      hint: expect.any(String),
    });
    writeFileSync(file(), '{');
    await expect(open().get('a')).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  it('are not offered where nothing real encrypts them', () => {
    fakeSafeStorage.isEncryptionAvailable.mockReturnValueOnce(false);
    expect(createSafeStorageSecrets(dir)).toBeUndefined();
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
    fakeSafeStorage.getSelectedStorageBackend.mockReturnValueOnce('basic_text');
    expect(createSafeStorageSecrets(dir)).toBeUndefined();
    platform.mockRestore();
  });
});
