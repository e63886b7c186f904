import { app, dialog, Menu, session, shell, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import { createCore, moveStoreAside, readAppVersion, rendererDir, type Core } from '../core/app/index.ts';
import { AppError } from '../core/contract/index.ts';
import { serveApp } from './app-protocol.ts';
import { offerCorePorts } from './core-port.ts';
import { denyPermissions, denyRequests, lockContents } from './lock-contents.ts';
import { menuTemplate } from './menu.ts';
import { createSafeStorageSecrets } from './safe-storage-secrets.ts';
import { createUpdates, lookRegularly } from './updates.ts';
import { offerShellFunctions } from './shell-functions.ts';
import { focusWindow, openMainWindow } from './windows/main-window.ts';

export interface ShellOptions {
  dataDir: string;
}

/**
 * Brings the app up: the core in this process, one window with the renderer, and everything else locked.
 * A start that fails says why and quits.
 */
export async function startShell(options: ShellOptions): Promise<void> {
  try {
    await bringUp(options);
  } catch (error) {
    reportFailure(error);
    app.quit();
  }
}

function reportFailure(thrown: unknown): void {
  const { message, hint } = AppError.from(thrown);
  dialog.showErrorBox(message, hint ?? 'Start the app again.');
}

async function bringUp({ dataDir }: ShellOptions): Promise<void> {
  app.on('web-contents-created', (_event, contents) => lockContents(contents));
  await app.whenReady();
  denyPermissions(session.defaultSession);
  denyRequests(session.defaultSession);
  const core = await openCore(dataDir);
  if (!core) {
    app.quit();
    return;
  }
  closeBeforeQuit(core);
  serveApp(rendererDir);
  offerShellFunctions();
  offerCorePorts(core.handlers, {
    onInternalError: (method, error) => console.error(`${method} failed:`, error),
  });
  setMenu(dataDir);
  await keepOneWindow();
  const signal = new AbortController().signal;
  app.on(
    'will-quit',
    lookRegularly(() => core.handlers['app.checkForUpdates']({}, { signal })),
  );
}

/** A core that cannot start says why. A damaged store is moved aside only when the user says so. */
async function openCore(dataDir: string): Promise<Core | undefined> {
  try {
    return await createCore({
      dataDir,
      version: readAppVersion(),
      secretStore: createSafeStorageSecrets(dataDir),
      updates: createUpdates({
        version: readAppVersion(),
        resourcesDir: process.resourcesPath,
        packaged: app.isPackaged,
      }),
    });
  } catch (thrown) {
    const error = AppError.from(thrown);
    const file = error.details?.reason === 'store-damaged' ? error.details.file : undefined;
    if (typeof file === 'string' && (await agreesToMoveAside(error))) {
      moveStoreAside(file);
      return openCore(dataDir);
    }
    if (file === undefined) reportFailure(error);
    return undefined;
  }
}

async function agreesToMoveAside(error: AppError): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'error',
    message: error.message,
    detail:
      'It holds your connections and history. It can be kept under another name while a new one is begun.',
    buttons: ['Quit', 'Keep it aside and begin a new one'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** The embedded server must stop before the process does. Who asks again meanwhile waits for the same end. */
function closeBeforeQuit(core: Core): void {
  let closing: Promise<void> | undefined;
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    closing ??= core
      .close()
      .catch((error: unknown) => console.error('The core did not close cleanly:', error))
      .finally(() => {
        closed = true;
        app.quit();
      });
  });
}

function setMenu(dataDir: string): void {
  const template = menuTemplate({
    platform: process.platform,
    packaged: app.isPackaged,
    revealDataDir: () => void shell.openPath(dataDir),
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** A second start focuses the window of the first; macOS keeps the app alive without one, and either way brings it back. */
async function keepOneWindow(): Promise<void> {
  let window: BrowserWindow | undefined;
  let opening: Promise<void> | undefined;
  async function open(): Promise<void> {
    const opened = await openMainWindow({
      preloadFile: join(import.meta.dirname, 'preload.cjs'),
      stateFile: join(app.getPath('userData'), 'window.json'),
    });
    opened.on('closed', () => (window = undefined));
    window = opened;
  }
  // A window that is still loading is the one that is asked for.
  const openOnce = () => (opening ??= open().finally(() => (opening = undefined)));
  const show = () => {
    if (window) focusWindow(window);
    else openOnce().catch(reportFailure);
  };
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  await openOnce();
}
