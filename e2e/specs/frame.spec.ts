import { expect, test } from '../fixtures.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { startHost } from '../start-host.ts';

test('the command palette finds an action by its name and does it', async ({ window, ask }) => {
  await ask.editor.fill('SELECT 41 + 1 AS answer');
  await ask.editor.press('Control+k');
  const palette = window.getByRole('dialog', { name: 'Command palette' });
  await palette.getByRole('combobox').fill('run the');
  const run = palette.getByRole('option', { name: /Run the statement/ });
  await expect(run).toHaveAttribute('aria-selected', 'true');
  await window.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(ask.cell(1, 1)).toHaveText('42');

  await window.keyboard.press('Control+k');
  await palette.getByRole('combobox').fill('no such thing');
  await expect(palette.getByText('No action is called so.')).toBeVisible();
  await palette.getByRole('combobox').fill('settings');
  await expect(palette.getByRole('option', { name: /Go to Settings/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await window.keyboard.press('Enter');
  await expect(window.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
});

test('every page of the rail opens', async ({ window, ask: _ready }) => {
  const rail = window.getByRole('navigation', { name: 'Main' });
  for (const name of await rail.getByRole('link').allInnerTexts()) {
    await rail.getByRole('link', { name }).click();
    await expect(rail.getByRole('link', { name })).toHaveAttribute('aria-current', 'page');
    await expect(window.getByRole('heading', { level: 1, name: name.trim() }).first()).toBeAttached();
  }
});

test('tabs and what is typed in them outlive the app', async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Starts the browser host twice.');
  const first = await startHost();
  const page = await browser.newPage();
  const tabs = page.getByRole('tablist', { name: 'Tabs' }).getByRole('tab');
  const ask = createAskPage(page);
  try {
    await page.goto(first.url);
    await ask.question.fill('Who paid?');
    await page.keyboard.press('Alt+n');
    await ask.editor.fill('SELECT 7 AS seven');
    await expect(tabs).toHaveCount(2);
    // Its last save is told by the next read: a fresh window has nothing of its own.
    await expect(async () => {
      const other = await browser.newPage();
      await other.goto(first.url);
      await expect(createAskPage(other).editor).toContainText('SELECT 7 AS seven', { timeout: 5_000 });
      await other.close();
    }).toPass({ timeout: 60_000 });
  } finally {
    await first.stop({ keepData: true });
  }
  const second = await startHost(first.dataDir);
  try {
    const later = await browser.newPage();
    await later.goto(second.url);
    const restored = later.getByRole('tablist', { name: 'Tabs' }).getByRole('tab');
    await expect(restored).toHaveText([/Who paid\?/, /SELECT 7 AS seven/]);
    await expect(createAskPage(later).editor).toContainText('SELECT 7 AS seven');
    await restored.first().click();
    await expect(createAskPage(later).question).toHaveValue('Who paid?');
    await later.close();
  } finally {
    await page.close();
    await second.stop();
  }
});

test('the border between panes moves by keys, and stays there', async ({ window, ask }) => {
  const handle = window.getByRole('separator', { name: 'Width of the side panel' });
  const before = Number(await handle.getAttribute('aria-valuenow'));
  await handle.focus();
  for (let presses = 0; presses < 3; presses += 1) await window.keyboard.press('ArrowLeft');
  await expect.poll(async () => Number(await handle.getAttribute('aria-valuenow'))).toBeLessThan(before);
  const after = Number(await handle.getAttribute('aria-valuenow'));
  await window.reload();
  await ask.waitUntilReady();
  await expect
    .poll(async () => Math.abs(Number(await handle.getAttribute('aria-valuenow')) - after))
    .toBeLessThan(1);
});
