import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '../fixtures.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { connectToHost } from '../connect-to-host.ts';
import { startHost } from '../start-host.ts';

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Electron has no address.');
});

test('a file that leads to the address opens the app, and the token leaves the address bar', async ({
  browser,
}) => {
  const host = await startHost();
  const dir = mkdtempSync(join(tmpdir(), 'sqlcodegen-open-'));
  const page = await browser.newPage();
  try {
    const file = join(dir, 'open.html');
    writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0;url=${host.url}">`);
    await page.goto(pathToFileURL(file).href);
    await expect(createAskPage(page).question).toBeVisible();
    expect(page.url()).not.toContain('token');
  } finally {
    await page.close();
    await host.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

test('what was chosen outlives a start, at another port too', async ({ browser }) => {
  const first = await startHost();
  const page = await browser.newPage();
  const automatic = page.getByRole('switch', { name: 'Run automatically' });
  try {
    await page.goto(first.url);
    await automatic.click();
    await expect(automatic).toHaveAttribute('aria-checked', 'false');
    // The window shows it at once; a host that is ended in the same moment has not heard it.
    await untilKept(first.url);
  } finally {
    await first.stop({ keepData: true });
  }
  const second = await startHost(first.dataDir);
  try {
    expect(new URL(second.url).port).not.toBe(new URL(first.url).port);
    await page.goto(second.url);
    await expect(automatic).toHaveAttribute('aria-checked', 'false');
  } finally {
    await page.close();
    await second.stop();
  }
});

async function untilKept(url: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  await expect.poll(async () => (await core['settings.get']({})).runAutomatically).toBe(false);
  close();
}
