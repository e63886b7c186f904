import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../contract/index.ts';
import { describeStorageError, expectFolder } from './describe-storage-error.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'storage-error-'));
  writeFileSync(join(folder, 'file'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

const systemError = (code: string, path?: string) => Object.assign(new Error(code), { code, path });

describe('what the system says about the data folder', () => {
  it.each([
    ['EROFS', 'PERMISSION_DENIED'],
    ['EACCES', 'PERMISSION_DENIED'],
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
  ])('%s is %s, with the folder and a hint', async (code, expected) => {
    const described = await describeStorageError(systemError(code, join(folder, 'pipeline.lock')), folder);
    expect(described).toMatchObject({
      code: expected,
      message: expect.stringContaining(folder) as string,
      hint: expect.stringContaining('--data-dir') as string,
    });
  });

  it('stays as it is where it is said already, is of another place, or is a cancellation', async () => {
    const errors = [
      new AppError('CONFLICT', 'Said.'),
      systemError('EACCES', join(tmpdir(), 'release.zip')),
      new DOMException('Stopped', 'AbortError'),
      new Error('a fault of the program'),
    ];
    for (const error of errors) expect(await describeStorageError(error, folder)).toBe(error);
  });

  it('is a full disk where a real one is full, whatever was lost by it', async (context) => {
    // Linux: a device that is always full.
    const failure = await writeFile('/dev/full', 'text').catch((error: unknown) => error);
    if ((failure as NodeJS.ErrnoException).code !== 'ENOSPC') context.skip('needs /dev/full');
    expect(await describeStorageError(failure, folder)).toMatchObject({ code: 'DISK_FULL' });
    // proc has no free block.
    const lost = new Error('Connection terminated unexpectedly');
    expect(await describeStorageError(lost, '/proc')).toMatchObject({ code: 'DISK_FULL', cause: lost });
  });

  it('is no folder where a file lies, or above it', async () => {
    for (const place of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      await expect(expectFolder(place)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      const thrown = await readdir(place).catch((error: unknown) => error);
      expect(await describeStorageError(thrown, place)).toMatchObject({ code: 'INVALID_INPUT' });
    }
    await expect(expectFolder(join(folder, 'absent'))).resolves.toBeUndefined();
  });
});
