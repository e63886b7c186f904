import { build } from 'esbuild';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { shellChannels, type StudioBridge } from '../core/contract/index.ts';

/** Runs the preload as it is shipped, in a world that has what a sandboxed preload has. */
async function runPreload() {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'preload.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    packages: 'external',
  });
  const exposed = new Map<string, unknown>();
  const listeners = new Map<string, (event: { ports: unknown[] }) => void>();
  const ipcRenderer = {
    send: vi.fn(),
    invoke: vi.fn(async () => 'answer'),
    on: (channel: string, listener: (event: { ports: unknown[] }) => void) =>
      listeners.set(channel, listener),
  };
  const required: string[] = [];
  const postMessage = vi.fn();
  const require = (name: string) => {
    required.push(name);
    return {
      contextBridge: { exposeInMainWorld: (key: string, api: unknown) => exposed.set(key, api) },
      ipcRenderer,
    };
  };
  const window = { postMessage, location: { origin: 'app://studio' } };
  runInContext(outputFiles[0]?.text ?? '', createContext({ require, window, module: { exports: {} } }));
  return { exposed, listeners, ipcRenderer, required, postMessage };
}

describe('the preload', () => {
  it('needs nothing but electron, and exposes one object of functions', async () => {
    const { exposed, required } = await runPreload();
    expect(required).toEqual(['electron']);
    expect([...exposed.keys()]).toEqual(['studio']);
    const names = Object.keys(exposed.get('studio') as object).toSorted();
    expect(names).toEqual([
      'hostInfo',
      'openExternal',
      'pickPath',
      'pickSavePath',
      'requestCorePort',
      'revealPath',
    ]);
  });

  it('passes calls on', async () => {
    const { exposed, ipcRenderer } = await runPreload();
    const studio = exposed.get('studio') as StudioBridge;
    studio.requestCorePort();
    await studio.openExternal('https://example.com');
    expect(ipcRenderer.send.mock.calls).toEqual([[shellChannels.requestCorePort]]);
    expect(ipcRenderer.invoke.mock.calls).toEqual([[shellChannels.openExternal, 'https://example.com']]);
  });

  it('hands the port to the page of our own origin only', async () => {
    const { listeners, postMessage } = await runPreload();
    const ports = [{}];
    listeners.get(shellChannels.corePort)?.({ ports });
    expect(postMessage).toHaveBeenCalledExactlyOnceWith(shellChannels.corePort, 'app://studio', ports);
  });
});
