import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startShell } from './start-shell.ts';
import {
  FakeContents,
  FakeWindow,
  fakeApp,
  fakeDialog,
  fakeIpcMain,
  fakeMenu,
  fakeSession,
} from './testing/fake-electron.ts';

vi.mock('electron', async () => (await import('./testing/fake-electron.ts')).fakeElectron);

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'shell-'));
  FakeWindow.all = [];
  vi.clearAllMocks();
  fakeApp.getPath.mockReturnValue(join(dataDir, 'shell'));
});

afterEach(async () => {
  await quit();
  fakeApp.removeAllListeners();
  fakeIpcMain.removeAllListeners();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What Electron does on quit: asks, and quits only when nobody objects. */
async function quit(): Promise<number> {
  const before = fakeApp.quit.mock.calls.length;
  const preventDefault = vi.fn<() => void>();
  fakeApp.emit('before-quit', { preventDefault });
  if (preventDefault.mock.calls.length > 0)
    await expect.poll(() => fakeApp.quit.mock.calls.length).toBe(before + 1);
  return preventDefault.mock.calls.length;
}

describe('starting', () => {
  it('opens one window, with the menu, and denies permissions first', async () => {
    await startShell({ dataDir });
    expect(FakeWindow.all).toHaveLength(1);
    expect(fakeMenu.setApplicationMenu).toHaveBeenCalledOnce();
    expect(fakeSession.setPermissionRequestHandler).toHaveBeenCalledOnce();
  });

  it('locks every page that is ever made', async () => {
    await startShell({ dataDir });
    const contents = new FakeContents();
    fakeApp.emit('web-contents-created', {}, contents);
    expect(contents.navigate('will-navigate', 'https://example.com/')).toBe(false);
    expect(contents.setWindowOpenHandler).toHaveBeenCalledOnce();
  });

  it('focuses its window when started a second time', async () => {
    await startShell({ dataDir });
    fakeApp.emit('second-instance', {}, [], '');
    expect(FakeWindow.all).toHaveLength(1);
    expect(FakeWindow.all[0]?.focus).toHaveBeenCalledOnce();
  });

  it('opens one window, when started a second time without one, and once only', async () => {
    await startShell({ dataDir });
    FakeWindow.all[0]?.emit('closed');
    fakeApp.emit('second-instance', {}, [], '');
    fakeApp.emit('second-instance', {}, [], '');
    fakeApp.emit('activate');
    expect(FakeWindow.all).toHaveLength(2);
    await expect
      .poll(() => {
        fakeApp.emit('second-instance', {}, [], '');
        return FakeWindow.all[1]?.focus.mock.calls.length;
      })
      .toBeGreaterThan(0);
    expect(FakeWindow.all).toHaveLength(2);
  });

  it('says why it failed, and quits', async () => {
    fakeMenu.setApplicationMenu.mockImplementationOnce(() => {
      throw new Error('no menu bar');
    });
    await startShell({ dataDir });
    expect(fakeDialog.showErrorBox).toHaveBeenCalledOnce();
    expect(fakeApp.quit).toHaveBeenCalledOnce();
    expect(FakeWindow.all).toHaveLength(0);
  });

  it('keeps no window whose page did not load', async () => {
    const load = vi.spyOn(FakeWindow, 'load').mockRejectedValueOnce(new Error('ERR_FILE_NOT_FOUND'));
    await startShell({ dataDir });
    load.mockRestore();
    expect(FakeWindow.all[0]?.destroy).toHaveBeenCalledOnce();
    expect(fakeDialog.showErrorBox).toHaveBeenCalledOnce();
    expect(fakeApp.quit).toHaveBeenCalledOnce();
  });

  it('opens a new window on macOS when there is none', async () => {
    await startShell({ dataDir });
    fakeApp.emit('activate');
    expect(FakeWindow.all).toHaveLength(1);
    FakeWindow.all[0]?.emit('closed');
    fakeApp.emit('activate');
    await expect.poll(() => FakeWindow.all.length).toBe(2);
  });
});

describe('quitting', () => {
  it('waits for the core to close, then goes', async () => {
    await startShell({ dataDir });
    expect(await quit()).toBe(1);
    expect(await quit()).toBe(0);
  });

  it('closes the core once, however often it is asked', async () => {
    await startShell({ dataDir });
    const preventDefault = vi.fn<() => void>();
    fakeApp.emit('before-quit', { preventDefault });
    fakeApp.emit('before-quit', { preventDefault });
    await expect.poll(() => fakeApp.quit.mock.calls.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fakeApp.quit).toHaveBeenCalledOnce();
    expect(preventDefault).toHaveBeenCalledTimes(2);
    expect(await quit()).toBe(0);
  });

  it('follows the last window, but not on macOS', async () => {
    await startShell({ dataDir });
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    fakeApp.emit('window-all-closed');
    expect(fakeApp.quit).not.toHaveBeenCalled();
    platform.mockReturnValue('linux');
    fakeApp.emit('window-all-closed');
    expect(fakeApp.quit).toHaveBeenCalledOnce();
    platform.mockRestore();
  });
});

describe('a damaged store', () => {
  beforeEach(() => writeFileSync(join(dataDir, 'studio.sqlite'), 'no database at all, '.repeat(400)));
  const aside = () => readdirSync(dataDir).filter((name) => name.includes('.damaged-'));

  it('stays where it is, and the app quits, unless the user says otherwise', async () => {
    await startShell({ dataDir });
    expect(fakeDialog.showMessageBox.mock.calls[0]?.[0].message).toContain('is damaged');
    expect(fakeApp.quit).toHaveBeenCalledOnce();
    expect(FakeWindow.all).toHaveLength(0);
    expect(aside()).toEqual([]);
  });

  it('is kept aside on the user’s word, and the app starts', async () => {
    fakeDialog.showMessageBox.mockResolvedValueOnce({ response: 1, checkboxChecked: false });
    await startShell({ dataDir });
    expect(FakeWindow.all).toHaveLength(1);
    expect(aside()).toHaveLength(1);
  });
});

describe('the entry point', () => {
  const start = async () => {
    vi.resetModules();
    vi.stubEnv('SQLCODEGEN_DATA_DIR', dataDir);
    await import('./main.ts');
    vi.unstubAllEnvs();
    return (await import('./testing/fake-electron.ts')).fakeElectron;
  };

  it('is a single instance: the second one quits and opens nothing', async () => {
    const electron = await import('./testing/fake-electron.ts');
    electron.fakeApp.hasLock = false;
    vi.doMock('electron', () => electron.fakeElectron);
    await start();
    expect(electron.fakeApp.quit).toHaveBeenCalledOnce();
    expect(electron.FakeWindow.all).toHaveLength(0);
    expect(electron.fakeApp.setPath).toHaveBeenCalledWith('userData', join(dataDir, 'shell'));
    electron.fakeApp.hasLock = true;
  });
});
