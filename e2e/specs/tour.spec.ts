import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { root, startHost } from '../start-host.ts';

test('a new user is led to a first answered question', async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Starts a browser host of its own.');
  test.skip(!existsSync(join(root, 'data', 'models', 'starter.gguf')), 'Needs the starter model.');
  const host = await startHost(undefined, {}, { firstRun: true });
  const context = await browser.newContext();
  const page = await context.newPage();
  const step = (name: string) => page.getByRole('dialog', { name });
  try {
    await page.goto(host.url);
    await expect(step('Ask your databases in plain words')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(step('The database that is asked')).toBeFocused();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(step('The question')).toBeVisible();
    await expect(page.getByRole('textbox', { name: 'Question' })).toHaveValue(
      'How many customers are there?',
    );
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Ask it' }).click();
    await expect(step('The SQL that was written')).toBeVisible({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(step('The answer')).toBeVisible();
    await expect(page.getByRole('grid')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Next' }).click();
    await expect(step('Your data stays here')).toBeVisible();
    await page.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.reload();
    await expect(page.getByRole('textbox', { name: 'Question' })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  } finally {
    await context.close();
    await host.stop();
  }
});

test('it begins again from the palette, and Escape ends it', async ({ window, ask }) => {
  await expect(window.getByRole('dialog')).toHaveCount(0);
  await ask.question.press('Control+k');
  await window.getByRole('combobox').fill('tour');
  await window.keyboard.press('Enter');
  await expect(window.getByRole('dialog', { name: 'Ask your databases in plain words' })).toBeFocused();
  await window.keyboard.press('Escape');
  await expect(window.getByRole('dialog')).toHaveCount(0);
});
