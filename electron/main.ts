import { app } from 'electron';
import { registerAppScheme } from './app-protocol.ts';
import { startShell } from './start-shell.ts';
import { resolveDataDir } from '../core/app/index.ts';
import { join } from 'node:path';

const dataDir = resolveDataDir();
// The window's place, the page's own storage and the single-instance lock belong to the data folder.
app.setPath('userData', join(dataDir, 'shell'));

if (app.requestSingleInstanceLock()) {
  registerAppScheme();
  void startShell({ dataDir });
} else {
  app.quit();
}
