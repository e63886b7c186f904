import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import { root } from '../start-host.ts';

test.beforeAll(() => {
  // Asking is what the app is for: without its model these specs fail, they do not step aside.
  const starterModel = join(root, 'data', 'models', 'starter.gguf');
  if (!existsSync(starterModel)) {
    throw new Error('data/models/starter.gguf is missing. It is part of the tree: check it out again.');
  }
});

test('picks a demo database, asks, and sees the right rows', async ({ window, ask }) => {
  await ask.chooseDatabase(/^E-commerce/);
  await ask.waitUntilReady();
  await ask.run('SELECT count(*) FROM customers');
  const expected = await ask.cell(1, 1).textContent();
  expect(Number(expected)).toBeGreaterThan(0);

  await ask.ask('How many customers are there?');
  await expect(window.getByText(/^Written by /)).toBeVisible({ timeout: 30_000 });
  await expect(ask.editor).toContainText(/select/i);
  await expect(ask.cell(1, 1)).toHaveText(expected ?? '');
  await expect(window.getByText(/answered in/)).toBeVisible();

  await window.getByRole('button', { name: 'What the model was given' }).click();
  const drawer = window.getByRole('dialog', { name: 'What the model was given' });
  // The model reads words in lower case, apart from each other, with what they may mean behind them.
  await expect(drawer).toContainText('how many customers : Ta are there ?');
  await expect(drawer).toContainText('customers');
});

test('a sample question is asked by a click, and ends in rows or in an honest failure', async ({
  window,
  ask,
}) => {
  const samples = window.getByRole('region', { name: 'Try one of these' });
  await samples.getByRole('button').nth(1).click();
  await expect(ask.editor).toContainText(/select/i, { timeout: 30_000 });
  const end = ask.grid.or(ask.notice).or(window.getByText('No rows', { exact: true }));
  await expect(end.first()).toBeVisible({ timeout: 30_000 });
});

test('proposes only, when it is not to run by itself', async ({ window, ask }) => {
  await window.getByRole('switch', { name: 'Run automatically' }).click();
  await ask.ask('How many customers are there?');
  await expect(window.getByText('Not run yet')).toBeVisible({ timeout: 30_000 });
  await expect(ask.grid).toHaveCount(0);
  await window.getByRole('region', { name: 'Result' }).getByRole('button', { name: 'Run' }).click();
  await expect(ask.grid).toBeVisible();
});

test('a statement is edited and run again', async ({ window, ask }) => {
  await ask.run('SELECT name, country FROM customers ORDER BY id LIMIT 3');
  await expect(ask.grid).toHaveAttribute('aria-rowcount', '4');
  await expect(window.getByRole('columnheader', { name: /name.*text/ })).toBeVisible();
  await ask.run('SELECT count(*) AS many FROM orders');
  await expect(window.getByRole('columnheader', { name: /many.*bigint/ })).toBeVisible();
  await expect(ask.cell(1, 1)).toHaveText(/^\d+$/);
});

test('a long result is read on while it is scrolled, and counted when asked to', async ({ window, ask }) => {
  await ask.run('SELECT i, i * 2 AS twice FROM generate_series(1, 5000) AS i');
  await expect(window.getByText('1,000+ rows')).toBeVisible();
  await window.getByRole('button', { name: 'Count', exact: true }).click();
  await expect(window.getByText('5,000 rows', { exact: true })).toBeVisible();
  await ask.grid.focus();
  await ask.grid.press('Control+End');
  await expect(ask.cell(5_000, 2)).toHaveText('10000');
});

test('rows are copied and exported', async ({ window, ask }) => {
  await ask.run(`SELECT 1 AS id, 'a,b' AS note, NULL::text AS nothing`);
  await window.getByRole('button', { name: 'Copy', exact: true }).click();
  await window.getByRole('menuitem', { name: 'As Markdown' }).click();
  await expect(window.getByText('1 row copied.')).toBeVisible();
  expect(await window.evaluate(() => navigator.clipboard.readText())).toContain('| 1 | a,b | NULL |');

  const download = window.waitForEvent('download');
  await window.getByRole('button', { name: 'Export all rows' }).click();
  await window.getByRole('menuitem', { name: 'As CSV' }).click();
  const file = await (await download).createReadStream();
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toBe('id,note,nothing\r\n1,"a,b",\r\n');
});

test('a statement without rows says so', async ({ window, ask }) => {
  await ask.run('SELECT name FROM customers WHERE false');
  await expect(window.getByText('No rows', { exact: true })).toBeVisible();
});
