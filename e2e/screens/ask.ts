import type { Page } from '@playwright/test';
import type { AskPage } from '../pages/ask-page.ts';
import { createConnectionsPage } from '../pages/connections-page.ts';
import type { Shot } from './shot.ts';

const question = 'How many customers are there?';
const revenue = `SELECT c.country, count(*) AS orders, sum(o.total_amount) AS revenue
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
GROUP BY c.country
ORDER BY revenue DESC`;

export const askShots: Shot[] = [
  { name: 'start', wide: true, show: async () => undefined },
  { name: 'answer', wide: true, asks: true, show: showAnswer },
  { name: 'model-input', asks: true, show: showDetails },
  { name: 'two-results', wide: true, asks: true, show: showTwoResults },
  { name: 'follow-up', wide: true, asks: true, show: showFollowUp },
  { name: 'not-answerable', wide: true, asks: true, show: showNotAnswerable },
  { name: 'rows', wide: true, show: showRows },
  { name: 'long-result', show: showLongResult },
  { name: 'chart', wide: true, show: showChart },
  { name: 'running', show: showRunning },
  { name: 'refused', show: showRefused },
  { name: 'error', show: showError },
  { name: 'databases', show: showDatabases },
  { name: 'connections', wide: true, show: showConnections },
  { name: 'connection-form', show: showForm },
  { name: 'settings', wide: true, show: showSettings },
  { name: 'shortcuts', show: showShortcuts },
  { name: 'palette', wide: true, show: showPalette },
];

async function showAnswer(page: Page, ask: AskPage): Promise<void> {
  await ask.ask(question);
  await ask.grid.or(ask.notice).first().waitFor({ timeout: 60_000 });
}

async function showDetails(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'What the model was given' }).click();
}

/** A question that the starter's candidates disagree about; it shows one result where they come to agree. */
async function showTwoResults(page: Page, ask: AskPage): Promise<void> {
  await page.keyboard.press('Escape');
  await ask.ask('Which customers spent the most?');
  await page.getByText(/answered in/).waitFor({ timeout: 60_000 });
}

async function showFollowUp(page: Page, ask: AskPage): Promise<void> {
  await ask.ask('List the name and city of customers from Germany.');
  await page.getByText(/answered in/).waitFor({ timeout: 60_000 });
  await ask.ask('only those in Berlin');
  await page.getByText('The earlier statement, changed').waitFor({ timeout: 60_000 });
  await ask.question.fill('sort by name');
}

async function showNotAnswerable(_page: Page, ask: AskPage): Promise<void> {
  await ask.ask('Which albums did Metallica record?');
  await ask.notice.waitFor();
}

async function showRows(page: Page, ask: AskPage): Promise<void> {
  await ask.run(revenue);
  await ask.grid.waitFor();
  await page.getByRole('treeitem', { name: /^orders/ }).press('ArrowRight');
  await ask.cell(2, 2).click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
}

async function showLongResult(page: Page, ask: AskPage): Promise<void> {
  await ask.run(
    "SELECT i AS id, 'Customer ' || i AS name, i * 1.25 AS total FROM generate_series(1, 1000000) AS i",
  );
  await page.getByRole('button', { name: 'Count', exact: true }).click();
  await page.getByText('1,000,000 rows', { exact: true }).waitFor({ timeout: 60_000 });
}

async function showChart(page: Page, ask: AskPage): Promise<void> {
  await ask.run(revenue);
  await page.getByRole('button', { name: 'Chart', exact: true }).click();
  await page.getByRole('img', { name: /^Bars of/ }).waitFor();
}

async function showRunning(page: Page, ask: AskPage): Promise<void> {
  await ask.run('SELECT pg_sleep(30)');
  await page.waitForTimeout(1_500);
}

async function showRefused(page: Page, ask: AskPage): Promise<void> {
  await page.keyboard.press('Escape');
  await ask.run('DELETE FROM customers');
  await ask.notice.waitFor();
  await ask.openTab('History');
}

async function showError(_page: Page, ask: AskPage): Promise<void> {
  await ask.run('SELECT nmae FROM customers');
  await ask.notice.filter({ hasText: 'nmae' }).waitFor();
}

async function showDatabases(_page: Page, ask: AskPage): Promise<void> {
  await ask.chooser.click();
}

async function showConnections(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await createConnectionsPage(page).open();
}

async function showForm(page: Page): Promise<void> {
  const connections = createConnectionsPage(page);
  await connections.startAdding();
  await connections.fillUrl('postgres://analyst:secret@127.0.0.1:1/warehouse?sslmode=require');
  await connections.field('Name').fill('Reporting');
  await connections.button('Test the connection').click();
  await page.getByText('The connection does not work').waitFor();
}

async function showSettings(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('region', { name: 'General' }).waitFor();
}

async function showShortcuts(page: Page): Promise<void> {
  await page.keyboard.press('?');
}

async function showPalette(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').last().fill('tab');
}
