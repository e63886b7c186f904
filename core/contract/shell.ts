/**
 * The second, tiny interface of the page: what only a desktop shell can do. Electron's preload exposes it as
 * `window.studio`; in a browser there is none. No schemas here: a sandboxed preload can load no package.
 */
export interface StudioBridge {
  /** Asks for a fresh port to the core; it arrives as a window message whose data is `corePortMessage`. */
  requestCorePort(): void;
  /** Lets the user choose. Null when they change their mind. */
  pickPath(request: PickPathRequest): Promise<string | null>;
  /** Lets the user choose where to save. Null when they change their mind. */
  pickSavePath(request: PickSavePathRequest): Promise<string | null>;
  /** Shows a file in the system's file manager. */
  revealPath(path: string): Promise<void>;
  /** Opens an https address, or one of 127.0.0.1, in the user’s browser; others are refused. */
  openExternal(url: string): Promise<void>;
  hostInfo(): Promise<HostInfo>;
}

export interface PickPathRequest {
  kind: 'file' | 'folder';
  title: string;
  /** File name extensions without the dot. Left out: all. */
  extensions?: string[] | undefined;
}

export interface PickSavePathRequest {
  title: string;
  /** Suggested; its extension is the only one offered. */
  fileName: string;
}

export interface HostInfo {
  kind: 'electron';
  platform: string;
  versions: { electron: string; chrome: string; node: string };
}

export const corePortMessage = 'studio:core-port';

/** Names of the channels between preload and main. */
export const shellChannels = {
  requestCorePort: 'studio:request-core-port',
  corePort: corePortMessage,
  pickPath: 'studio:pick-path',
  pickSavePath: 'studio:pick-save-path',
  revealPath: 'studio:reveal-path',
  openExternal: 'studio:open-external',
  hostInfo: 'studio:host-info',
} as const;
