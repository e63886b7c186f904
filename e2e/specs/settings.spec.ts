import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

const sections = [
  'General',
  'Model',
  'Limits',
  'Values',
  'Privacy',
  'Storage',
  'Embedded server',
  'Updates',
  'About',
];

for (const scheme of ['light', 'dark'] as const) {
  test(`every section is without serious barrier, ${scheme}`, async ({ window, ask: _ready }) => {
    await window.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await window.getByRole('link', { name: 'Settings' }).click();
    const nav = window.getByRole('navigation', { name: 'Settings sections' });
    for (const name of sections) {
      await nav.getByRole('link', { name, exact: true }).click();
      await expect(nav.getByRole('link', { name, exact: true })).toHaveAttribute('aria-current', 'page');
      await expect(window.locator('.spinner:visible')).toHaveCount(0);
      expect([name, await findBarriers(window)]).toEqual([name, []]);
    }
  });
}

test('offline mode refuses another host before a connection is opened, and the ledger says so', async ({
  window,
  connections,
}) => {
  const far = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address;
  test.skip(far === undefined, 'Needs a network address besides loopback.');
  let reached = 0;
  const server = createServer((socket) => {
    reached += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, far, resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await window.getByRole('link', { name: 'Settings' }).click();
    await window.getByRole('link', { name: 'Privacy' }).click();
    await window.getByRole('switch', { name: 'Offline mode' }).click();
    await expect(window.getByRole('link', { name: /Offline mode is on/ })).toBeVisible();

    await connections.open();
    await connections.startAdding();
    await connections.fillUrl(`postgresql://ann@${far}:${port}/shop`);
    await connections.button('Test the connection').click();
    await expect(window.getByText(`Offline mode is on: nothing was sent to ${far}:${port}.`)).toBeVisible();
    expect(reached).toBe(0);

    await window.getByRole('link', { name: /Offline mode is on/ }).click();
    const row = window.getByRole('row').filter({ hasText: `${far}:${port}` });
    await expect(row.first()).toContainText('Refused');
    await window.getByRole('combobox', { name: 'Outcome' }).selectOption('Done');
    await expect(row).toHaveCount(0);
    await window.getByRole('combobox', { name: 'Outcome' }).selectOption('Refused');
    await expect(row.first()).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);

    const download = window.waitForEvent('download');
    await window.getByRole('button', { name: 'Export CSV' }).click();
    expect((await download).suggestedFilename()).toBe('outbound-requests.csv');
  } finally {
    server.close();
  }
});

test('the ledger begins empty, and is cleared on the second word', async ({ window, ask: _ready }) => {
  await window.getByRole('link', { name: 'Settings' }).click();
  await window.getByRole('link', { name: 'Privacy' }).click();
  await window.getByRole('switch', { name: 'Also on this machine' }).click();
  // The page's own demo database lies on this machine.
  await expect(window.getByRole('row').filter({ hasText: 'this machine' }).first()).toBeVisible();
  await window.getByRole('button', { name: 'Clear' }).click();
  await window.getByRole('dialog').getByRole('button', { name: 'Clear' }).click();
  await window.getByRole('switch', { name: 'Also on this machine' }).click();
  await expect(window.getByText('Nothing has left this machine')).toBeVisible();
});

test('limits are kept, and each place has its size', async ({ window, ask: _ready }) => {
  await window.getByRole('link', { name: 'Settings' }).click();
  await window.getByRole('link', { name: 'Limits' }).click();
  await window.getByRole('textbox', { name: 'Rows shown at first' }).fill('7');
  await window.getByRole('textbox', { name: 'Rows shown at first' }).press('Enter');
  await expect(window.getByText('Kept: the next question uses it')).toBeVisible();
  await window.reload();
  await expect(window.getByRole('textbox', { name: 'Rows shown at first' })).toHaveValue('7');
  await window.getByRole('link', { name: 'Storage' }).click();
  await expect(window.getByRole('listitem').filter({ hasText: 'studio.sqlite' })).toContainText(/KiB|MiB/);
});
