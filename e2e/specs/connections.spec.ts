import { expect, test } from '../fixtures.ts';

test('a connection by URL is tested, saved, asked and removed', async ({
  window,
  ask,
  connections,
  hosts,
}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'The URL comes from the browser host’s own server.');
  const host = await hosts.get();
  const url = await host.runCli('demo', 'url', 'ecommerce');
  await connections.open();
  await connections.startAdding();
  await connections.fillUrl(url);
  await expect(connections.field('Database name')).not.toHaveValue('');
  await connections.field('Name').fill('My own shop');
  await connections.button('Test the connection').click();
  await expect(window.getByText('The connection works')).toBeVisible();
  await expect(window.getByText(/PostgreSQL 18.*not encrypted/)).toBeVisible();
  await connections.button('Save').click();
  await expect(connections.row('My own shop')).toBeVisible();

  await connections.button('Ask My own shop').click();
  await expect(ask.chooser).toHaveAccessibleName(/My own shop, ready/);
  await expect(window.getByRole('treeitem', { name: /^customers/ })).toBeVisible();
  await ask.run('SELECT current_database()');
  await expect(ask.cell(1, 1)).toHaveText(/ecommerce/);

  await connections.open();
  await connections.button('Remove My own shop').click();
  await window.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(connections.row('My own shop')).toHaveCount(0);
  // Otherwise the server that `demo url` left running would outlive the host and its folder.
  await host.runCli('demo', 'stop');
});

test('a URL that is none is answered with what is wrong', async ({ window, connections }) => {
  await connections.open();
  await connections.startAdding();
  await connections.fillUrl('mysql://user@host/db');
  const form = window.getByRole('region', { name: 'New connection' });
  await expect(form.locator('.field-error')).toContainText('URL');
});

test('says where passwords are kept', async ({ window, connections }) => {
  await connections.open();
  await connections.startAdding();
  await expect(
    window.getByText(/password/i).filter({ hasText: /keyring|file|keychain|storage/i }),
  ).toBeVisible();
});
