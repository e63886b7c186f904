import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openNetwork, type OutboundEnd, type OutboundRequest } from '../../network/index.ts';
import { serveBytes, startFileServer, type Behaviour, type FileServer } from '../testing/file-server.ts';
import { downloadFile } from './download-file.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) & 255));
const sha256 = createHash('sha256').update(bytes).digest('hex');

/** An address of this machine that other machines could reach: to the gate, another machine. */
const farAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address;

type Line = OutboundRequest & Partial<OutboundEnd>;
let folder = '';
const closers: (() => unknown)[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'download-'));
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  rmSync(folder, { recursive: true, force: true });
});

function open(allowedHosts: string[], offline = true) {
  const lines: Line[] = [];
  const policy = { offline, allowedHosts };
  const ledger = {
    begin: (request: OutboundRequest) => lines.push({ ...request }) - 1,
    end: (id: number, end: OutboundEnd) => void Object.assign(lines[id] ?? {}, end),
  };
  closers.push(openNetwork({ policy: { read: () => policy }, ledger }));
  return { lines, policy };
}

async function start(behaviours: Record<string, Behaviour>, host?: string): Promise<FileServer> {
  const server = await startFileServer(host);
  for (const [at, behaviour] of Object.entries(behaviours)) server.behaviours.set(at, behaviour);
  closers.push(() => server.close());
  return server;
}

const redirect =
  (location: string): Behaviour =>
  (_, response) =>
    void response.writeHead(302, { location }).end('Moved.');
const get = (url: string) =>
  downloadFile({
    ...{ url, source: url, target: path.join(folder, 'model.gguf'), expected: { sha256 } },
    ...{ initiator: 'owner/model', signal: new AbortController().signal },
    timing: { backoffMs: 1, stallMs: 2_000, tries: 2 },
  });

test('the ledger has a line for each host of a redirect, with the bytes that came from it', async () => {
  const { lines } = open([], false);
  const far = await start({ '/signed': serveBytes(bytes) });
  const near = await start({ '/file.gguf': redirect(`${far.url}/signed?signature=secret`) });
  await get(`${near.url}/file.gguf`);
  await expect.poll(() => lines.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded']);
  const common = { purpose: 'download', initiator: 'owner/model', method: 'GET' };
  expect(lines).toMatchObject([
    { ...common, port: Number(new URL(near.url).port), message: 'HTTP 302' },
    { ...common, port: Number(new URL(far.url).port), message: 'HTTP 200', receivedBytes: bytes.length },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

test('what a broken connection brought is written down as failed, with what really came', async () => {
  const { lines } = open([], false);
  const server = await start({
    '/file.gguf': (request, response, count) =>
      serveBytes(bytes, count === 0 ? { until: 100_000 } : {})(request, response, count),
  });
  await get(`${server.url}/file.gguf`);
  await expect.poll(() => lines.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded']);
  expect(lines).toMatchObject([
    { message: 'HTTP 200, cut off', receivedBytes: 100_000 },
    { message: 'HTTP 206', receivedBytes: 200_000 },
  ]);
});

describe.skipIf(farAddress === undefined)('offline mode (needs a network address besides loopback)', () => {
  test('a redirect to a host that is not allowed is refused, and nothing is sent there', async () => {
    const { lines } = open([]);
    const far = await start({ '/signed': serveBytes(bytes) }, farAddress);
    const near = await start({ '/file.gguf': redirect(`${far.url}/signed`) });
    await expect(get(`${near.url}/file.gguf`)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    expect(far.asked).toEqual([]);
    expect(lines.map(({ host, outcome }) => [host, outcome])).toEqual([
      ['127.0.0.1', 'succeeded'],
      [farAddress, 'refused'],
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('switched on in the middle ends the download; what came is kept', async () => {
    const { policy } = open([farAddress ?? '']);
    const far = await start(
      {
        '/file.gguf': (_, response) => {
          response.writeHead(200, { etag: '"one"', 'content-length': String(bytes.length) });
          let at = 0;
          const timer = setInterval(() => {
            response.write(bytes.subarray(at, (at += 1_000)));
            if (at === 5_000) policy.allowedHosts = [];
          }, 20);
          response.on('close', () => clearInterval(timer));
        },
      },
      farAddress,
    );
    await expect(get(`${far.url}/file.gguf`)).rejects.toMatchObject({ details: { reason: 'offline' } });
    expect(readdirSync(folder).toSorted()).toEqual(['model.gguf.part', 'model.gguf.part.json']);
  });
});
