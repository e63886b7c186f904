import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildElectron, buildRenderer } from './build-app.ts';
import { findElectron } from './find-electron.ts';
import { isStale } from './is-stale.ts';
import { root, toolEnv } from './run-command.ts';

const contractDir = join(root, 'core', 'contract');

/** Builds what is missing or older than its sources. */
async function buildStale(withElectron: boolean): Promise<void> {
  const page = join(root, 'dist', 'renderer', 'index.html');
  const shell = join(root, 'dist', 'electron', 'main.js');
  const jobs: Promise<void>[] = [];
  if (isStale(page, [join(root, 'renderer'), contractDir])) jobs.push(buildRenderer());
  if (withElectron && isStale(shell, [join(root, 'electron'), join(root, 'core')]))
    jobs.push(buildElectron());
  await Promise.all(jobs);
}

/** Runs in the foreground until it ends by itself. Ctrl-C in a terminal reaches it directly too, which it knows. */
function runInForeground(command: string, args: string[]): void {
  const child = spawn(command, args, { cwd: root, env: toolEnv(), stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`${command} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on(
    'exit',
    (code, signal) => (process.exitCode = signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : (code ?? 1)),
  );
}

const options = process.argv.slice(2);
const electron = options.includes('--browser') ? undefined : findElectron(root);
await buildStale(electron !== undefined);
if (electron) {
  runInForeground(electron, [root]);
} else {
  if (!options.includes('--browser')) {
    console.log(
      "Electron's binary is not in node_modules/electron/dist, so the app opens in your browser instead.",
    );
  }
  const serveOptions = options.filter((option) => option !== '--browser');
  runInForeground(process.execPath, [join(root, 'core', 'cli', 'main.ts'), 'serve', ...serveOptions]);
}
