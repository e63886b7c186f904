import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { fakeProtocol } from './testing/fake-electron.ts';

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron);

let dir: string;
let served: Parameters<typeof fakeProtocol.handle> | undefined;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'protocol-'));
  mkdirSync(join(dir, 'renderer'));
  writeFileSync(join(dir, 'renderer', 'index.html'), '<h1>Studio</h1>');
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  serveApp(join(dir, 'renderer'));
  served = fakeProtocol.handle.mock.calls[0];
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const load = async (url: string, method = 'GET'): Promise<Response> => {
  const [scheme, handler] = served ?? [];
  if (scheme !== 'app' || !handler) throw new Error('nothing serves app://');
  return handler(new Request(url, { method }));
};

describe('app://studio', () => {
  it('is a secure origin of its own', () => {
    registerAppScheme();
    expect(fakeProtocol.registerSchemesAsPrivileged.mock.calls[0]?.[0]).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ]);
  });

  it('serves the renderer under the strict policy', async () => {
    const response = await load('app://studio/');
    expect(await response.text()).toBe('<h1>Studio</h1>');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self';");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each([
    'app://other/',
    'app://studio/..%2fsecret.txt',
    'app://studio/%2e%2e/secret.txt',
    'app://studio/gone.js',
  ])('does not serve %s', async (url) => {
    const response = await load(url);
    expect([response.status, await response.text()]).toEqual([404, 'Not found']);
  });

  it('answers nothing but GET', async () => {
    expect((await load('app://studio/', 'POST')).status).toBe(404);
  });
});
