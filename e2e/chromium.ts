import { existsSync } from 'node:fs';

/** SQLCODEGEN_CHROMIUM, else Debian's; undefined leaves the choice to Playwright. */
export function findChromium(): string | undefined {
  const wanted = process.env['SQLCODEGEN_CHROMIUM'];
  if (wanted) return wanted;
  return existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined;
}

/** Nothing that talks to the network by itself; without a sandbox only as root, where Chromium has none. */
export function launchArguments(): string[] {
  const quiet = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return process.getuid?.() === 0 ? ['--no-sandbox', ...quiet] : quiet;
}
