import { createAskPage } from '../pages/ask-page.ts';
import { expect, test } from '../fixtures.ts';
import { startHost, type RunningHost } from '../start-host.ts';

test('says that the app is away, asks nothing, and keeps what was typed', async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Electron’s core lives and dies with its window.');
  const host = await startHost();
  const page = await browser.newPage();
  try {
    await page.goto(host.url);
    const ask = createAskPage(page);
    await ask.question.fill('Which customers');
    await host.stop();
    await expect(page.getByRole('alert')).toContainText('Disconnected, reconnecting…');
    await ask.question.press('End');
    await page.keyboard.type(' are new?');
    await expect(ask.question).toHaveValue('Which customers are new?');
    await expect(page.getByRole('button', { name: 'Ask', exact: true })).toBeDisabled();
    await expect(ask.chooser).toHaveAccessibleName(/the app is not running/);
    await expect(ask.question).toHaveValue('Which customers are new?');
  } finally {
    await page.close();
    await host.stop();
  }
});

test('a core that was killed and started again is found again, and everything typed is there', async ({
  browser,
}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Electron’s core lives and dies with its window.');
  const first = await startHost();
  const page = await browser.newPage();
  let second: RunningHost | undefined;
  try {
    await page.goto(first.url);
    const ask = createAskPage(page);
    await ask.waitUntilReady();
    await ask.question.fill('How many customers are there?');
    await ask.editor.fill('SELECT count(*) FROM customers');
    await first.kill();
    await expect(page.getByRole('alert')).toContainText('Disconnected, reconnecting…');
    second = await startHost(first.dataDir);
    expect(second.url).toBe(first.url);
    await expect(page.getByRole('alert')).toHaveCount(0, { timeout: 30_000 });
    await expect(ask.question).toHaveValue('How many customers are there?');
    await expect(ask.editor).toContainText('SELECT count(*) FROM customers');
    await ask.waitUntilReady();
    await ask.editor.press('Control+Enter');
    await expect(ask.cell(1, 1)).toHaveText('600');
  } finally {
    await page.close();
    await (second ?? first).stop();
  }
});
