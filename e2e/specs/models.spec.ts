import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { root, startHost } from '../start-host.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`models, a model and training are without serious barrier, ${scheme}`, async ({
    window,
    ask: _ready,
  }) => {
    await window.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await window.getByRole('link', { name: 'Models' }).click();
    const starter = window.getByRole('link', { name: /starter/ });
    await expect(starter).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
    await starter.click();
    await expect(window.getByRole('region', { name: 'Tensor types' })).toContainText('Q8_0');
    expect(await findBarriers(window)).toEqual([]);
    await window.getByRole('link', { name: 'Training' }).click();
    await expect(window.getByRole('region', { name: 'On the command line' })).toBeVisible();
    await expect(window.getByText(/^Runs folder/)).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
  });
}

test('a model is added by its path, used, asked and forgotten', async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Starts a browser host of its own.');
  const host = await startHost();
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    const file = join(host.dataDir, 'copied.gguf');
    copyFileSync(join(root, 'data', 'models', 'starter.gguf'), file);
    writeFileSync(join(host.dataDir, 'no-model.gguf'), 'no model');
    await page.goto(host.url);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    const path = page.getByRole('textbox', { name: 'Path of a GGUF file' });
    await path.fill(join(host.dataDir, 'no-model.gguf'));
    await path.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The file was not added');
    await path.fill(file);
    await path.press('Enter');
    const row = page.getByRole('listitem').filter({ hasText: file });
    await row.getByRole('button', { name: 'Use it' }).click();
    await expect(row.getByText('in use')).toBeVisible();
    await row.getByRole('button', { name: 'Load now' }).click();
    await expect(row.getByText('in memory')).toBeVisible();

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Model', exact: true }).click();
    await expect(page.getByRole('radio', { name: new RegExp('copied.gguf') })).toBeChecked();

    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await row.getByRole('button', { name: 'Take off the list' }).click();
    await expect(row).toHaveCount(0);
    await expect(page.getByRole('listitem').filter({ hasText: 'starter.gguf' })).toContainText('in use');
  } finally {
    await context.close();
    await host.stop();
  }
});
