import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MessagePort } from 'node:worker_threads';
import {
  createCoreClient,
  createMessagePortTransport,
  shellChannels,
  type CoreHandlers,
} from '../core/contract/index.ts';
import { offerCorePorts } from './core-port.ts';
import { offerShellFunctions } from './shell-functions.ts';
import { fakeDialog, fakeIpcMain, fakeShell } from './testing/fake-electron.ts';

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron);

const own = 'app://studio/';
let aborted = 0;
const handlers = {
  'demo.list': async () => [],
  'models.preload': (_input, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted += 1;
        reject(new Error('stopped'));
      });
    }),
} satisfies Partial<CoreHandlers> as Partial<CoreHandlers> as CoreHandlers;

beforeAll(() => {
  offerCorePorts(handlers, {});
  offerShellFunctions();
});
beforeEach(() => void vi.clearAllMocks());

/** Asks for a port as the preload does, and speaks through it as the page does. */
function connectPage() {
  const frame = fakeIpcMain.sendFrom(own, shellChannels.requestCorePort);
  const [channel, , ports] = frame.postMessage.mock.calls[0] ?? [];
  expect(channel).toBe(shellChannels.corePort);
  const { port } = ports?.[0] as unknown as { port: MessagePort };
  const transport = createMessagePortTransport({
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
    addEventListener: (type: 'message' | 'close', listener: (event: { data: unknown }) => void) =>
      void port.on(type, (data: unknown) => listener({ data })),
  });
  return { client: createCoreClient(transport), transport };
}

describe('the port to the core', () => {
  it('carries the contract, each page its own', async () => {
    const [one, two] = [connectPage(), connectPage()];
    expect(await Promise.all([one.client['demo.list']({}), two.client['demo.list']({})])).toEqual([[], []]);
    one.transport.close();
    expect(await two.client['demo.list']({})).toEqual([]);
    two.transport.close();
  });

  it('aborts open calls when the page reloads or dies', async () => {
    const { client, transport } = connectPage();
    const failure = expect(client['models.preload']({})).rejects.toMatchObject({ code: 'DISCONNECTED' });
    await client['demo.list']({});
    transport.close();
    await failure;
    await expect.poll(() => aborted).toBe(1);
  });

  it.each(['https://example.com/', 'file:///x.html', 'app://other/'])('is not given to %s', (url) => {
    expect(fakeIpcMain.sendFrom(url, shellChannels.requestCorePort).postMessage).not.toHaveBeenCalled();
  });
});

describe('shell functions', () => {
  const call = (channel: string, input?: unknown, from = own) => fakeIpcMain.invokeFrom(from, channel, input);

  it('let the user pick a path', async () => {
    const request = { kind: 'file', title: 'Model', extensions: ['gguf'] };
    expect(await call(shellChannels.pickPath, request)).toBeNull();
    fakeDialog.showOpenDialog.mockResolvedValueOnce({ canceled: false, filePaths: ['/m/a.gguf'] });
    expect(await call(shellChannels.pickPath, request)).toBe('/m/a.gguf');
    expect(fakeDialog.showOpenDialog.mock.calls[1]?.[0]).toMatchObject({
      properties: ['openFile'],
      filters: [{ extensions: ['gguf'] }],
    });
  });

  it('let the user choose where to save, by a name without a folder', async () => {
    const request = { title: 'Export', fileName: 'rows.csv' };
    expect(await call(shellChannels.pickSavePath, request)).toBeNull();
    fakeDialog.showSaveDialog.mockResolvedValueOnce({ canceled: false, filePath: '/m/rows.csv' });
    expect(await call(shellChannels.pickSavePath, request)).toBe('/m/rows.csv');
    expect(fakeDialog.showSaveDialog.mock.calls[1]?.[0]).toMatchObject({
      defaultPath: 'rows.csv',
      filters: [{ extensions: ['csv'] }],
    });
    await expect(call(shellChannels.pickSavePath, { title: 'x', fileName: '../rows.csv' })).rejects.toThrow();
  });

  it('reveal files and open https only', async () => {
    await call(shellChannels.revealPath, '/m/a.gguf');
    expect(fakeShell.showItemInFolder).toHaveBeenCalledWith('/m/a.gguf');
    await call(shellChannels.openExternal, 'https://example.com/a');
    expect(fakeShell.openExternal).toHaveBeenCalledExactlyOnceWith('https://example.com/a');
    await expect(call(shellChannels.openExternal, 'file:///etc/passwd')).rejects.toThrow('https');
    expect(fakeShell.openExternal).toHaveBeenCalledOnce();
  });

  it('say what the host is', async () => {
    expect(await call(shellChannels.hostInfo)).toMatchObject({
      kind: 'electron',
      platform: process.platform,
    });
  });

  it('check their input and who asks', async () => {
    await expect(call(shellChannels.pickPath, { kind: 'drive' })).rejects.toThrow();
    await expect(call(shellChannels.revealPath, 5)).rejects.toThrow();
    for (const channel of [
      shellChannels.pickPath,
      shellChannels.pickSavePath,
      shellChannels.revealPath,
      shellChannels.hostInfo,
    ]) {
      await expect(call(channel, '/x', 'https://example.com/')).rejects.toThrow('Another page');
    }
    expect(fakeShell.showItemInFolder).not.toHaveBeenCalled();
  });
});
