import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

const long = 'SELECT i AS id, i * 2 AS twice FROM generate_series(1, 30000) AS i';

test('a long result is read on to its end, sorted by the server, and exported whole', async ({
  window,
  ask,
}) => {
  await ask.run(long);
  await expect(window.getByText('1,000+ rows')).toBeVisible();
  await window.getByRole('columnheader', { name: /id/ }).click();
  await expect(window.getByText('The server ran the statement again, sorted by id.')).toBeVisible();
  await window.getByRole('columnheader', { name: /id/ }).click();
  await expect(ask.cell(1, 1)).toHaveText('30000');
  await window.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(window.getByText('30,000 rows', { exact: true })).toBeVisible();
  await ask.grid.focus();
  await ask.grid.press('Control+End');
  await expect(ask.cell(30_000, 2)).toHaveText('2');

  // Where the browser has a picker of its own, its dialog cannot be driven from here.
  await window.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
  const download = window.waitForEvent('download');
  await window.getByRole('button', { name: 'Export all rows' }).click();
  await window.getByRole('menuitem', { name: 'As CSV' }).click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('ecommerce.csv');
  let text = '';
  for await (const chunk of await saved.createReadStream()) text += String(chunk);
  const lines = text.trimEnd().split('\r\n');
  expect([lines.length, lines[0], lines[1], lines.at(-1)]).toEqual([
    30_001,
    'id,twice',
    '30000,60000',
    '1,2',
  ]);
});

test('Ctrl+End goes to the last of a million rows, which is shown whole', async ({ window, ask }) => {
  await ask.run('SELECT i, md5(i::text) FROM generate_series(1, 1000000) AS i');
  await expect(window.getByText('1,000+ rows')).toBeVisible();
  await ask.grid.focus();
  await ask.grid.press('Control+End');
  await expect(window.getByText('1,000,000 rows', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(ask.cell(1_000_000, 1)).toHaveText('1000000');
  await expect
    .poll(() => ask.cell(1_000_000, 1).evaluate((cell) => cell.scrollWidth <= cell.clientWidth))
    .toBe(true);
  await window.getByRole('columnheader', { name: /md5/ }).click();
  await expect(window.getByText('The server ran the statement again, sorted by md5.')).toBeVisible({
    timeout: 60_000,
  });
  await expect(window.getByText('1,000,000 rows', { exact: true })).toBeVisible();
  await expect(ask.cell(1, 2)).toHaveText('0000104cd168386a335ba6bf6e32219d');
});

test('a result that fails further down says so, keeps its rows and can run again', async ({
  window,
  ask,
}) => {
  await ask.run('SELECT i, 100 / (1500 - i) AS part FROM generate_series(1, 3000) AS i');
  await expect(window.getByText('1,000+ rows')).toBeVisible();
  await window.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(ask.notice).toContainText('division by zero');
  await expect(ask.cell(1, 1)).toHaveText('1');
  expect(await findBarriers(window)).toEqual([]);
  await window.getByRole('button', { name: 'Run again' }).click();
  await expect(window.getByText(/The statement ran again to read on/)).toBeVisible();
});

test('a value is opened in full', async ({ window, ask }) => {
  await ask.run(`SELECT 1 AS id, '{"a": [1, 2], "b": null}'::jsonb AS data`);
  await ask.cell(1, 2).dblclick();
  const dialog = window.getByRole('dialog', { name: 'data, row 1' });
  await expect(dialog).toContainText('"b": null');
  expect(await findBarriers(window)).toEqual([]);
});

test('a result is drawn as a chart, which can be changed and saved', async ({ window, ask }) => {
  await ask.run('SELECT country, count(*) AS customers FROM customers GROUP BY country ORDER BY 2 DESC');
  await window.getByRole('button', { name: 'Chart', exact: true }).click();
  await expect(window.getByRole('img', { name: /^Bars of customers along country/ })).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
  await window.getByRole('combobox', { name: 'Chart' }).selectOption('Pie');
  await expect(window.getByRole('img', { name: /^Pie of customers/ })).toBeVisible();
  const download = window.waitForEvent('download');
  await window.getByRole('button', { name: 'Save', exact: true }).click();
  await window.getByRole('menuitem', { name: 'Save as SVG' }).click();
  expect((await download).suggestedFilename()).toBe('ecommerce.svg');
});

test('a result without numbers says that there is nothing to draw', async ({ window, ask }) => {
  await ask.run('SELECT name, country FROM customers LIMIT 5');
  await window.getByRole('button', { name: 'Chart', exact: true }).click();
  await expect(window.getByText('A chart needs a column of numbers; this result has none.')).toBeVisible();
  expect(await findBarriers(window)).toEqual([]);
});
