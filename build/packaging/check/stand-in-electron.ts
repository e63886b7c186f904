import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/run-command.ts';

/**
 * A folder that electron-builder takes for Electron's own on Linux: its program is a script that runs Node, as
 * Electron's does under ELECTRON_RUN_AS_NODE. There is no window in it.
 */
export function writeStandInElectron(folder: string): void {
  const manifest = readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { version: string };
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'), { recursive: true });
  writeFileSync(join(folder, 'version'), version);
  writeFileSync(join(folder, 'LICENSE'), 'A stand-in for Electron.\n');
  writeFileSync(join(folder, 'LICENSES.chromium.html'), '');
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
  const script = `#!/bin/sh\n[ "$ELECTRON_RUN_AS_NODE" = 1 ] || { echo "There is no window in a stand-in." >&2; exit 3; }\nexec '${process.execPath}' "$@"\n`;
  writeFileSync(join(folder, 'electron'), script, { mode: 0o755 });
}
