import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Electron's binary, or undefined where it was never downloaded. Looks only: importing the `electron` package from
 * Node would try to download it.
 */
export function findElectron(
  root: string,
  env: Record<string, string | undefined> = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const packageDir = join(root, 'node_modules', 'electron');
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageDir, 'dist');
  const pathFile = join(packageDir, 'path.txt');
  const named = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : '';
  return [named, usualNames[platform] ?? 'electron']
    .filter((name) => name !== '')
    .map((name) => join(dist, name))
    .find((path) => existsSync(path));
}

const usualNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};
