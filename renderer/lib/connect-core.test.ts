import { afterEach, expect, it, vi } from 'vitest';
import { connectCore } from './connect-core.ts';

/** A socket that never opens, as a browser shows one that was refused or that nobody answers. */
class ClosedSocket extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(new Event('close')));
  }
}

afterEach(() => vi.unstubAllGlobals());

it.each([
  ['the page is refused', async () => ({ status: 401 }), 'AUTH_FAILED'],
  ['the host is refused', async () => ({ status: 403 }), 'AUTH_FAILED'],
  ['the page is there', async () => ({ status: 200 }), 'DISCONNECTED'],
  ['nobody answers', () => Promise.reject(new TypeError('Failed to fetch')), 'DISCONNECTED'],
])('tells why the socket did not open: %s', async (_name, fetch, code) => {
  vi.stubGlobal('WebSocket', ClosedSocket);
  vi.stubGlobal('fetch', fetch);
  await expect(connectCore()).rejects.toMatchObject({ code });
});
