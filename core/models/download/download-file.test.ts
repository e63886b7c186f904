import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openNetwork } from '../../network/index.ts';
import { serveBytes, startFileServer, type FileServer } from '../testing/file-server.ts';
import { downloadFile, type FileDownload } from './download-file.ts';

const bytes = readFileSync(path.resolve(import.meta.dirname, '../testing/tiny-f16.gguf'));
const other = Buffer.from(bytes).fill(7, 500_000);
const sha = (buffer: Buffer) => createHash('sha256').update(buffer).digest('hex');
const never = new AbortController().signal;
const half = 400_000;

let server: FileServer;
let folder = '';
beforeAll(async () => {
  server = await startFileServer();
});
afterAll(() => server.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'download-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  server.asked.splice(0);
  server.behaviours.clear();
});

const target = () => path.join(folder, 'model.gguf');
const get = (more: Partial<FileDownload> = {}, at = '/file.gguf') =>
  downloadFile({
    ...{ url: `${server.url}${at}`, source: at, target: target(), initiator: 'test', signal: never },
    timing: { backoffMs: 1, stallMs: 300, tries: 3 },
    ...more,
  });
const serve = (behaviour: Parameters<FileServer['behaviours']['set']>[1], at = '/file.gguf') =>
  void server.behaviours.set(at, behaviour);
/** Nothing but the part and what it is of may be left, and never a file of the model's name. */
const left = () => readdirSync(folder).toSorted();

describe('a whole file', () => {
  test('is named when it is there, with its hash', async () => {
    serve(serveBytes(bytes));
    const seen: number[] = [];
    const done = await get({ expected: { sha256: sha(bytes) }, onProgress: (count) => seen.push(count) });
    expect(done).toEqual({ sizeBytes: bytes.length, sha256: sha(bytes), verified: true });
    expect(sha(readFileSync(target()))).toBe(sha(bytes));
    expect([left(), seen.at(-1)]).toEqual([['model.gguf'], bytes.length]);
  });

  test('of no known hash is not called verified', async () => {
    serve(serveBytes(bytes));
    expect((await get()).verified).toBe(false);
  });

  test('is found by redirects, and the token goes to the first host only', async () => {
    const elsewhere = await startFileServer();
    elsewhere.behaviours.set('/signed', serveBytes(bytes));
    serve((_, response) => void response.writeHead(302, { location: `${elsewhere.url}/signed` }).end());
    await get({ token: 'hf_secret', expected: { sha256: sha(bytes) } });
    expect(server.asked.map(({ authorization }) => authorization)).toEqual(['Bearer hf_secret']);
    expect(elsewhere.asked.map(({ authorization }) => authorization)).toEqual([undefined]);
    await elsewhere.close();
  });
});

describe('a connection that breaks', () => {
  test('is gone on with from where it was', async () => {
    serve((request, response, count) =>
      serveBytes(bytes, count < 2 ? { until: half * (count + 1) } : {})(request, response, count),
    );
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      [`bytes=${half}-`, '"one"'],
      [`bytes=${2 * half}-`, '"one"'],
    ]);
  });

  test('that stalls is given up and tried again', async () => {
    serve((request, response, count) => {
      if (count > 0) return serveBytes(bytes)(request, response, count);
      response.writeHead(200, { etag: '"one"', 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, half));
    });
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked[1]?.range).toBe(`bytes=${half}-`);
  });

  test('again and again fails with a sentence; the next download goes on', async () => {
    serve(serveBytes(bytes, { until: half }));
    await expect(get()).rejects.toMatchObject({
      code: 'REMOTE_UNREACHABLE',
      hint: expect.stringContaining('What came so far is kept'),
    });
    expect(left()).toEqual(['model.gguf.part', 'model.gguf.part.json']);
    serve(serveBytes(bytes));
    server.asked.splice(0);
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${half}-`]);
  });

  test('of a server that ignores Range begins anew', async () => {
    serve((request, response, count) => {
      if (count === 0) return serveBytes(bytes, { until: half })(request, response, count);
      response.writeHead(200, { 'content-length': String(bytes.length) }).end(bytes);
    });
    expect((await get()).sha256).toBe(sha(bytes));
  });

  test('of a server that says nothing to tell a change by begins anew, unless the hash is known', async () => {
    const plain = (until?: number) => serveBytes(bytes, { etag: 'W/"weak"', ...(until ? { until } : {}) });
    serve((request, response, count) => plain(count === 0 ? half : undefined)(request, response, count));
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`, undefined]);
    rmSync(target());
    server.asked.splice(0);
    expect((await get({ expected: { sha256: sha(bytes) } })).verified).toBe(true);
    expect(server.asked.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`]);
  });
});

describe('an earlier part', () => {
  const leave = (part: Buffer, validator = '"one"') => {
    const state = { source: '/file.gguf', validator, totalBytes: bytes.length };
    writeFileSync(`${target()}.part`, part);
    writeFileSync(`${target()}.part.json`, JSON.stringify(state));
  };

  test('that is all there is ends with 416, is checked by its hash and named', async () => {
    leave(bytes);
    serve(serveBytes(bytes));
    expect((await get({ expected: { sha256: sha(bytes) } })).verified).toBe(true);
    expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${bytes.length}-`]);
    expect(left()).toEqual(['model.gguf']);
  });

  test('that is all there is, and wrong, is fetched once more from its first byte', async () => {
    leave(other);
    serve(serveBytes(bytes));
    expect((await get({ expected: { sha256: sha(bytes) } })).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${bytes.length}-`, undefined]);
  });

  test('that is longer than the file is now is thrown away after the 416', async () => {
    leave(Buffer.concat([bytes, bytes]));
    serve(serveBytes(bytes));
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range }) => range)).toEqual([`bytes=${2 * bytes.length}-`, undefined]);
  });
});

describe('a file that changes while it is downloaded', () => {
  test('begins anew where the server tells by its ETag', async () => {
    serve((request, response, count) =>
      count === 0
        ? serveBytes(bytes, { until: half })(request, response, count)
        : serveBytes(other, { etag: '"two"' })(request, response, count),
    );
    expect((await get()).sha256).toBe(sha(other));
  });

  test('is refused where it has another hash than was promised, and nothing is kept', async () => {
    serve((request, response, count) =>
      count === 0
        ? serveBytes(bytes, { until: half })(request, response, count)
        : serveBytes(other)(request, response, count),
    );
    await expect(get({ expected: { sha256: sha(bytes) } })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringMatching(/^model\.gguf has the SHA-256 .* was promised\. It was not kept\.$/),
    });
    expect(left()).toEqual([]);
  });

  test('between two attempts is fetched once more from its first byte', async () => {
    serve(serveBytes(other, { until: half + 200_000 }));
    await expect(get({ expected: { sha256: sha(bytes) } })).rejects.toThrow();
    serve(serveBytes(bytes));
    expect((await get({ expected: { sha256: sha(bytes) } })).verified).toBe(true);
  });
});

describe('a server that lies about the length', () => {
  test('by more than there is, is tried and then refused', async () => {
    serve((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': String(bytes.length + 1_000) });
      response.write(bytes, () => setTimeout(() => response.destroy(), 20));
    });
    await expect(get()).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
    expect(left()).toEqual(['model.gguf.part', 'model.gguf.part.json']);
  });

  test('by less than was promised, is refused before a byte is written', async () => {
    serve(
      (_, response) =>
        void response.writeHead(200, { 'content-length': '1000' }).end(bytes.subarray(0, 1000)),
    );
    await expect(get({ expected: { sizeBytes: bytes.length } })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringContaining('has 1000 bytes on the server'),
    });
    expect(left()).toEqual([]);
  });

  test('by sending on behind the end, is refused', async () => {
    serve((_, response) => void response.writeHead(200).end(Buffer.concat([bytes, bytes])));
    await expect(get({ expected: { sizeBytes: bytes.length } })).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringContaining('is longer than'),
    });
    expect(left()).toEqual([]);
  });

  test('by ending early without a word, is found by the size that was promised', async () => {
    serve(
      (_, response, count) => void response.writeHead(200).end(count < 2 ? bytes.subarray(0, half) : bytes),
    );
    expect((await get({ expected: { sizeBytes: bytes.length } })).sizeBytes).toBe(bytes.length);
  });
});

describe('a refusal', () => {
  test.each([
    [401, 'AUTH_FAILED', /does not give file\.gguf out: HTTP 401/],
    [403, 'AUTH_FAILED', /HTTP 403/],
    [404, 'NOT_FOUND', /has no file\.gguf: HTTP 404/],
    [429, 'REMOTE_UNREACHABLE', /too much was asked of it/],
    [503, 'REMOTE_UNREACHABLE', /is in trouble: HTTP 503/],
    [418, 'INVALID_INPUT', /refuses the request: HTTP 418/],
  ])('%i is told as %s, with what to do', async (status, code, message) => {
    serve((_, response) => void response.writeHead(status).end());
    await expect(get()).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(/.+/),
    });
    expect(server.asked).toHaveLength(status === 429 || status === 503 ? 3 : 1);
    expect(left()).toEqual([]);
  });

  test('for a while is waited for as long as the server asks', async () => {
    serve((request, response, count) => {
      if (count > 0) return serveBytes(bytes)(request, response, count);
      response.writeHead(503, { 'retry-after': '1' }).end();
    });
    const started = performance.now();
    await get();
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  test('that is a page to log in is no model', async () => {
    serve(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
    );
    await expect(get()).rejects.toMatchObject({
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringContaining('sends a web page instead of model.gguf'),
    });
    expect(left()).toEqual([]);
  });
});

describe('on this machine', () => {
  test('a full disk is told before the first byte', async () => {
    serve(serveBytes(bytes));
    const full = get({ readFreeBytes: async () => 1_000 });
    await expect(full).rejects.toMatchObject({ code: 'DISK_FULL', details: { freeBytes: 1_000 } });
    expect(left()).toEqual([]);
  });

  test('what the check refuses is not kept', async () => {
    serve(serveBytes(bytes));
    const check = async () => Promise.reject(new Error('no model'));
    await expect(get({ check })).rejects.toThrow('no model');
    expect(left()).toEqual([]);
  });

  test('a second download of the same file is refused while the first runs', async () => {
    serve((_, response) => void response.writeHead(200, { 'content-length': '9' }).write('1'));
    const controller = new AbortController();
    const first = get({ signal: controller.signal, timing: { stallMs: 60_000 } });
    await expect.poll(() => server.asked.length).toBe(1);
    await expect(get()).rejects.toMatchObject({ code: 'CONFLICT' });
    controller.abort();
    await expect(first).rejects.toThrow();
    expect(left()).not.toContain('model.gguf.part.lock');
  });

  test('another source’s part is not gone on with', async () => {
    writeFileSync(`${target()}.part`, 'old');
    writeFileSync(`${target()}.part.json`, JSON.stringify({ source: '/elsewhere', validator: '"one"' }));
    serve(serveBytes(bytes));
    expect((await get()).sha256).toBe(sha(bytes));
    expect(server.asked.map(({ range }) => range)).toEqual([undefined]);
  });

  test('offline mode refuses before anything is sent', async () => {
    let offline = false;
    const ledger = { begin: () => 1, end: () => undefined };
    const close = openNetwork({ ledger, policy: { read: () => ({ offline, allowedHosts: [] }) } });
    offline = true;
    await expect(get({ url: 'https://models.example.com/file.gguf' })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      details: { reason: 'offline' },
    });
    close();
  });
});

test.skipIf(process.platform === 'win32')(
  'a process that is killed mid-way leaves a part, and the next one ends with the same file',
  { timeout: 30_000 },
  async () => {
    serve((request, response, count) => {
      if (count > 0) return serveBytes(bytes)(request, response, count);
      response.writeHead(200, { etag: '"one"', 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, half));
    });
    const script = path.resolve(import.meta.dirname, '../testing/download-once.ts');
    const child = spawn(process.execPath, [script, `${server.url}/file.gguf`, target(), sha(bytes)]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await expect.poll(() => said.includes(`${half}\n`), { timeout: 20_000 }).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(left()).toEqual(['model.gguf.part', 'model.gguf.part.json', 'model.gguf.part.lock']);
    const done = await get({ source: `${server.url}/file.gguf`, expected: { sha256: sha(bytes) } });
    expect(done.sha256).toBe(sha(bytes));
    expect(server.asked.at(-1)?.range).toBe(`bytes=${half}-`);
    expect(left()).toEqual(['model.gguf']);
  },
);
