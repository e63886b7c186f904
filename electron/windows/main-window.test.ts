import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeScreen, FakeWindow } from '../testing/fake-electron.ts';
import { focusWindow, openMainWindow } from './main-window.ts';
import { readWindowState } from './window-state.ts';

vi.mock('electron', async () => (await import('../testing/fake-electron.ts')).fakeElectron);

let dir: string;
let stateFile: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'window-'));
  stateFile = join(dir, 'inner', 'window.json');
  FakeWindow.all = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = async () => {
  await openMainWindow({ preloadFile: '/app/preload.cjs', stateFile });
  const window = FakeWindow.all.at(-1);
  if (!window) throw new Error('no window was made');
  return window;
};

describe('the main window', () => {
  it('isolates the page and gives it no Node', async () => {
    const { options, loadURL } = await open();
    expect(options.webPreferences).toMatchObject({
      preload: '/app/preload.cjs',
      contextIsolation: true,
      sandbox: true,
      spellcheck: false,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(loadURL).toHaveBeenCalledExactlyOnceWith('app://studio/');
  });

  it('shows when its page is ready, not before', async () => {
    const window = await open();
    expect(window.options.show).toBe(false);
    expect(window.show).not.toHaveBeenCalled();
    window.emit('ready-to-show');
    expect(window.show).toHaveBeenCalledOnce();
    expect(window.maximize).not.toHaveBeenCalled();
  });

  it('comes back where it was', async () => {
    const first = await open();
    expect(first.options).toMatchObject({ width: 1280, height: 860 });
    first.isMaximized.mockReturnValue(true);
    first.emit('close');
    const second = await open();
    expect(second.options).toMatchObject({ x: 10, y: 20, width: 900, height: 700 });
    second.emit('ready-to-show');
    expect(second.maximize).toHaveBeenCalledOnce();
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ maximized: true });
  });

  it('is restored when minimized, then focused', async () => {
    const window = await open();
    window.isMinimized.mockReturnValue(true);
    focusWindow(window as unknown as Parameters<typeof focusWindow>[0]);
    expect(window.restore).toHaveBeenCalledOnce();
    expect(window.focus).toHaveBeenCalledOnce();
  });
});

describe('the kept state', () => {
  const write = (text: string) => {
    stateFile = join(dir, 'window.json');
    writeFileSync(stateFile, text);
  };

  it.each(['', '{', '[]', '{"width":5,"height":5,"maximized":false}', '{"width":"wide"}'])(
    'that is unusable is ignored: %s',
    (text) => {
      write(text);
      expect(readWindowState(stateFile)).toEqual({ width: 1280, height: 860, maximized: false });
    },
  );

  it('forgets a place whose screen is gone', () => {
    write('{"x":5000,"y":20,"width":900,"height":700,"maximized":false}');
    expect(readWindowState(stateFile)).toEqual({ width: 900, height: 700, maximized: false });
    fakeScreen.getDisplayMatching.mockReturnValueOnce({
      workArea: { x: 4000, y: 0, width: 1920, height: 1080 },
    });
    expect(readWindowState(stateFile)).toMatchObject({ x: 5000, y: 20 });
  });

  it('that cannot be written stops nothing', async () => {
    const window = await open();
    writeFileSync(join(dir, 'inner'), 'a file where the folder should be');
    expect(() => window.emit('close')).not.toThrow();
  });
});
