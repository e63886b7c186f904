import type { BrowserContext, Page } from '@playwright/test';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { createDatasetPage, type DatasetPage } from '../pages/dataset-page.ts';
import { writeSmallRelease } from '../small-release.ts';
import { startHost, type RunningHost } from '../start-host.ts';

/** Converting starts a PostgreSQL server of its own; a busy machine takes its time. */
const buildLimitMs = 180_000;

// The dataset is made by the real pipeline once, and each test goes on with what the one before left.
test.describe.configure({ mode: 'serial', timeout: 240_000 });

let folder: string;
let host: RunningHost;
let context: BrowserContext;
let page: Page;
let dataset: DatasetPage;

test.beforeAll(async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Needs a host with a dataset folder of its own.');
  folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-dataset-e2e-'));
  await writeSmallRelease(join(folder, 'release'));
  host = await startHost(join(folder, 'app'), { SQLCODEGEN_DATASET_DIR: join(folder, 'data') });
  context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  await page.goto(host.url);
  dataset = createDatasetPage(page);
  await expect(page.getByRole('textbox', { name: 'Question' })).toBeVisible();
});

test.afterAll(async () => {
  await context?.close();
  await host?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

async function expectNoBarrier(): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await findBarriers(page)).toEqual([]);
  }
}

async function runPipeline(start: () => Promise<void>): Promise<void> {
  await start();
  const last = page.getByRole('region', { name: 'Last run' });
  await expect(last.getByRole('status')).toHaveText('Finished', { timeout: buildLimitMs });
}

test('without a dataset, the way to one', async () => {
  await page.getByRole('link', { name: 'Dataset', exact: true }).click();
  await expect(page.getByText('No dataset yet')).toBeVisible();
  await expectNoBarrier();
  await page.getByRole('button', { name: 'Open the pipeline' }).click();
  await expect(page.getByRole('listitem', { name: 'convert' })).toContainText('missing');
  await page.getByRole('button', { name: 'Import and run all' }).click();
  await expect(page.getByText('Give the path first.')).toBeVisible();
  await expectNoBarrier();
});

test('a release that is not there is named, and the path stays', async () => {
  const path = page.getByRole('textbox', { name: 'Path of the zip or folder' });
  await path.fill(join(folder, 'nowhere.zip'));
  await page.getByRole('button', { name: 'Import and run all' }).click();
  await expect(page.getByRole('alert')).toContainText('There is nothing at');
  await expect(path).toHaveValue(join(folder, 'nowhere.zip'));
});

test('the pipeline runs with progress, outlives a reload, and is a job', async () => {
  await page.getByRole('textbox', { name: 'Path of the zip or folder' }).fill(join(folder, 'release'));
  await runPipeline(async () => {
    await page.getByRole('button', { name: 'Import and run all' }).click();
    await expect(page.getByRole('region', { name: 'Running now' })).toBeVisible();
    await page.reload();
  });
  for (const stage of ['import', 'verify', 'parse', 'convert', 'format', 'split', 'version']) {
    await expect(page.getByRole('listitem', { name: stage, exact: true })).toContainText('done');
  }
  await page.getByText('Log', { exact: true }).click();
  await expect(page.getByRole('log')).toContainText('version: done');
  await expectNoBarrier();
});

test('examples are found as one types, by filters with counts, and with the keyboard', async () => {
  await dataset.openSection('Examples');
  await expect(page.getByText('9 of 9 examples')).toBeVisible();
  await dataset.search.fill('conductor');
  await expect(page.getByText('4 of 9 examples')).toBeVisible();
  await page.getByRole('checkbox', { name: /^join 1$/ }).check();
  await expect(page.getByText('1 of 9 examples')).toBeVisible();
  await page.reload();
  await expect(dataset.search).toHaveValue('conductor');
  await expect(page.getByText('1 of 9 examples')).toBeVisible();
  await page.getByRole('button', { name: 'Remove SQL features: join' }).click();
  await expect(page.getByText('4 of 9 examples')).toBeVisible();
  await expectNoBarrier();
  await dataset.search.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(dataset.example('train_spider:2')).toBeVisible();
  await expect(page.getByText('3 of 4')).toBeVisible();
  await page.getByRole('button', { name: 'Next example' }).click();
  await expect(dataset.example('train_spider:3')).toBeVisible();
  await dataset.search.fill('zzyzx');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await expect(page.getByText('not in this search')).toBeVisible();
  await page.getByRole('button', { name: 'Clear all' }).last().click();
  await expect(page.getByText('9 of 9 examples')).toBeVisible();
});

test('an example shows both queries, both results, its proof, its prompt and what is alike', async () => {
  await dataset.open('examples/train_spider%3A0');
  const view = dataset.example('train_spider:0');
  await dataset.openTab('Query');
  await expect(view.getByRole('textbox', { name: 'SQLite, as published' })).toContainText('Conductor');
  await expect(view.getByRole('textbox', { name: 'PostgreSQL', exact: true })).toContainText(
    'FROM conductor',
  );
  await view.getByRole('button', { name: 'Run now on both' }).click();
  await expect(view.getByText('Asked just now')).toBeVisible({ timeout: 60_000 });
  await expect(view.getByRole('cell', { name: '3', exact: true })).toHaveCount(4);
  await expectNoBarrier();
  await view.getByText('In one', { exact: true }).click();
  await expect(view.getByRole('textbox')).toHaveCount(1);
  await dataset.openTab('Proof');
  await expect(view.getByText('Rows made for this query')).toBeVisible();
  await expectNoBarrier();
  await dataset.openTab('Prompt');
  await expect(view.getByText(/How many conductors are there\? \[\/INST\]/)).toBeVisible();
  await expectNoBarrier();
  await dataset.openTab('Related (1)');
  await view.getByRole('link', { name: 'Count the conductors.' }).click();
  await expect(dataset.example('train_spider:1')).toBeVisible();
});

test('a pair that failed says why', async () => {
  await dataset.open('examples/train_spider%3A5');
  await dataset.openTab('Proof');
  const view = dataset.example('train_spider:5');
  await expect(view.getByText('gold fails on SQLite', { exact: true })).toBeVisible();
  await expect(view.getByText('no such table: Instrument', { exact: true })).toBeVisible();
  await dataset.openTab('Prompt');
  await expect(view.getByText('This example is in no split, so there is no prompt for it.')).toBeVisible();
});

test('a correction is tried, refused with its reason, kept over a reload, saved and seen', async () => {
  await dataset.open('examples/train_spider%3A1');
  const view = dataset.example('train_spider:1');
  await dataset.openTab('Correct');
  const editor = view.getByRole('textbox', { name: 'PostgreSQL SQL' });
  await editor.fill('SELECT count(nmae) FROM conductor');
  await view.getByRole('textbox', { name: 'Author' }).fill('Ada');
  await view.getByRole('textbox', { name: 'Reason' }).fill('Counts names.');
  await view.getByRole('button', { name: 'Save the correction' }).click();
  await expect(view.getByRole('alert')).toContainText('nmae', { timeout: 60_000 });
  await page.reload();
  await expect(editor).toContainText('nmae');
  await editor.fill('SELECT count(name) FROM conductor');
  await editor.press('Control+Enter');
  await expect(view.getByText('The same rows.')).toBeVisible({ timeout: 60_000 });
  await expectNoBarrier();
  await view.getByRole('button', { name: 'Save the correction' }).click();
  const kept = view.getByRole('region', { name: 'A correction holds' });
  await expect(kept).toContainText('SELECT count(*) FROM conductor', { timeout: 60_000 });
  await expect(kept).toContainText('SELECT count(name) FROM conductor');
  await expect(kept).toContainText('Its rows are those of the published query.');
  await expectNoBarrier();
});

test('the next version says what changed', async () => {
  await dataset.openSection('Pipeline');
  await expect(page.getByRole('listitem', { name: 'split', exact: true })).toContainText('stale');
  await runPipeline(async () => {
    await page.getByRole('button', { name: 'Run what is not done' }).click();
    await expect(page.getByRole('region', { name: 'Running now' })).toBeVisible();
  });
  await expect(page.getByRole('listitem', { name: 'split', exact: true })).toContainText('done');
  await dataset.openSection('Versions');
  await expect(page.getByText('1 changed')).toBeVisible();
  const changed = page.getByRole('region', { name: 'changed', exact: true });
  await expect(changed).toContainText('train_spider:1');
  await expect(changed.getByRole('row', { name: /^sql / })).toContainText(
    'SELECT count(name) FROM conductor',
  );
  await expectNoBarrier();
});

test('a correction is withdrawn', async () => {
  await dataset.open('examples/train_spider%3A1');
  await dataset.openTab('Correct');
  await page.getByRole('button', { name: 'Withdraw' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await expect(page.getByRole('region', { name: 'A correction holds' })).toHaveCount(0);
});

test('databases are listed, with their columns in both engines and their rows', async () => {
  await dataset.openSection('Databases');
  await expect(page.getByText('3 of 3 databases')).toBeVisible();
  await expectNoBarrier();
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('zzyzx');
  await expect(page.getByText('No database matches')).toBeVisible();
  await page.getByRole('textbox', { name: 'Filter by name' }).fill('orch');
  await page.getByRole('link', { name: 'orchestra_hall' }).click();
  await page.getByRole('link', { name: /^Concert/ }).click();
  await expect(page.getByRole('row', { name: /^Attendance REAL/ })).toContainText('double precision');
  await expectNoBarrier();
  await dataset.openTab('Rows as shipped');
  await expect(page.getByRole('gridcell', { name: '812.5' })).toBeVisible();
  await expectNoBarrier();
  await page.getByRole('link', { name: 'Its 6 questions' }).click();
  await expect(page.getByText('6 of 9 examples')).toBeVisible();
});

test('statistics are pictures and tables, and lead to the examples', async () => {
  await dataset.openSection('Statistics');
  const outcomes = page.getByRole('region', { name: 'Outcome of conversion by source' });
  await expect(outcomes.getByRole('img').locator('svg, canvas')).toBeVisible();
  await expectNoBarrier();
  await page.getByRole('button', { name: 'As a table' }).click();
  await expectNoBarrier();
  await page.getByRole('link', { name: 'Show Spider train, failed: 1' }).click();
  await expect(page.getByText('1 of 9 examples')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove Outcome of conversion: failed' })).toBeVisible();
});

test('while it is read it says so', async () => {
  const held: (() => void)[] = [];
  let isHolding = true;
  await page.routeWebSocket(/.*/, (near) => {
    const far = near.connectToServer();
    near.onMessage((message) => {
      const send = (): void => far.send(message);
      if (isHolding && String(message).includes('dataset.status')) held.push(send);
      else send();
    });
  });
  await page.reload();
  await dataset.open('examples');
  await expect(page.getByText('Loading…')).toBeVisible();
  await expectNoBarrier();
  await expect.poll(() => held.length).toBeGreaterThan(0);
  isHolding = false;
  for (const send of held.splice(0)) send();
  await expect(dataset.list).toBeVisible();
});

test('a damaged file is named with its line, and a mended one is read', async () => {
  const file = join(folder, 'data', 'processed', 'pairs.jsonl');
  const whole = readFileSync(file);
  appendFileSync(file, '{"id": \n');
  await page.reload();
  await dataset.open('examples');
  await expect(page.getByRole('alert')).toContainText('pairs.jsonl');
  await expectNoBarrier();
  writeFileSync(file, whole);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(dataset.list).toBeVisible();
});
