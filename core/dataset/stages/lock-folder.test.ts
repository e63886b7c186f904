import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './index.ts';

let folder: string;
let lockFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sqlcodegen-lock-'));
  lockFile = join(folder, 'cache', 'pipeline.lock');
  await withLock(lockFile, () => Promise.resolve());
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** No process has it: above the largest id that Linux, macOS and Windows hand out. */
const deadPid = 2 ** 31 - 2;

it('keeps others out while the work goes on, says who works, and is gone afterwards', async () => {
  await withLock(lockFile, async () => {
    await expect(withLock(lockFile, () => Promise.resolve())).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `Process ${process.pid} is working on this data folder.`,
      hint: expect.stringContaining(lockFile) as string,
    });
    expect(existsSync(lockFile)).toBe(true);
  });
  expect(await readdir(join(folder, 'cache'))).toEqual([]);
});

it('is given back when the work fails', async () => {
  await expect(withLock(lockFile, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(lockFile, () => Promise.resolve('again'))).toBe('again');
});

it('takes over the lock of a process that is gone', async () => {
  await writeFile(lockFile, `${deadPid} 1`);
  expect(await withLock(lockFile, () => Promise.resolve('mine'))).toBe('mine');
});

it.skipIf(process.platform !== 'linux')(
  'takes over the lock of a process whose id another one has now',
  async () => {
    await writeFile(lockFile, `${process.pid} 1`);
    expect(await withLock(lockFile, () => Promise.resolve('mine'))).toBe('mine');
  },
);

it('takes over the lock of one that died before it wrote its id, but not at once', async () => {
  await writeFile(lockFile, '');
  await expect(withLock(lockFile, () => Promise.resolve())).rejects.toMatchObject({ code: 'CONFLICT' });
  await utimes(lockFile, 1, 1);
  expect(await withLock(lockFile, () => Promise.resolve('mine'))).toBe('mine');
});

it('lets one of many have a dead lock', async () => {
  await writeFile(lockFile, `${deadPid} 1`);
  let working = 0;
  let most = 0;
  const work = async () => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => setTimeout(resolve, 300));
    working -= 1;
  };
  const ended = await Promise.allSettled(Array.from({ length: 8 }, () => withLock(lockFile, work)));
  expect(most).toBe(1);
  expect(ended.filter((each) => each.status === 'fulfilled')).toHaveLength(1);
});
