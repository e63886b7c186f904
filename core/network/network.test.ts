import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../contract/index.ts';
import { openEndpoint } from '../generation/endpoint/index.ts';
import { testConnection } from '../postgres/test-connection.ts';
import { openDatabase } from '../postgres/index.ts';
import { downloadSpider } from '../spider/index.ts';
import { fetchOutbound } from './fetch-outbound.ts';
import { checkRequest, openNetwork, type OutboundEnd, type OutboundRequest } from './gate.ts';
import { isListed, isLocalHost } from './hosts.ts';
import { openOutboundSocket } from './open-socket.ts';
import { requestOutbound } from './request-outbound.ts';

interface Line extends OutboundRequest, Partial<OutboundEnd> {
  local: boolean;
}

/** An address of this machine that other machines could reach: to us, another machine. */
const farAddress = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address;

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** The network with a ledger in memory. */
function open({ offline = false, allowedHosts = [] as string[] } = {}) {
  const lines: Line[] = [];
  const policy = { offline, allowedHosts };
  closers.push(
    openNetwork({
      policy: { read: () => policy },
      ledger: {
        begin: (request) => lines.push({ ...request }) - 1,
        end: (id, end) => void Object.assign(lines[id] ?? {}, end),
      },
    }),
  );
  return { lines, policy };
}

/** A server that counts who connects. */
async function listen(
  host: string,
  answer: (url: string) => { status: number; headers?: Record<string, string> },
) {
  const server: Server = createServer((request, response) => {
    const { status, headers = {} } = answer(request.url ?? '');
    response.writeHead(status, { 'content-length': '2', ...headers }).end('{}');
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://${host}:${port}/v1`, connections: () => connections };
}

const reason = { purpose: 'model', initiator: 'test' } as const;
const refusal = { code: 'PERMISSION_DENIED', details: expect.objectContaining({ reason: 'offline' }) };

describe('hosts', () => {
  it.each(['localhost', 'LOCALHOST.', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '/run/postgresql'])(
    '%s is this machine',
    (host) => expect(isLocalHost(host)).toBe(true),
  );

  it.each([
    '192.168.1.2',
    'localhost.example.com',
    'db.localhost',
    '127.0.0.1.example.com',
    '::2',
    '0.0.0.0',
    '128.0.0.1',
    '10.0.0.1',
  ])('%s is another one', (host) => expect(isLocalHost(host)).toBe(false));

  it('are allowed by name, or with all below a name', () => {
    expect(isListed('DB.example.com', ['db.example.com'])).toBe(true);
    expect(isListed('a.b.example.com', ['*.example.com'])).toBe(true);
    expect(isListed('example.com', ['*.example.com'])).toBe(false);
    expect(isListed('badexample.com', ['*.example.com', 'example.co'])).toBe(false);
  });
});

describe('without a ledger', () => {
  it('only this machine can be reached', async () => {
    const { url } = await listen('127.0.0.1', () => ({ status: 200 }));
    expect((await fetchOutbound(url, {}, reason)).status).toBe(200);
    await expect(fetchOutbound('http://192.0.2.99/', {}, reason)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('the ledger', () => {
  it('has every request with its reason, its bytes and its end', async () => {
    const { lines } = open();
    const { port, url } = await listen('127.0.0.1', (path) => ({ status: path.endsWith('/no') ? 500 : 200 }));
    await fetchOutbound(url, { method: 'POST', body: 'hello' }, reason);
    await fetchOutbound(`${url}/no`, {}, { purpose: 'dataset', initiator: 'Spider' });
    const place = { host: '127.0.0.1', port, local: true };
    expect(lines).toMatchObject([
      { ...place, method: 'POST', purpose: 'model', outcome: 'succeeded', sentBytes: 5, receivedBytes: 2 },
      {
        ...place,
        method: 'GET',
        purpose: 'dataset',
        initiator: 'Spider',
        outcome: 'failed',
        message: 'HTTP 500',
      },
    ]);
    expect(lines[0]?.durationMs).toBeGreaterThan(0);
  });

  it('has the connections of PostgreSQL, with the bytes that went over them', async () => {
    const { lines } = open();
    const server = createTcpServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('no server'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const target = { host: '127.0.0.1', port, database: 'shop', user: 'ann', password: 'hunter2' };
    const result = await testConnection({ ...target, sslMode: 'disable', connectionName: 'Shop' });
    expect(result.ok).toBe(false);
    await expect.poll(() => lines[0]?.outcome).toBe('succeeded');
    expect(lines[0]).toMatchObject({ method: 'CONNECT', purpose: 'database', initiator: 'Shop (ann@shop)' });
    expect(lines[0]?.sentBytes).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  it('has a line for each host of a redirect', async () => {
    const { lines } = open();
    const second = await listen('127.0.0.1', () => ({ status: 200 }));
    const first = await listen('127.0.0.1', () => ({ status: 302, headers: { location: second.url } }));
    expect((await fetchOutbound(first.url, {}, reason)).status).toBe(200);
    expect(lines.map(({ port }) => port)).toEqual([first.port, second.port]);
  });
});

describe('a plain request', () => {
  it('is written down with its bytes, and its body may be read as slowly as one likes', async () => {
    const { lines } = open();
    const body = Buffer.alloc(4 << 20, 'a');
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`);
        socket.end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    const request = { method: 'POST', body: 'hello' };
    const response = await requestOutbound(`http://127.0.0.1:${port}/`, request, reason);
    // Node's own fetch ends the process here: the server hangs up while the body waits.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await response.arrayBuffer()).byteLength).toBe(body.length);
    await expect.poll(() => lines[0]?.outcome).toBe('succeeded');
    expect(lines[0]).toMatchObject({ method: 'POST', port, sentBytes: 5, receivedBytes: body.length });
  });
});

describe.skipIf(farAddress === undefined)('offline mode (needs a network address besides loopback)', () => {
  const far = farAddress ?? '';

  it('lets nothing through to another machine: no connection is opened', async () => {
    const { lines } = open({ offline: true });
    const { url, port, connections } = await listen(far, () => ({ status: 200 }));
    await expect(fetchOutbound(url, {}, reason)).rejects.toMatchObject(refusal);
    await expect(requestOutbound(url, {}, reason)).rejects.toMatchObject(refusal);
    const signal = new AbortController().signal;
    await expect(openEndpoint({ url }, signal)).rejects.toMatchObject(refusal);
    const target = { host: far, port, database: 'shop', user: 'ann', sslMode: 'disable' as const };
    expect(await testConnection(target)).toMatchObject({ ok: false, code: 'PERMISSION_DENIED' });
    const database = openDatabase(target);
    await expect(database.runReadOnly('SELECT 1')).rejects.toMatchObject(refusal);
    await database.close();
    const folder = mkdtempSync(join(tmpdir(), 'network-'));
    closers.push(() => rmSync(folder, { recursive: true, force: true }));
    const zipFile = join(folder, 'spider.zip');
    await expect(downloadSpider({ zipFile, url })).rejects.toMatchObject(refusal);
    expect(connections()).toBe(0);
    expect(new Set(lines.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    expect(lines.length).toBeGreaterThanOrEqual(5);
  });

  it('refuses a socket that is connected by hand', async () => {
    open({ offline: true });
    const { port, connections } = await listen(far, () => ({ status: 200 }));
    const socket = openOutboundSocket(reason);
    const failed = new Promise<Error>((resolve) => void socket.once('error', resolve));
    socket.connect({ host: far, port });
    expect(await failed).toBeInstanceOf(AppError);
    expect(connections()).toBe(0);
  });

  it('leaves this machine and the allowed hosts in reach, and can be switched while the app runs', async () => {
    const { policy } = open({ offline: true, allowedHosts: [far] });
    const [near, there] = [
      await listen('127.0.0.1', () => ({ status: 200 })),
      await listen(far, () => ({ status: 200 })),
    ];
    expect((await fetchOutbound(near.url, {}, reason)).status).toBe(200);
    expect((await fetchOutbound(there.url, {}, reason)).status).toBe(200);
    policy.allowedHosts = [];
    await expect(fetchOutbound(there.url, {}, reason)).rejects.toMatchObject(refusal);
    const reused = { host: far, port: there.port, method: 'QUERY', ...reason };
    expect(() => checkRequest(reused)).toThrow('Offline mode is on');
    policy.offline = false;
    expect((await fetchOutbound(there.url, {}, reason)).status).toBe(200);
  });

  it('does not follow a redirect to another machine', async () => {
    open({ offline: true });
    const there = await listen(far, () => ({ status: 200 }));
    const near = await listen('127.0.0.1', () => ({ status: 307, headers: { location: there.url } }));
    await expect(fetchOutbound(near.url, {}, reason)).rejects.toMatchObject(refusal);
    expect(there.connections()).toBe(0);
  });
});
