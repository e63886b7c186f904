import { chromium, type Browser, type Page } from '@playwright/test';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, launchArguments } from './chromium.ts';
import { createAskPage, type AskPage } from './pages/ask-page.ts';
import { createConnectionsPage } from './pages/connections-page.ts';
import { root, startHost } from './start-host.ts';

/**
 * Pictures of the real window in each state, for docs/screens: `npm run build && node e2e/take-screens.ts [FOLDER]`.
 * FOLDER is the data folder that the settings will show; it must not exist, and is thrown away.
 */

const folder = join(root, 'docs', 'screens');
const hasModel = existsSync(join(root, 'data', 'models', 'starter.gguf'));
const question = 'How many customers are there?';
const revenue = `SELECT c.country, count(*) AS orders, sum(o.total_amount) AS revenue
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
GROUP BY c.country
ORDER BY revenue DESC`;

interface Look {
  scheme: 'light' | 'dark';
  width: number;
  height: number;
}

interface Shot {
  name: string;
  /** Only with a model. */
  asks?: boolean;
  /** Brings the page into the state; it begins where the shot before it ended. */
  show(page: Page, ask: AskPage): Promise<void>;
}

const shots: Shot[] = [
  { name: 'start', show: async () => undefined },
  { name: 'answer', asks: true, show: showAnswer },
  { name: 'model-input', asks: true, show: showDetails },
  { name: 'two-results', asks: true, show: showTwoResults },
  { name: 'follow-up', asks: true, show: showFollowUp },
  { name: 'not-answerable', asks: true, show: showNotAnswerable },
  { name: 'rows', show: showRows },
  { name: 'running', show: showRunning },
  { name: 'refused', show: showRefused },
  { name: 'error', show: showError },
  { name: 'databases', show: showDatabases },
  { name: 'connections', show: showConnections },
  { name: 'connection-form', show: showForm },
  { name: 'settings', show: showSettings },
  { name: 'shortcuts', show: showShortcuts },
];

const looks: Look[] = [
  { scheme: 'light', width: 1_280, height: 800 },
  { scheme: 'dark', width: 1_280, height: 800 },
  { scheme: 'light', width: 1_920, height: 1_080 },
  { scheme: 'dark', width: 1_920, height: 1_080 },
];
/** At 1920 only what gains by the room, to keep the folder small. */
const wideShots = new Set(['start', 'answer', 'two-results', 'follow-up', 'not-answerable', 'rows']);

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
  await page.getByText('Where things are kept').waitFor();
}

async function showShortcuts(page: Page): Promise<void> {
  await page.keyboard.press('?');
}

async function takeAll(browser: Browser, url: string, { scheme, width, height }: Look): Promise<void> {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  const ask = createAskPage(page);
  await ask.waitUntilReady();
  for (const { name, asks, show } of shots) {
    if ((width > 1_280 && !wideShots.has(name)) || (asks && !hasModel)) continue;
    await show(page, ask);
    // Toasts and the last of the drawing.
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), scale: 'css' });
  }
  await context.close();
}

const dataDir = process.argv[2];
if (dataDir !== undefined && existsSync(dataDir)) throw new Error(`${dataDir} exists already.`);
mkdirSync(folder, { recursive: true });
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  for (const look of looks) {
    // A host for each: what one look chose, such as the tab at the side, is kept and would greet the next.
    const host = await startHost(dataDir);
    await takeAll(browser, host.url, look).finally(() => host.stop());
  }
} finally {
  await browser.close();
}
