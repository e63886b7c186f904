import type { Page } from '@playwright/test';
import type { AskPage } from '../pages/ask-page.ts';
import type { Shot } from './shot.ts';

const fanOut = `SELECT c.country, sum(o.total_amount) AS revenue
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
JOIN order_items AS i ON i.order_id = o.id
WHERE o.status <> 'cancelled'
GROUP BY c.country
ORDER BY revenue DESC`;

/** The conversation and what else there is to say of an answer; each shot begins on the Ask page. */
export const conversationShots: Shot[] = [
  { name: 'candidates', wide: true, asks: true, show: showCandidates },
  { name: 'repair', show: showRepair },
  { name: 'in-words', wide: true, show: showWords },
  { name: 'plan', wide: true, show: showPlan },
  { name: 'verified', show: showVerified },
];

async function showCandidates(page: Page, ask: AskPage): Promise<void> {
  await page.getByRole('link', { name: 'Ask', exact: true }).click();
  await ask.ask('Which customers spent the most?');
  await page.getByText(/answered in/).waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: /^Candidates/ }).click();
  await page.getByRole('region', { name: 'Result 1' }).waitFor();
}

async function showRepair(page: Page, ask: AskPage): Promise<void> {
  await ask.run('SELECT c.nmae, count(*)\nFROM customers AS c\nGROUP BY c.nmae');
  await page.getByRole('button', { name: 'Repair' }).click();
  await page.getByRole('textbox', { name: 'The repaired statement' }).waitFor();
}

async function showWords(page: Page, ask: AskPage): Promise<void> {
  await page.keyboard.press('Escape');
  await ask.run(fanOut);
  await ask.grid.waitFor();
  await page.getByRole('tab', { name: 'In words' }).click();
  await page.getByText(/^Reads orders/).waitFor();
}

async function showPlan(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Plan' }).click();
  await page.getByRole('button', { name: 'Run and measure' }).click();
  await page.getByRole('tree', { name: 'Steps of the plan' }).waitFor();
}

async function showVerified(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Save as verified example' }).click();
  await page.getByRole('tab', { name: 'Verified' }).click();
  await page.getByRole('list', { name: 'Verified examples' }).waitFor();
}
