import { BrowserWindow } from 'electron';
import { appOrigin } from '../app-protocol.ts';
import { keepWindowState, readWindowState } from './window-state.ts';

export interface MainWindowOptions {
  preloadFile: string;
  /** JSON file with the window's last place. */
  stateFile: string;
}

/** Opens the app's window. It shows when its page is ready, so that nobody sees a white flash. @throws when the page cannot be loaded */
export async function openMainWindow({ preloadFile, stateFile }: MainWindowOptions): Promise<BrowserWindow> {
  const { maximized, ...bounds } = readWindowState(stateFile);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 640,
    minHeight: 480,
    show: false,
    title: 'SQL Codegen Studio',
    webPreferences: {
      preload: preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      // Chromium would download dictionaries for it.
      spellcheck: false,
    },
  });
  keepWindowState(window, stateFile);
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  try {
    await window.loadURL(`${appOrigin}/`);
  } catch (error) {
    // Nobody would ever see it, and it would keep the app alive.
    window.destroy();
    throw error;
  }
  return window;
}

/** Brings the window to the front, for a second start of the app. */
export function focusWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.focus();
}
