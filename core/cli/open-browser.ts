import { spawn } from 'node:child_process';

/** The command that opens an address, or undefined where there is no screen to show it on. */
export function browserCommand(
  platform: NodeJS.Platform = process.platform,
  env: Record<string, string | undefined> = process.env,
): [command: string, ...args: string[]] | undefined {
  if (platform === 'darwin') return ['open'];
  // The address follows as an argument of its own, without a shell: `cmd /c start` would read its `&`.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/**
 * Opens a page in the user's browser.
 * @param page a path or an address without secrets: every user of the machine can read a command line
 * @returns whether there was a way to try
 */
export function openBrowser(page: string): boolean {
  const [command, ...args] = browserCommand() ?? [];
  if (!command) return false;
  const child = spawn(command, [...args, page], { stdio: 'ignore', detached: true });
  // The address is printed as well, so a missing xdg-open is no failure.
  child.on('error', () => undefined);
  child.unref();
  return true;
}
