import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { connectToHost } from '../connect-to-host.ts';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { openPage } from '../open-page.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { root, startHost, type RunningHost } from '../start-host.ts';

const python = process.env.SQLCODEGEN_TRAINING_PYTHON ?? join(root, 'training', '.venv', 'bin', 'python');
/** Importing PyTorch alone takes a busy machine long. */
const trainerLimitMs = 120_000;

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'This spec starts browser hosts of its own.');
});

async function withHost(
  browser: Browser,
  work: (page: Page, host: RunningHost, folder: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-run-'));
  const host = await startHost(undefined, {
    SQLCODEGEN_RUNS_DIR: join(folder, 'runs'),
    SQLCODEGEN_TRAINING_PYTHON: python,
    OMP_NUM_THREADS: '1',
  });
  try {
    const page = await openPage(browser);
    await page.goto(host.url);
    await createAskPage(page).waitUntilReady();
    await work(page, host, folder);
    await page.close();
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A model of two layers that would train for hours, with a checkpoint every ten steps. */
function writeRecipe(folder: string): string {
  const data = join(folder, 'data');
  execFileSync(python, ['-m', 'training.tests.make_examples', data], { cwd: root });
  const smoke = readFileSync(join(root, 'training', 'configs', 'smoke_config.yaml'), 'utf8');
  const recipe = smoke
    .replaceAll('runs/smoke-data', data)
    .replace(/^ {2}max_steps: .*$/m, '  max_steps: 100000')
    .replace(/^ {2}log_every_steps: .*$/m, '  log_every_steps: 1')
    .replace(/^ {2}evaluate_every_steps: .*$/m, '  evaluate_every_steps: 10')
    .replace(/^ {2}checkpoint_every_steps: .*$/m, '  checkpoint_every_steps: 10');
  const file = join(folder, 'recipe.yaml');
  writeFileSync(file, recipe);
  return file;
}

async function startRun(url: string, recipe: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  await core['training.startRecipe']({ path: recipe, target: { kind: 'local' } });
  close();
}

const openRuns = (page: Page) => page.getByRole('link', { name: 'Training', exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

test('a real run: watched, stopped, resumed to another end, found again, removed', async ({ browser }) => {
  test.skip(!existsSync(python), `There is no Python with the trainer's packages at ${python}.`);
  test.setTimeout(420_000);
  await withHost(browser, async (page, { url }, folder) => {
    await openRuns(page);
    await expect(page.getByText('No run yet')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await startRun(url, writeRecipe(folder));
    await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'smoke' }).click();
    await expect(heading(page, 'smoke')).toBeVisible();
    await watchRun(page);
    await stopRun(page);
    await resumeRun(page);
    await page.reload();
    await expect(page.getByText('Finished', { exact: true })).toBeVisible();
    await expect(page.getByRole('img', { name: /^Loss\. Latest: .*Validation \d/ })).toBeVisible();
    await removeRun(page);
  });
});

async function watchRun(page: Page): Promise<void> {
  const loss = page.getByRole('img', { name: /^Loss\. Latest: .*Validation \d/ });
  await expect(loss).toBeVisible({ timeout: trainerLimitMs });
  await expect(page.getByRole('tab', { name: /^Checkpoints \(\d/ })).toBeVisible({ timeout: trainerLimitMs });
  await expect(page.getByRole('region', { name: 'GPU memory' })).toHaveCount(0);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await findBarriers(page)).toEqual([]);
  }
  await zoomByDrag(page);
  await page.getByRole('tab', { name: 'Log' }).click();
  await expect(page.getByRole('region', { name: 'Log' }).last()).toContainText(/\d/);
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('tab', { name: /^Events/ }).click();
  await expect(page.getByRole('img', { name: 'Started' })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('tab', { name: /^Checkpoints/ }).click();
  await expect(page.getByText('best', { exact: true })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Setup' }).click();
  await expect(page.getByText('What the trainer found')).toBeVisible();
  await page.getByRole('tab', { name: 'Overview' }).click();
}

/** What is dragged over in one chart is shown in all of them. */
async function zoomByDrag(page: Page): Promise<void> {
  const toolbar = page.getByRole('toolbar', { name: 'How the charts are shown' });
  const box = await page.getByRole('img', { name: /^Loss/ }).boundingBox();
  if (!box) throw new Error('There is no chart.');
  await page.mouse.move(box.x + box.width * 0.3, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 100, { steps: 4 });
  await page.mouse.up();
  await expect(toolbar.getByText(/^\d+ to \d+$/)).toBeVisible();
  await page.getByRole('img', { name: /^Loss/ }).dblclick();
  await expect(toolbar.getByText('The whole run', { exact: true })).toBeVisible();
}

async function stopRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop after checkpoint' }).click();
  await expect(page.getByText(/^Stopped at step \d/)).toBeVisible({ timeout: trainerLimitMs });
  expect(await findBarriers(page)).toEqual([]);
}

async function resumeRun(page: Page): Promise<void> {
  const reached = await page.getByText(/^Stopped at step/).innerText();
  const step = Number(reached.replaceAll(/\D/g, ''));
  await page.getByRole('button', { name: 'Resume…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Resume this run' });
  await dialog.getByRole('textbox', { name: 'Until step' }).fill('1');
  await expect(dialog.getByText(/It has reached step/)).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Until step' }).fill(String(step + 20));
  await dialog.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: trainerLimitMs });
  const bar = page.getByRole('progressbar', { name: 'Progress of smoke' });
  await expect(bar).toHaveAttribute('aria-valuenow', '100');
}

async function removeRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Remove the run…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No run yet')).toBeVisible();
}
