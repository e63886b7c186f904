import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCore, type Core } from '../core/app/index.ts';
import { createUpdates, lookRegularly, type Updater } from './updates.ts';

let dir: string;
let core: Core;
const context = { signal: new AbortController().signal };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'updates-'));
  writeFileSync(join(dir, 'app-update.yml'), 'provider: generic\nurl: https://updates.example.com/studio\n');
});
afterEach(async () => {
  await core?.close();
  rmSync(dir, { recursive: true, force: true });
});

/** electron-updater, as far as the shell knows it; the real one needs Electron. */
function createUpdater(version: string | undefined) {
  return {
    autoDownload: true,
    autoInstallOnAppQuit: true,
    checkForUpdates: vi.fn<Updater['checkForUpdates']>(async () => ({
      isUpdateAvailable: version !== undefined,
      updateInfo: { version: version ?? '1.0.0' },
    })),
    downloadUpdate: vi.fn<Updater['downloadUpdate']>(async () => []),
  };
}

async function start(updater: Updater, { packaged = true, resourcesDir = dir } = {}): Promise<Core> {
  const options = { version: '1.0.0', resourcesDir, packaged, loadUpdater: async () => updater };
  core = await createCore({ dataDir: join(dir, 'data'), version: '1.0.0', updates: createUpdates(options) });
  return core;
}

const ledger = async () =>
  (await core.handlers['network.list']({ local: true, limit: 100 }, context)).entries;

describe('updates', () => {
  it('are off until the user turns them on: nothing is asked', async () => {
    const updater = createUpdater('1.1.0');
    const { handlers } = await start(updater);
    expect(await handlers['app.updateStatus']({}, context)).toEqual({ state: 'off' });
    await expect(handlers['app.checkForUpdates']({}, context)).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    expect(updater.checkForUpdates).not.toHaveBeenCalled();
    expect(await ledger()).toEqual([]);
  });

  it('are looked for, downloaded and written down', async () => {
    const updater = createUpdater('1.1.0');
    const { handlers } = await start(updater);
    await handlers['settings.set']({ updates: true }, context);
    const found = await handlers['app.checkForUpdates']({}, context);
    expect(found).toMatchObject({ state: 'ready', version: '1.1.0' });
    expect(updater.downloadUpdate).toHaveBeenCalledOnce();
    const place = { host: 'updates.example.com', port: 443, purpose: 'update', local: false };
    expect(await ledger()).toMatchObject([
      { ...place, initiator: 'version 1.1.0', outcome: 'succeeded' },
      { ...place, initiator: 'version after 1.0.0', outcome: 'succeeded' },
    ]);
  });

  it('say when there is none', async () => {
    const updater = createUpdater(undefined);
    const { handlers } = await start(updater);
    await handlers['settings.set']({ updates: true }, context);
    expect(await handlers['app.checkForUpdates']({}, context)).toMatchObject({ state: 'current' });
    expect(updater.downloadUpdate).not.toHaveBeenCalled();
  });

  it('are refused offline, and that is written down as well', async () => {
    const updater = createUpdater('1.1.0');
    const { handlers } = await start(updater);
    await handlers['settings.set']({ updates: true, offline: true }, context);
    const found = await handlers['app.checkForUpdates']({}, context);
    expect(found).toMatchObject({ state: 'failed', message: expect.stringContaining('Offline mode is on') });
    expect(updater.checkForUpdates).not.toHaveBeenCalled();
    expect(await ledger()).toMatchObject([{ outcome: 'refused' }]);
  });

  it('tell why there are none in a checkout, and in a package without an address', async () => {
    const updater = createUpdater('1.1.0');
    await start(updater, { packaged: false });
    const status = () => core.handlers['app.updateStatus']({}, context);
    expect(await status()).toMatchObject({
      state: 'unavailable',
      message: expect.stringContaining('sources'),
    });
    await core.close();
    await start(updater, { resourcesDir: join(dir, 'nowhere') });
    expect(await status()).toMatchObject({
      state: 'unavailable',
      message: expect.stringContaining('address'),
    });
  });
});

it('are looked for half a minute after the start, and daily', async () => {
  vi.useFakeTimers();
  const check = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('off'));
  const stop = lookRegularly(check);
  await vi.advanceTimersByTimeAsync(29_000);
  expect(check).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(check).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(24 * 3_600_000);
  expect(check).toHaveBeenCalledTimes(2);
  stop();
  await vi.advanceTimersByTimeAsync(48 * 3_600_000);
  expect(check).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});
