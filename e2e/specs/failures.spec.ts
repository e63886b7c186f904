import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { createAskPage, type AskPage } from '../pages/ask-page.ts';

test('a long statement is cancelled, and the server is free again', async ({ window, ask }) => {
  const watcher = await openWatcher(window);
  await ask.run('SELECT pg_sleep(60)');
  await expect(window.getByRole('region', { name: 'Progress' })).toContainText('Running');
  // It has reached the server, where a cancel has something to stop.
  await expectRunning(watcher, '1');
  await window.getByRole('button', { name: 'Cancel' }).click();
  await expect(ask.notice).toContainText('Cancelled after');
  await expectRunning(watcher, '0');
});

/** Another window of the same app. */
async function openWatcher(window: Page): Promise<AskPage> {
  const other = await window.context().newPage();
  await other.goto(new URL('/', window.url()).href);
  const watcher = createAskPage(other);
  await watcher.waitUntilReady();
  return watcher;
}

/** How many such statements the server itself says that it runs. */
async function expectRunning(watcher: AskPage, count: string): Promise<void> {
  await expect(async () => {
    await watcher.run(`SELECT count(*) FROM pg_stat_activity
      WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`);
    await expect(watcher.cell(1, 1)).toHaveText(count, { timeout: 2_000 });
  }).toPass({ timeout: 10_000 });
}

test('a writing statement is refused before it reaches the server', async ({ window, ask }) => {
  await ask.run('DELETE FROM customers');
  await expect(ask.notice).toContainText('This statement was not sent to the server');
  await expect(window.locator('.cm-error-mark')).toHaveText('DELETE');
  await ask.run('SELECT count(*) > 0 AS some_left FROM customers');
  await expect(ask.cell(1, 1)).toHaveText('true');
});

test("PostgreSQL's own error is shown, and its place is marked", async ({ window, ask }) => {
  await ask.run('SELECT nmae FROM customers');
  await expect(ask.notice).toContainText('column "nmae" does not exist');
  await expect(window.locator('.cm-error-mark')).toHaveText('nmae');
});

test('an unreachable database says so and leads to its connection', async ({ window, ask, connections }) => {
  await connections.open();
  await connections.startAdding();
  await connections.fillUrl('postgres://nobody:secret@127.0.0.1:1/nowhere');
  await expect(connections.field('Port')).toHaveValue('1');
  await connections.field('Name').fill('Nowhere');
  await connections.button('Test and save').click();
  await expect(window.getByText('The connection does not work')).toBeVisible();
  await connections.button('Save anyway').click();

  await connections.button('Ask Nowhere').click();
  await expect(window.getByText('This database cannot be opened')).toBeVisible();
  await expect(window.getByRole('alert')).toContainText('127.0.0.1:1');
  await expect(window.getByRole('button', { name: 'Try again' })).toBeVisible();
  await ask.run('SELECT 1');
  await expect(ask.notice).toContainText('127.0.0.1:1');
  await window.getByRole('button', { name: 'Edit the connection' }).click();
  await expect(connections.field('Name')).toHaveValue('Nowhere');

  await connections.open();
  await connections.button('Remove Nowhere').click();
  await window.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(connections.row('Nowhere')).toHaveCount(0);
});
