import { existsSync } from 'node:fs';
import { chromium } from 'playwright';
import { runCommand } from './run-command.ts';

/** Playwright's download of about 180 MB; where its site is unreachable this is soon known. */
const downloadLimitMs = 240_000;
const aptLimitMs = 300_000;

export type BrowserResult =
  { kind: 'ready'; path: string; how: string } | { kind: 'missing'; advice: string };

/**
 * Finds a Chromium for the end-to-end tests, and gets one where there is none: SQLCODEGEN_CHROMIUM, Playwright's own,
 * one that is installed, Playwright's download, Debian's package.
 */
export async function ensureBrowser(log: (text: string) => void): Promise<BrowserResult> {
  const present = findBrowser();
  if (present) return { kind: 'ready', path: present, how: 'found' };
  log('No Chromium is here yet: Playwright downloads one …');
  await runCommand('playwright', ['install', 'chromium'], { timeoutMs: downloadLimitMs });
  const downloaded = findBrowser();
  if (downloaded) return { kind: 'ready', path: downloaded, how: 'downloaded by Playwright' };
  log("Playwright's download did not work: trying Debian's package …");
  await installDebianChromium();
  const installed = findBrowser();
  if (installed) return { kind: 'ready', path: installed, how: 'installed with apt-get' };
  return {
    kind: 'missing',
    advice:
      'No Chromium was found and none could be installed. Run `npx playwright install --with-deps chromium`, ' +
      'or install Chromium and set SQLCODEGEN_CHROMIUM to its path.',
  };
}

/** @returns the path of a Chromium that is there already */
export function findBrowser(env: Record<string, string | undefined> = process.env): string | undefined {
  const candidates = [
    env.SQLCODEGEN_CHROMIUM,
    playwrightPath(),
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

function playwrightPath(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    // Playwright has no build for this system.
    return undefined;
  }
}

async function installDebianChromium(): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) return;
  const isRoot = process.getuid?.() === 0;
  const prefix = isRoot ? [] : ['sudo', '-n'];
  const apt = (...args: string[]) => {
    const [command = '', ...rest] = [...prefix, 'apt-get', ...args];
    return runCommand(command, rest, { timeoutMs: aptLimitMs, env: { DEBIAN_FRONTEND: 'noninteractive' } });
  };
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', 'chromium');
}

if (import.meta.main) {
  const browser = await ensureBrowser((text) => console.error(text));
  console.log(browser.kind === 'ready' ? browser.path : browser.advice);
  process.exitCode = browser.kind === 'ready' ? 0 : 1;
}
