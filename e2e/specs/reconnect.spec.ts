import { createAskPage } from '../pages/ask-page.ts';
import { expect, test } from '../fixtures.ts';
import { startHost } from '../start-host.ts';

test('says that the core is away, and keeps what was typed', async ({ browser }, testInfo) => {
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
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await expect(ask.notice).toContainText('not connected to its core');
    await expect(ask.question).toHaveValue('Which customers are new?');
  } finally {
    await page.close();
    await host.stop();
  }
});
