/** What Electron's preload exposes as `window.studio`. In a browser there is none. */
export interface StudioBridge {
  /** Asks the main process for a fresh port to the core; it arrives by `postMessage` on the window. */
  requestCorePort(): void;
}

declare global {
  interface Window {
    studio?: StudioBridge;
  }
}

/** Type of the window message that carries the port. */
export const corePortMessage = 'studio:core-port';
