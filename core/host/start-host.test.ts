import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createCoreClient, createWebSocketTransport, type CoreHandlers } from '../contract/index.ts';
import { startHost, type Host } from './index.ts';

let dir: string;
let host: Host;
/** What the cookie holds once the token was shown. */
let session: string;

/** One real handler is enough: the rest of the core is not what is tested here. */
const handlers = { 'demo.list': async () => [] } as Partial<CoreHandlers> as CoreHandlers;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'host-'));
  const rendererDir = join(dir, 'renderer');
  mkdirSync(join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(join(rendererDir, 'index.html'), '<h1>Studio</h1>');
  writeFileSync(join(rendererDir, 'assets', 'app-1.js'), 'export {};');
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  writeFileSync(join(rendererDir, 'assets', 'tool.exe'), 'MZ');
  symlinkSync(join(dir, 'secret.txt'), join(rendererDir, 'link.txt'));
  host = await startHost({ handlers, rendererDir });
  const { headers } = await get(`/?token=${host.token}`);
  session = /^sqlcodegen-\d+=([\w-]+);/.exec(headers['set-cookie']?.[0] ?? '')?.[1] ?? '';
});

afterAll(async () => {
  await host.close();
  rmSync(dir, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Sends the path as it is: fetch would tidy `..` away before the host sees it. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: host.port, path, headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject).end();
  });
}

const withCookie = (extra: Record<string, string> = {}) => ({
  cookie: `other=1; sqlcodegen-${host.port}=${session}`,
  ...extra,
});

describe('the token', () => {
  it('has 256 bits and is new for every host', async () => {
    const other = await startHost({ handlers, rendererDir: dir });
    await other.close();
    expect(Buffer.from(host.token, 'base64url')).toHaveLength(32);
    expect(other.token).not.toBe(host.token);
  });

  it('is traded for a cookie that scripts cannot read', async () => {
    const { status, headers } = await get(`/history?token=${host.token}`);
    expect(status).toBe(303);
    expect(headers.location).toBe('/history');
    expect(headers['set-cookie']).toEqual([
      `sqlcodegen-${host.port}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    ]);
  });

  it('does not lie in the cookie, and neither opens in the place of the other', async () => {
    expect(Buffer.from(session, 'base64url')).toHaveLength(32);
    expect(session).not.toBe(host.token);
    expect((await get(`/?token=${session}`)).status).toBe(401);
    const cookie = `sqlcodegen-${host.port}=${host.token}`;
    expect((await get('/', { cookie })).status).toBe(401);
  });

  it('leads on from a page of its own when a file opened it, so that the strict cookie is sent', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await get(`//evil.example/?token=${host.token}`, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers.refresh).toMatch(/^0;url=\/(?!\/)/);
    expect(answer.headers['set-cookie']?.[0]).toContain(session);
    expect(answer.body).not.toContain(host.token);
  });

  it('never redirects to another host', async () => {
    const { headers } = await get(`//evil.example/?token=${host.token}`);
    expect(headers.location).toMatch(/^\/(?!\/)/);
  });

  it.each([
    ['none', '/', {}],
    ['an empty one', '/?token=', {}],
    ['a wrong one', '/?token=AAAA', {}],
    ['a wrong cookie', '/', { cookie: 'sqlcodegen=x' }],
  ])('is demanded: %s is refused', async (_name, path, headers) => {
    const { status, body, headers: answered } = await get(path, headers);
    expect(status).toBe(401);
    expect(answered['content-type']).toBe('text/html; charset=utf-8');
    expect(body).toContain('<p>Open the address that the app printed.</p>');
    expect(body).not.toMatch(/Studio|token/);
    expect(answered['set-cookie']).toBeUndefined();
  });
});

describe('Host and Origin', () => {
  it('lets its own names in', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const own = `${name}:${host.port}`;
      const { status } = await get('/', withCookie({ host: own, origin: `http://${own}` }));
      expect(status).toBe(200);
    }
  });

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:80', '[::1]:80'])(
    'refuses Host %s, even with the cookie',
    async (name) => {
      expect((await get('/', withCookie({ host: name }))).status).toBe(403);
    },
  );

  it.each(['http://evil.example', 'null', 'https://127.0.0.1', 'http://127.0.0.1:1'])(
    'refuses Origin %s, even with the cookie',
    async (origin) => {
      expect((await get('/', withCookie({ origin }))).status).toBe(403);
    },
  );
});

describe('files', () => {
  it('are served with their types', async () => {
    const page = await get('/', withCookie());
    expect([page.status, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<h1>Studio</h1>',
    ]);
    expect(page.headers['cache-control']).toBe('no-store');
    const script = await get('/assets/app-1.js', withCookie());
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['cache-control']).toContain('immutable');
  });

  it('gives the app for its own addresses, and 404 for a missing file', async () => {
    expect((await get('/history', withCookie())).body).toBe('<h1>Studio</h1>');
    expect((await get('/assets/gone.js', withCookie())).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00secret.txt',
    '/%E0%A4%A.txt',
    '/link.txt',
    '/assets/tool.exe',
  ])('never leave their folder: %s', async (path) => {
    const { status, body } = await get(path, withCookie());
    expect(status).toBe(404);
    expect(body).not.toBe('secret');
  });

  it('can be asked for, not changed', async () => {
    expect((await get('/', withCookie(), 'POST')).status).toBe(405);
    expect((await get('/', withCookie(), 'HEAD')).body).toBe('');
  });

  it('come with headers that keep other sites and inline scripts out, refusals too', async () => {
    for (const headers of [withCookie(), {}]) {
      const answer = await get('/', headers);
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain(`ws://127.0.0.1:${host.port}`);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
    }
  });
});

describe('the WebSocket', () => {
  const open = (path: string, headers: Record<string, string>) =>
    new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { headers });

  const statusOf = (path: string, headers: Record<string, string>): Promise<number | 'open'> =>
    new Promise((resolve) => {
      const socket = open(path, headers);
      socket.on('error', () => undefined);
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('open', () => {
        socket.terminate();
        resolve('open');
      });
    });

  it('carries the contract, by cookie or by token', async () => {
    for (const socket of [open('/core', withCookie()), open(`/core?token=${host.token}`, {})]) {
      expect(await createCoreClient(createWebSocketTransport(socket))['demo.list']({})).toEqual([]);
      socket.terminate();
    }
  });

  it('is refused without the token, to a foreign Origin, under a foreign Host, at another path', async () => {
    expect(await statusOf('/core', {})).toBe(401);
    expect(await statusOf('/core?token=wrong', {})).toBe(401);
    expect(await statusOf('/core', withCookie({ origin: 'http://evil.example' }))).toBe(403);
    expect(await statusOf('/core', withCookie({ host: 'evil.example' }))).toBe(403);
    expect(await statusOf('/other', withCookie())).toBe(404);
    expect(await statusOf('/core', withCookie({ origin: `http://127.0.0.1:${host.port}` }))).toBe('open');
  });
});

describe('starting and stopping', () => {
  it('says when the port is taken', async () => {
    const second = startHost({ handlers, rendererDir: dir, port: host.port });
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT', message: `Port ${host.port} is taken.` });
  });

  it('hangs up on open pages', async () => {
    const other = await startHost({ handlers, rendererDir: dir });
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/core?token=${other.token}`);
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await other.close();
    await closed;
  });
});

describe('a host that was killed', () => {
  it('is followed by one at the same port that knows its pages', async () => {
    const rendererDir = join(dir, 'renderer');
    const first = await startHost({ handlers, rendererDir });
    await first.close();
    const second = await startHost({ handlers, rendererDir, resume: first });
    try {
      expect(second.url).toBe(first.url);
      const cookie = `sqlcodegen-${first.port}=${first.session}`;
      const answer = await fetch(second.origin, { headers: { cookie } });
      expect(answer.status).toBe(200);
    } finally {
      await second.close();
    }
  });

  it('leaves its secrets nowhere else: another port has new ones', async () => {
    const rendererDir = join(dir, 'renderer');
    const second = await startHost({ handlers, rendererDir, resume: host });
    try {
      expect(second.port).not.toBe(host.port);
      expect(second.token).not.toBe(host.token);
      expect(second.session).not.toBe(host.session);
    } finally {
      await second.close();
    }
  });
});
