import type { Page } from '@playwright/test';
import type { Shot } from './shot.ts';

const shop = ['schema', 'demo:ecommerce'];
const inflated = `SELECT c.country, sum(o.total_amount) AS revenue
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
JOIN order_items AS i ON i.order_id = o.id
GROUP BY c.country`;

/** The schema explorer: overview, a table, checks, the diagram, and a statement's joins on it. */
export const schemaShots: Shot[] = [
  { name: 'schema', wide: true, show: showOverview },
  { name: 'schema-table', wide: true, show: showTable },
  { name: 'schema-rows', show: showRows },
  { name: 'schema-checks', show: showChecks },
  { name: 'diagram', wide: true, show: showDiagram },
  { name: 'diagram-joins', wide: true, show: showJoins },
];

async function open(page: Page, ...rest: string[]): Promise<void> {
  await page.keyboard.press('Escape');
  const hash = `#/${[...shop, ...rest].map(encodeURIComponent).join('/')}`;
  await page.evaluate((address) => (window.location.hash = address), hash);
}

async function showOverview(page: Page): Promise<void> {
  await open(page);
  await page.getByRole('table', { name: 'Largest tables' }).waitFor();
}

async function showTable(page: Page): Promise<void> {
  await open(page, 'public.orders');
  await page.getByRole('table', { name: 'Columns' }).waitFor();
}

async function showRows(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Sample rows' }).click();
  await page.getByRole('grid', { name: 'Sample rows' }).waitFor();
}

async function showChecks(page: Page): Promise<void> {
  await open(page, 'lint');
  await page.getByRole('list', { name: 'Checks of the schema' }).waitFor();
}

async function showDiagram(page: Page): Promise<void> {
  await open(page, 'diagram');
  await page.locator('.table-box').first().waitFor();
}

async function showJoins(page: Page): Promise<void> {
  await open(page, 'diagram', 'sql', inflated);
  await page.locator('.relation.fans').waitFor({ state: 'attached' });
}
