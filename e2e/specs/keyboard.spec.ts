import { expect, test } from '../fixtures.ts';

test('everything on the Ask page is done with the keyboard', async ({ window, ask }) => {
  await window.keyboard.press('Tab');
  await expect(window.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await window.keyboard.press('Enter');

  // The tabs: another one, and back by the arrow keys.
  await window.keyboard.press('Tab');
  const tabs = window.getByRole('tablist', { name: 'Tabs' }).getByRole('tab');
  await expect(tabs).toBeFocused();
  await window.keyboard.press('Alt+n');
  await expect(tabs).toHaveCount(2);
  await window.keyboard.press('Alt+w');
  await expect(tabs).toHaveCount(1);
  await tabs.focus();
  await window.keyboard.press('Tab');

  // The database, by the list's own keys.
  await window.keyboard.press('Tab');
  await expect(ask.chooser).toBeFocused();
  await window.keyboard.press('Enter');
  await window.keyboard.type('R');
  await expect(window.getByRole('option', { name: /^Retail/ })).toBeFocused();
  await window.keyboard.press('Enter');
  await expect(ask.chooser).toBeFocused();
  await expect(ask.chooser).toHaveAccessibleName(/Retail, ready/);

  // The editor, which Tab can leave.
  await window.keyboard.press('/');
  await expect(ask.question).toBeFocused();
  await tabTo(async () => ask.editor.evaluate((element) => element === document.activeElement));
  await window.keyboard.type('SELECT i, i * i AS square FROM generate_series(1, 100) AS i');
  await window.keyboard.press('Escape');
  await window.keyboard.press('Control+Enter');
  await expect(ask.grid).toBeVisible();

  // The grid.
  await tabTo(async () => ask.grid.evaluate((element) => element === document.activeElement));
  for (const key of ['ArrowDown', 'ArrowDown', 'End']) await window.keyboard.press(key);
  await window.keyboard.press('Control+c');
  await expect(window.getByText('Cell copied.')).toBeVisible();
  expect(await window.evaluate(() => navigator.clipboard.readText())).toBe('9');
  await window.keyboard.press('Control+End');
  await expect(ask.cell(100, 2)).toBeVisible();

  // The pages and the list of keys.
  await window.keyboard.press('?');
  await expect(window.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await window.keyboard.press('Escape');
  await window.keyboard.press('Alt+8');
  await expect(window.getByRole('heading', { name: 'Connections' })).toBeVisible();
  await window.keyboard.press('Alt+1');
  await expect(ask.editor).toContainText('generate_series');

  async function tabTo(arrived: () => Promise<boolean>): Promise<void> {
    for (let presses = 0; presses < 25; presses += 1) {
      if (await arrived()) return;
      await window.keyboard.press('Tab');
    }
    throw new Error('25 presses of Tab did not arrive there.');
  }
});

test('a statement that is run the moment it is typed is the one that runs', async ({ ask }) => {
  await ask.run('DELETE FROM customers');
  await expect(ask.notice).toContainText('This statement was not sent to the server');
  await ask.editor.evaluate(typeAndRun, 'SELECT 40 + 2 AS answer');
  await expect(ask.cell(1, 1)).toHaveText('42');
});

/** In the page: the key follows the text before the page has drawn again, as on a busy machine. */
async function typeAndRun(editor: HTMLElement | SVGElement, sql: string): Promise<void> {
  editor.focus();
  document.execCommand('selectAll');
  document.execCommand('insertText', false, sql);
  // The editor hears of its text in the next microtask.
  await Promise.resolve();
  editor.dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true, cancelable: true }),
  );
}

test('names are completed from the schema', async ({ window, ask }) => {
  await ask.editor.click();
  await window.keyboard.type('SELECT * FROM custo');
  const choice = window.getByRole('option', { name: /customers/ });
  await expect(choice).toBeVisible();
  // The list takes no key in its first moments, so that it is not taken by accident.
  await window.waitForTimeout(150);
  await window.keyboard.press('Enter');
  await expect(ask.editor).toHaveText('SELECT * FROM customers');
});

test('a statement typed over a selected one looks like one typed into an empty editor', async ({ ask }) => {
  for (const table of ['customers', 'orders', 'products', 'order_items', 'stores', 'returns']) {
    await ask.question.focus();
    await ask.editor.fill(`SELECT count(*) FROM ${table}`);
    await expect(ask.editor.locator('.cm-line span').first()).toBeVisible();
    const [line, content] = await ask.editor.evaluate((editor) =>
      [editor.querySelector('.cm-line'), editor].map((element) => {
        const { color, fontWeight } = getComputedStyle(element as Element);
        return { color, fontWeight };
      }),
    );
    expect(line).toEqual(content);
  }
});
