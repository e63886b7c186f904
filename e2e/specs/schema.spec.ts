import type { Page } from '@playwright/test';
import { connectToHost } from '../connect-to-host.ts';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';

async function open(page: Page, ...rest: string[]): Promise<void> {
  const hash = `#/${['schema', ...rest].map(encodeURIComponent).join('/')}`;
  await page.evaluate((address) => (window.location.hash = address), hash);
}

const shop = 'demo:ecommerce';
const inflated = `SELECT c.country, sum(o.total_amount) AS revenue FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id JOIN order_items AS i ON i.order_id = o.id GROUP BY c.country`;

test('a table has columns, keys, indexes, rows, a definition and references', async ({
  window,
  ask: _ready,
}) => {
  await open(window, shop);
  await expect(window.getByRole('table', { name: 'Largest tables' })).toBeVisible();
  await window.getByRole('treeitem', { name: 'orders', exact: true }).click();
  await expect(window.getByRole('table', { name: 'Columns' })).toContainText('customer_id');
  await window.getByRole('tab', { name: 'Keys & constraints' }).click();
  await expect(window.getByRole('table', { name: 'Keys & constraints' })).toContainText('PRIMARY KEY (id)');
  await window.getByRole('tab', { name: 'Indexes' }).click();
  await expect(window.getByRole('table', { name: 'Indexes' })).toContainText('btree');
  await window.getByRole('tab', { name: 'Sample rows' }).click();
  await expect(window.getByText(/Rows 1 to 100, in the order of id/)).toBeVisible();
  await window.getByRole('button', { name: 'Next rows' }).click();
  await expect(window.getByText(/Rows 101 to 200/)).toBeVisible();
  await window.getByRole('tab', { name: 'Definition' }).click();
  await expect(window.getByRole('textbox', { name: 'Definition as SQL' })).toContainText(
    'CREATE TABLE public.orders',
  );
  await window.getByRole('tab', { name: 'References' }).click();
  await window
    .getByRole('region', { name: 'Referred to by' })
    .getByRole('link', { name: 'order_items' })
    .click();
  await expect(window.getByRole('heading', { name: 'order_items' })).toBeVisible();
});

test('the tree is searched and walked by the keyboard', async ({ window, ask: _ready }) => {
  await open(window, shop);
  const tree = window.getByRole('tree', { name: 'Schemas, tables and columns' });
  await expect(tree.getByRole('treeitem').first()).toBeVisible();
  await tree.focus();
  await window.keyboard.press('p');
  await window.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem', { name: /^category/ })).toBeVisible();
  await window.keyboard.press('Enter');
  await expect(window.getByRole('heading', { name: 'products' })).toBeVisible();
  const search = window.getByRole('searchbox', { name: 'Search tables and columns' });
  await search.fill('country');
  await expect(tree.getByRole('treeitem', { name: /^customers/ })).toBeVisible();
  await expect(tree.getByRole('treeitem', { name: /^products/ })).toHaveCount(0);
  await search.fill('nothing is called so');
  await expect(window.getByText('No table or column has this in its name.')).toBeVisible();
});

test('checks are filtered, copied and lead to their table', async ({ window, ask: _ready }) => {
  await open(window, shop, 'lint');
  const findings = window.getByRole('list', { name: 'Checks of the schema' });
  await expect(findings).toContainText('has no index');
  await findings
    .getByRole('button', { name: /^Copy the statement/ })
    .first()
    .click();
  expect(await window.evaluate(() => navigator.clipboard.readText())).toContain('CREATE INDEX CONCURRENTLY');
  await window.getByRole('button', { name: /^Errors/ }).click();
  await expect(window.getByText('No check matches')).toBeVisible();
  await window.getByRole('button', { name: /^All/ }).click();
  await findings.getByRole('link', { name: 'Open reviews' }).first().click();
  await expect(window.getByRole('heading', { name: 'reviews' })).toBeVisible();
});

test('the diagram is drawn, searched, narrowed, read as text and exported', async ({
  window,
  ask: _ready,
}) => {
  await open(window, shop, 'diagram');
  const diagram = window.getByRole('region', { name: 'Diagram of tables and foreign keys' });
  await expect(diagram.locator('.table-box')).toHaveCount(5);
  await window.getByRole('combobox', { name: 'Find a table in the diagram' }).fill('reviews');
  await expect(diagram.getByRole('button', { name: 'Open the table' })).toBeVisible();
  await diagram.getByRole('button', { name: 'Look around it' }).click();
  await expect(diagram.locator('.table-box')).toHaveCount(3);
  await window.getByRole('combobox', { name: 'Distance' }).selectOption('all');
  await expect(diagram.locator('.table-box')).toHaveCount(5);
  await window.getByRole('combobox', { name: 'Show' }).selectOption('columns');
  await expect(diagram.getByText('total_amount')).toBeVisible();
  for (const format of ['SVG', 'PNG']) {
    const download = window.waitForEvent('download');
    await window.getByRole('button', { name: 'Export' }).click();
    await window.getByRole('menuitem', { name: format }).click();
    expect((await download).suggestedFilename()).toBe(`E-commerce-diagram.${format.toLowerCase()}`);
  }
  await window.getByRole('button', { name: 'As text' }).click();
  await expect(window.getByText('orders (customer_id) → customers (id), many to one')).toBeVisible();
});

test('what was moved by hand stays where it was put', async ({ window, ask: _ready, hosts }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'The places are read through the browser host.');
  await open(window, 'demo:finance', 'diagram');
  const box = window.locator('.react-flow__node').first();
  await expect(box).toBeVisible();
  const before = await box.boundingBox();
  await box.hover();
  await window.mouse.down();
  await window.mouse.move((before?.x ?? 0) + 90, (before?.y ?? 0) + 120, { steps: 8 });
  await window.mouse.up();
  await expect(window.getByRole('button', { name: 'Lay out again' })).toBeEnabled();
  const { core, close } = await connectToHost((await hosts.get()).url);
  await expect
    .poll(
      async () => Object.keys((await core['diagram.get']({ connectionId: 'demo:finance' })).places).length,
    )
    .toBe(1);
  close();
  await window.getByRole('button', { name: 'Lay out again' }).click();
  await expect(window.getByRole('button', { name: 'Lay out again' })).toBeDisabled();
});

test('a join that inflates a sum is said on the Ask page and lit on the diagram', async ({ window, ask }) => {
  await ask.run(inflated);
  await expect(ask.grid).toBeVisible();
  await window.getByText('A join may inflate sum(o.total_amount)').click();
  await expect(
    window.getByText(/Each row of orders \(o\) counts once for every row of order_items/),
  ).toBeVisible();
  await window.getByRole('link', { name: 'Show on diagram' }).click();
  const joins = window.getByRole('complementary', { name: 'The statement’s joins' });
  await expect(joins).toContainText('one to many');
  await expect(window.locator('.table-box.lit')).toHaveCount(3);
  await expect(window.locator('.relation.fans')).toBeAttached();
  await joins.getByRole('button', { name: 'Open in SQL' }).click();
  await expect(ask.editor).toContainText('order_items');
});

test('a database that cannot be read says so, and can be tried again', async ({ window, ask: _ready }) => {
  await open(window, 'demo:nowhere');
  await expect(window.getByText('The schema could not be read')).toBeVisible();
  await expect(window.getByText('There is no demo database "nowhere".')).toBeVisible();
  await expect(window.getByRole('button', { name: 'Try again' })).toBeVisible();
  await window.getByRole('button', { name: /^Database:/ }).click();
  await window.getByPlaceholder('Find a database').fill('health');
  await window.getByRole('option', { name: /Healthcare/ }).click();
  await expect(window.getByRole('treeitem', { name: /^patients/ })).toBeVisible();
});

for (const scheme of ['light', 'dark'] as const) {
  test(`no serious barrier, ${scheme}`, async ({ window, ask: _ready }) => {
    await window.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await open(window, shop);
    await expect(window.getByRole('table', { name: 'Largest tables' })).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
    await open(window, shop, 'public.orders');
    for (const tab of [
      'Columns',
      'Keys & constraints',
      'Indexes',
      'Sample rows',
      'Definition',
      'References',
    ]) {
      await window.getByRole('tab', { name: tab }).click();
      await expect(window.getByRole('tab', { name: tab })).toHaveAttribute('aria-selected', 'true');
      expect(await findBarriers(window), tab).toEqual([]);
    }
    await open(window, shop, 'lint');
    await expect(window.getByRole('list', { name: 'Checks of the schema' })).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
    await open(window, shop, 'diagram', 'sql', inflated);
    await expect(window.locator('.table-box').first()).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
    await window.getByRole('button', { name: 'As text' }).click();
    await expect(window.getByRole('region', { name: 'Tables and relations' })).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
  });
}

test('nothing of the diagram breaks the content security policy', async ({ window, ask: _ready }) => {
  const complaints: string[] = [];
  window.on('console', (message) => {
    if (/content security policy/i.test(message.text())) complaints.push(message.text());
  });
  await open(window, shop, 'diagram');
  await expect(window.locator('.table-box').first()).toBeVisible();
  expect(complaints).toEqual([]);
});
