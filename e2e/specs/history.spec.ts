import { expect, test } from '../fixtures.ts';

test('the history brings a statement back, outlives a reload, and can be deleted', async ({
  window,
  ask,
}) => {
  const sql = "SELECT 'kept in the history' AS note";
  await ask.run(sql);
  await expect(ask.cell(1, 1)).toHaveText('kept in the history');
  await ask.run('SELECT 2 AS other');
  await expect(ask.cell(1, 1)).toHaveText('2');

  await window.reload();
  await ask.waitUntilReady();
  await ask.openTab('History');
  const entry = window.getByRole('button', { name: `Restore: ${sql}` });
  await expect(entry).toContainText('Succeeded');
  await expect(entry).toContainText('1 row');
  await entry.click();
  await expect(ask.editor).toHaveText(sql);
  await window.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(ask.cell(1, 1)).toHaveText('kept in the history');

  await window.getByRole('button', { name: 'Clear history' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Clear history' }).click();
  await expect(window.getByText('No history yet')).toBeVisible();
});

test('a refused statement is in the history as refused', async ({ window, ask }) => {
  await ask.run('DROP TABLE customers');
  await expect(ask.notice).toContainText('not sent to the server');
  await ask.openTab('History');
  await expect(window.getByRole('button', { name: 'Restore: DROP TABLE customers' })).toContainText(
    'Refused',
  );
});
