import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session, WebContents } from 'electron';
import { denyPermissions, denyRequests, lockContents, openHttps } from './lock-contents.ts';
import { FakeContents, fakeSession, fakeShell } from './testing/fake-electron.ts';

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron);

beforeEach(() => void vi.clearAllMocks());

function lock(): FakeContents {
  const contents = new FakeContents();
  lockContents(contents as unknown as WebContents);
  return contents;
}

const foreign = [
  'https://example.com/',
  'http://127.0.0.1:5173/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'app://other/',
  'app://studio.example.com/',
  'not a url',
];

describe('navigation', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect'] as const)(
    '%s stays on our page',
    (event) => {
      const contents = lock();
      for (const url of foreign) expect([url, contents.navigate(event, url)]).toEqual([url, false]);
      expect(contents.navigate(event, 'app://studio/history')).toBe(true);
    },
  );

  it('knows no webview', () => {
    expect(lock().navigate('will-attach-webview', 'app://studio/')).toBe(false);
  });

  it('opens no window, but https links and those of this machine in the browser', () => {
    const open = lock().setWindowOpenHandler.mock.calls[0]?.[0];
    const details = (url: string) => ({ url }) as Parameters<NonNullable<typeof open>>[0];
    for (const url of [...foreign, 'app://studio/']) expect(open?.(details(url))).toEqual({ action: 'deny' });
    expect(fakeShell.openExternal.mock.calls).toEqual([['https://example.com/'], ['http://127.0.0.1:5173/']]);
  });
});

describe('openHttps', () => {
  it('opens what this machine itself serves, as TensorBoard', async () => {
    expect(await openHttps('http://127.0.0.1:6006/')).toBe(true);
    expect(fakeShell.openExternal).toHaveBeenCalledExactlyOnceWith('http://127.0.0.1:6006/');
  });

  it.each([
    'http://example.com',
    'http://127.0.0.1.example.com',
    'file:///etc/passwd',
    'ssh://host',
    'mailto:a@b.c',
    '',
  ])('refuses %s', async (url) => {
    expect(await openHttps(url)).toBe(false);
    expect(fakeShell.openExternal).not.toHaveBeenCalled();
  });
});

describe('permissions', () => {
  it('are denied, but for copying to the clipboard', () => {
    denyPermissions(fakeSession as unknown as Session);
    const request = fakeSession.setPermissionRequestHandler.mock.calls[0]?.[0];
    const check = fakeSession.setPermissionCheckHandler.mock.calls[0]?.[0];
    const device = fakeSession.setDevicePermissionHandler.mock.calls[0]?.[0];
    type Ask = NonNullable<typeof request>;
    const asks = (permission: string) => {
      const decide = vi.fn<(granted: boolean) => void>();
      request?.(...([{}, permission, decide, {}] as unknown as Parameters<Ask>));
      return decide.mock.calls[0]?.[0];
    };
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal']) {
      expect(asks(permission)).toBe(false);
      expect(
        check?.(...([null, permission, '', {}] as unknown as Parameters<NonNullable<typeof check>>)),
      ).toBe(false);
    }
    expect(asks('clipboard-sanitized-write')).toBe(true);
    expect(device?.({} as Parameters<NonNullable<typeof device>>[0])).toBe(false);
  });
});

describe('requests of Chromium', () => {
  it('reach our own page and nothing else', () => {
    denyRequests(fakeSession as unknown as Session);
    const listener = fakeSession.webRequest.onBeforeRequest.mock.calls[0]?.[0] as (
      details: { url: string },
      decide: (answer: { cancel: boolean }) => void,
    ) => void;
    const isRefused = (url: string) => {
      let refused: boolean | undefined;
      listener({ url }, ({ cancel }) => (refused = cancel));
      return refused;
    };
    for (const url of [
      'https://example.com/',
      'http://127.0.0.1:1/',
      'wss://example.com',
      'file:///etc/passwd',
      'x',
    ])
      expect([url, isRefused(url)]).toEqual([url, true]);
    for (const url of ['app://studio/index.html', 'blob:app://studio/1', 'data:image/png;base64,AA'])
      expect([url, isRefused(url)]).toEqual([url, false]);
  });
});
