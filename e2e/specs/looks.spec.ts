import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`no serious barrier, ${scheme}`, async ({ window, ask, connections }) => {
    await window.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    expect(await findBarriers(window)).toEqual([]);

    await ask.run('SELECT * FROM customers');
    await expect(ask.grid).toBeVisible();
    await window.getByRole('treeitem', { name: /^customers/ }).press('ArrowRight');
    expect(await findBarriers(window)).toEqual([]);

    await ask.run('DELETE FROM customers');
    await expect(ask.notice).toBeVisible();
    await ask.openTab('History');
    expect(await findBarriers(window)).toEqual([]);

    await connections.open();
    await connections.startAdding();
    await connections.button('Test the connection').click();
    expect(await findBarriers(window)).toEqual([]);

    await window.getByRole('link', { name: 'Settings' }).click();
    await expect(window.getByRole('region', { name: 'General' })).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);

    await window.keyboard.press('?');
    await expect(window.getByRole('dialog')).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);

    await window.keyboard.press('Escape');
    await window.keyboard.press('Control+k');
    await expect(window.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
  });
}

test('the theme is chosen, and kept', async ({ window, ask }) => {
  await window.emulateMedia({ colorScheme: 'light' });
  const background = () => window.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await window.getByRole('link', { name: 'Settings' }).click();
  await window.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect.poll(background).not.toBe(light);
  const dark = await background();
  await window.reload();
  await expect(window.getByRole('radio', { name: 'Dark' })).toBeChecked();
  expect(await background()).toBe(dark);
  await window.getByRole('radio', { name: 'Like the system' }).check({ force: true });
  await expect.poll(background).toBe(light);
  await window.getByRole('link', { name: 'Ask', exact: true }).click();
  await expect(ask.question).toBeVisible();
});

test('nothing breaks the content security policy', async ({ window, ask }) => {
  const complaints: string[] = [];
  window.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  await window.reload();
  await ask.waitUntilReady();
  await ask.run('SELECT 1');
  await expect(ask.grid).toBeVisible();
  expect(complaints).toEqual([]);
});
