import { createAskPage } from '../pages/ask-page.ts';
import { expect, test } from '../fixtures.ts';
import { startHost } from '../start-host.ts';

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
