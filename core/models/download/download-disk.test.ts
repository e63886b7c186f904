import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveBytes, startFileServer, type FileServer } from '../testing/file-server.ts';
import { downloadFile } from './download-file.ts';
import { lockDownload } from './download-lock.ts';

const bytes = readFileSync(path.resolve(import.meta.dirname, '../testing/tiny-f16.gguf'));
const sha256 = createHash('sha256').update(bytes).digest('hex');
const diskKilobytes = 600;

let server: FileServer;
let folder = '';
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'download-disk-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  server.asked.splice(0);
});

const get = (target: string) =>
  downloadFile({
    ...{ url: `${server.url}/file.gguf`, source: '/file.gguf', target, expected: { sha256 } },
    ...{ initiator: 'test', signal: new AbortController().signal },
  });

/** Mounts a small disk of its own, where that is allowed. */
function mountSmallDisk(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const disk = mkdtempSync(path.join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskKilobytes}k`, 'tmpfs', disk], {
      stdio: 'ignore',
    });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    return undefined;
  }
}

const disk = mountSmallDisk();

describe.skipIf(!disk)('a disk of 600 kB (needs the right to mount one)', () => {
  afterAll(() => {
    execFileSync('umount', ['-l', disk ?? '']);
    rmSync(disk ?? '', { recursive: true, force: true });
  });
  const target = path.join(disk ?? '', 'model.gguf');
  const full = { code: 'DISK_FULL', hint: expect.stringContaining('resume the download') };

  test('is told before a byte comes where the size is known, and in the middle where not', async () => {
    server.behaviours.set('/file.gguf', serveBytes(bytes));
    await expect(get(target)).rejects.toMatchObject({ ...full, details: { neededBytes: bytes.length } });
    expect(readdirSync(disk ?? '')).toEqual([]);

    // Nobody says how much is to come.
    server.behaviours.set('/file.gguf', (_, response) => void response.writeHead(200).end(bytes));
    await expect(get(target)).rejects.toMatchObject({
      ...full,
      message: `The disk of ${disk} is full.`,
    });
    expect(readdirSync(disk ?? '').toSorted()).toEqual(['model.gguf.part', 'model.gguf.part.json']);
    // Once more, with no room for a single byte.
    await expect(get(target)).rejects.toMatchObject(full);
  });

  test('with more room, what was kept is gone on with', async () => {
    const kept = statSync(`${target}.part`).size;
    expect(kept).toBeGreaterThan(100_000);
    execFileSync('mount', ['-o', 'remount,size=4m', disk ?? '']);
    server.behaviours.set('/file.gguf', serveBytes(bytes));
    expect((await get(target)).sha256).toBe(sha256);
    expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${kept}-`]);
    expect(readdirSync(disk ?? '')).toEqual(['model.gguf']);
  });
});

test('two programs that download the same file at once: one does, the other says so', async () => {
  const target = path.join(folder, 'model.gguf');
  let release = (): void => undefined;
  server.behaviours.set('/file.gguf', (request, response, count) => {
    release = () => serveBytes(bytes)(request, response, count);
  });
  const script = path.resolve(import.meta.dirname, '../testing/download-once.ts');
  const run = () => {
    const child = spawn(process.execPath, [script, `${server.url}/file.gguf`, target, sha256]);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
    return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
      child.on('close', (code) => {
        if (code !== 0) release();
        resolve({ code, ...said });
      }),
    );
  };
  const results = (await Promise.all([run(), run()])).toSorted((a, b) => Number(a.code) - Number(b.code));
  expect(results.map(({ code }) => code)).toEqual([0, 1]);
  expect(results[0]?.out).toContain(sha256);
  expect(results[1]?.err).toContain('model.gguf is being downloaded already.');
  expect(server.asked).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(['model.gguf']);
}, 30_000);

describe('a lock', () => {
  const lockOf = (text: string) => {
    const target = path.join(folder, 'model.gguf');
    writeFileSync(`${target}.part.lock`, text);
    return lockDownload(target);
  };

  test.each([
    ['of a process that is gone', '999999999 1'],
    ['of nobody, from long ago', 'nonsense'],
    ['of this process, from an earlier one with its id', String(process.pid)],
  ])('%s does not count', async (_, text) => {
    await (
      await lockOf(text)
    )();
    expect(readdirSync(folder)).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'of a process whose id another one has now does not count',
    async () => {
      await (
        await lockOf(`${process.ppid} 1`)
      )();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('of a living process counts, and so does one that is just being written', async () => {
    await expect(lockOf(String(process.ppid))).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(lockOf('')).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
