import { _electron, type ElectronApplication } from '@playwright/test';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './start-host.ts';

const binaries: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

/** Electron's binary where it was downloaded; looks only. */
export function findElectronBinary(): string | undefined {
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(root, 'node_modules', 'electron', 'dist');
  const path = join(dist, binaries[process.platform] ?? 'electron');
  return existsSync(path) ? path : undefined;
}

/** Starts the built app on a data folder of its own. */
export function startElectron(executablePath: string): Promise<ElectronApplication> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-e2e-'));
  return _electron.launch({
    executablePath,
    args: [root],
    env: { ...process.env, SQLCODEGEN_DATA_DIR: dataDir } as Record<string, string>,
  });
}
