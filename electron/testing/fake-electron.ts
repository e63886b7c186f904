import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Dialog,
  IpcMainEvent,
  IpcMainInvokeEvent,
  MenuItemConstructorOptions,
  MessagePortMain,
  Protocol,
  SafeStorage,
  Session,
  Shell,
  WebContents,
  WebFrameMain,
} from 'electron';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { vi } from 'vitest';

type Electron = typeof import('electron');

/** Every method has the type of the real one, so that a call that Electron would not take does not compile. */
export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  static load = async (): Promise<void> => undefined;
  readonly options: BrowserWindowConstructorOptions;
  readonly loadURL = vi.fn<BrowserWindow['loadURL']>(() => FakeWindow.load());
  readonly show = vi.fn<BrowserWindow['show']>();
  readonly maximize = vi.fn<BrowserWindow['maximize']>();
  readonly focus = vi.fn<BrowserWindow['focus']>();
  readonly restore = vi.fn<BrowserWindow['restore']>();
  readonly destroy = vi.fn<BrowserWindow['destroy']>();
  readonly isMinimized = vi.fn<BrowserWindow['isMinimized']>(() => false);
  readonly isMaximized = vi.fn<BrowserWindow['isMaximized']>(() => false);
  readonly getNormalBounds = vi.fn<BrowserWindow['getNormalBounds']>(() => ({
    x: 10,
    y: 20,
    width: 900,
    height: 700,
  }));

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
}

export class FakeContents extends EventEmitter {
  readonly setWindowOpenHandler = vi.fn<WebContents['setWindowOpenHandler']>();

  /** @returns whether the page was let through */
  navigate(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    url: string,
  ) {
    const preventDefault = vi.fn<() => void>();
    this.emit(event, { url, preventDefault });
    return preventDefault.mock.calls.length === 0;
  }
}

/** A real port underneath, with the events as Electron names them. */
class FakePort extends EventEmitter implements Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> {
  readonly port: MessagePort;
  readonly start = vi.fn<MessagePortMain['start']>(() => {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
    this.port.on('close', () => this.emit('close'));
  });

  constructor(port: MessagePort) {
    super();
    this.port = port;
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message);
  }

  close(): void {
    this.port.close();
  }
}

class FakeMessageChannel {
  readonly port1: FakePort;
  readonly port2: FakePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new FakePort(port1);
    this.port2 = new FakePort(port2);
  }
}

/** What a page's frame looks like to the main process. */
export function createFakeFrame(url: string) {
  return { url, postMessage: vi.fn<WebFrameMain['postMessage']>() };
}

export const handledChannels = new Map<string, (event: IpcMainInvokeEvent, input: unknown) => unknown>();

class FakeIpcMain extends EventEmitter {
  readonly handle = vi.fn(
    (channel: string, listener: (event: IpcMainInvokeEvent, input: unknown) => unknown) => {
      handledChannels.set(channel, listener);
    },
  );

  /** Sends as a page at `url` would. @returns its frame */
  sendFrom(url: string, channel: string) {
    const frame = createFakeFrame(url);
    this.emit(channel, { senderFrame: frame as Partial<WebFrameMain> } as IpcMainEvent);
    return frame;
  }

  /** Calls as a page at `url` would. */
  async invokeFrom(url: string, channel: string, input?: unknown): Promise<unknown> {
    const event = { senderFrame: createFakeFrame(url) as Partial<WebFrameMain> } as IpcMainInvokeEvent;
    return handledChannels.get(channel)?.(event, input);
  }
}

class FakeApp extends EventEmitter {
  isPackaged = false;
  hasLock = true;
  readonly whenReady = vi.fn<App['whenReady']>(async () => undefined);
  readonly quit = vi.fn<App['quit']>();
  readonly setPath = vi.fn<App['setPath']>();
  readonly getPath = vi.fn<App['getPath']>();
  readonly requestSingleInstanceLock = vi.fn<App['requestSingleInstanceLock']>(() => this.hasLock);
}

export const fakeApp = new FakeApp();
export const fakeIpcMain = new FakeIpcMain();
export const fakeSession = {
  setPermissionRequestHandler: vi.fn<Session['setPermissionRequestHandler']>(),
  setPermissionCheckHandler: vi.fn<Session['setPermissionCheckHandler']>(),
  setDevicePermissionHandler: vi.fn<Session['setDevicePermissionHandler']>(),
  webRequest: { onBeforeRequest: vi.fn() },
};
export const fakeShell = {
  openExternal: vi.fn<Shell['openExternal']>(async () => undefined),
  openPath: vi.fn<Shell['openPath']>(async () => ''),
  showItemInFolder: vi.fn<Shell['showItemInFolder']>(),
};
export const fakeDialog = {
  showOpenDialog: vi.fn(
    async (_options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> => {
      return { canceled: true, filePaths: [] };
    },
  ),
  showSaveDialog: vi.fn(
    async (_options: Electron.SaveDialogOptions): Promise<Electron.SaveDialogReturnValue> => {
      return { canceled: true, filePath: '' };
    },
  ),
  showMessageBox: vi.fn(
    async (_options: Electron.MessageBoxOptions): Promise<Electron.MessageBoxReturnValue> => {
      return { response: 0, checkboxChecked: false };
    },
  ),
  showErrorBox: vi.fn<Dialog['showErrorBox']>(),
};
export const fakeProtocol = {
  registerSchemesAsPrivileged: vi.fn<Protocol['registerSchemesAsPrivileged']>(),
  handle: vi.fn<Protocol['handle']>(),
};
/** Reverses the text: enough to tell what was encrypted from what was not. */
export const fakeSafeStorage = {
  isEncryptionAvailable: vi.fn<SafeStorage['isEncryptionAvailable']>(() => true),
  getSelectedStorageBackend: vi.fn<SafeStorage['getSelectedStorageBackend']>(() => 'gnome_libsecret'),
  encryptString: vi.fn<SafeStorage['encryptString']>((text) => Buffer.from([...text].toReversed().join(''))),
  decryptString: vi.fn<SafeStorage['decryptString']>((data) => [...data.toString()].toReversed().join('')),
};
export const fakeScreen = {
  getDisplayMatching: vi.fn(() => ({ workArea: { x: 0, y: 0, width: 1920, height: 1080 } })),
};
export const fakeMenu = {
  buildFromTemplate: vi.fn((template: MenuItemConstructorOptions[]) => template),
  setApplicationMenu: vi.fn(),
};

/** Stands in for `electron` in `vi.mock`; only names that the real module has are allowed. */
export const fakeElectron = {
  app: fakeApp,
  BrowserWindow: FakeWindow,
  dialog: fakeDialog,
  ipcMain: fakeIpcMain,
  Menu: fakeMenu,
  MessageChannelMain: FakeMessageChannel,
  protocol: fakeProtocol,
  safeStorage: fakeSafeStorage,
  screen: fakeScreen,
  session: { defaultSession: fakeSession },
  shell: fakeShell,
} satisfies { [K in keyof Electron]?: unknown };
