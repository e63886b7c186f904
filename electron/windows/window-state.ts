import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const windowStateSchema = z.object({
  x: z.number().int().optional(),
  y: z.number().int().optional(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

const firstState: WindowState = { width: 1280, height: 860, maximized: false };

/** Where the window was, or a first size when there is no file, a broken one, or its screen is gone. */
export function readWindowState(file: string): WindowState {
  const kept = windowStateSchema.safeParse(readJson(file));
  if (!kept.success) return firstState;
  const { x, y, width, height, maximized } = kept.data;
  if (x === undefined || y === undefined || !isOnScreen({ x, y, width, height }))
    return { width, height, maximized };
  return kept.data;
}

/** Writes the window's place when it closes. A folder that cannot be written to is no reason to fail. */
export function keepWindowState(window: BrowserWindow, file: string): void {
  window.on('close', () => {
    const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(state));
    } catch {
      // The window opens at its first size next time.
    }
  });
}

function isOnScreen(bounds: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching(bounds);
  return (
    bounds.x < workArea.x + workArea.width &&
    bounds.x + bounds.width > workArea.x &&
    bounds.y < workArea.y + workArea.height &&
    bounds.y + bounds.height > workArea.y
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
