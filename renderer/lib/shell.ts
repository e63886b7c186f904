import type { StudioBridge } from '../../core/contract/index.ts';

declare global {
  interface Window {
    /** Exposed by Electron's preload; absent in a browser. */
    studio?: StudioBridge;
  }
}

/** The desktop shell, or undefined in a browser. */
export function findShell(): StudioBridge | undefined {
  return window.studio;
}
