import { chromium, type Browser, type CDPSession, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchArguments } from '../chromium.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { startHost } from '../start-host.ts';

/**
 * How long the window takes to open and how much a key costs, in a real browser: `npm run build && node e2e/bench/window.ts`.
 * Milliseconds, medians of the rounds with the fastest and the slowest.
 */

const rounds = 10;
const keysTyped = 60;
const statement =
  'SELECT c.name, count(*) FROM customers AS c JOIN orders AS o ON o.customer_id = c.id WHERE ';

interface Figures {
  median: number;
  fastest: number;
  slowest: number;
}

function summarise(values: number[]): Figures {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { median, fastest: sorted[0] ?? NaN, slowest: sorted.at(-1) ?? NaN };
}

function print(what: string, { median, fastest, slowest }: Figures, target: string): void {
  const cells = [median, fastest, slowest].map((ms) => ms.toFixed(ms < 10 ? 1 : 0).padStart(8));
  console.log(`${what.padEnd(64)}${cells.join('')}   ${target}`);
}

/** Until a question can be asked: the box is there, and the database's schema beside it. */
async function openUntilUsable(browser: Browser, url: string): Promise<{ page: Page; ms: number }> {
  const page = await browser.newPage();
  const startedAt = performance.now();
  await page.goto(url);
  await createAskPage(page).waitUntilReady();
  return { page, ms: performance.now() - startedAt };
}

/** The host is stopped and started again on a folder that has been used: its server must start, nothing is loaded. */
async function measureColdStarts(browser: Browser, dataDir: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const host = await startHost(dataDir);
    const { page } = await openUntilUsable(browser, host.url);
    times.push(performance.now() - startedAt);
    await page.close();
    await host.stop({ keepData: true });
  }
  return times;
}

async function measureFirstStart(browser: Browser, dataDir: string): Promise<number> {
  const startedAt = performance.now();
  const host = await startHost(dataDir);
  const { page } = await openUntilUsable(browser, host.url);
  const ms = performance.now() - startedAt;
  await page.close();
  await host.stop({ keepData: true });
  return ms;
}

async function measureOpenings(browser: Browser, url: string): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { page, ms } = await openUntilUsable(browser, url);
    times.push(ms);
    await page.close();
  }
  return times;
}

/** Busy milliseconds of the page's main thread for one key: scripts, styles, layout and paint, without waiting. */
async function measureKeys(page: Page, cdp: CDPSession): Promise<number[]> {
  const { editor } = createAskPage(page);
  await editor.fill(statement);
  await editor.press('End');
  const costs: number[] = [];
  for (let key = 0; key < keysTyped; key += 1) {
    const before = await readTaskMs(cdp);
    await page.keyboard.type('name '[key % 5] ?? ' ');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    costs.push((await readTaskMs(cdp)) - before);
  }
  return costs;
}

async function readTaskMs(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1_000;
}

async function measureTyping(browser: Browser, url: string): Promise<number[]> {
  const { page } = await openUntilUsable(browser, url);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable');
  const medians: number[] = [];
  for (let round = 0; round < rounds; round += 1)
    medians.push(summarise(await measureKeys(page, cdp)).median);
  await page.close();
  return medians;
}

const dataDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-bench-'));
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  console.log(`${''.padEnd(64)}  median fastest slowest   (ms, ${rounds} rounds)`);
  const first = await measureFirstStart(browser, dataDir);
  print('very first start, five demo databases made', summarise([first]), 'one round');
  print(
    'cold start to usable Ask page',
    summarise(await measureColdStarts(browser, dataDir)),
    'at most 3000',
  );
  const host = await startHost(dataDir);
  await (await openUntilUsable(browser, host.url)).page.close();
  print(
    'opening the window, host and server up',
    summarise(await measureOpenings(browser, host.url)),
    'at most 1000',
  );
  print(
    'a key in the editor, main thread (median of a round)',
    summarise(await measureTyping(browser, host.url)),
    'at most 16',
  );
  await host.stop();
} finally {
  await browser.close();
  rmSync(dataDir, { recursive: true, force: true });
}
