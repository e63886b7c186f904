import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { openPage } from '../open-page.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { startHost } from '../start-host.ts';
import { startTinyRun, trainerPython, writeTinyRecipe } from '../tiny-runs.ts';

/** Importing PyTorch alone takes a busy machine long; an export imports it twice. */
const trainerLimitMs = 120_000;

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'This spec starts browser hosts of its own.');
});

test('runs that ended: one is trained further and exported, one failed and says why, two are compared', async ({
  browser,
}) => {
  test.skip(
    !existsSync(trainerPython),
    `There is no Python with the trainer's packages at ${trainerPython}.`,
  );
  test.setTimeout(420_000);
  const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-after-'));
  const host = await startHost(undefined, {
    SQLCODEGEN_RUNS_DIR: join(folder, 'runs'),
    SQLCODEGEN_TRAINING_PYTHON: trainerPython,
    OMP_NUM_THREADS: '1',
  });
  try {
    const slow = { name: 'slow', learning_rate: '1.0e-3', max_steps: 4 };
    for (const [folderName, changes] of [
      ['quick', { name: 'quick', max_steps: 6 }],
      ['slow', slow],
      // The second step's loss is no number any more.
      ['broken', { name: 'broken', learning_rate: '1.0e+30', max_steps: 8 }],
    ] as const) {
      await startTinyRun(host.url, writeTinyRecipe(join(folder, folderName), changes));
    }
    const page = await openPage(browser);
    await page.goto(host.url);
    await createAskPage(page).waitUntilReady();
    await openRun(page, 'broken');
    await seeFailure(page);
    await openRun(page, 'quick');
    await trainFurther(page);
    await compareRuns(page);
    await openRun(page, 'quick');
    await exportRun(page);
    await page.close();
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function openRun(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Training', exact: true }).click();
  await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

async function seeFailure(page: Page): Promise<void> {
  const alert = page.getByRole('alert').filter({ hasText: 'The trainer failed' });
  await expect(alert).toBeVisible({ timeout: trainerLimitMs });
  await expect(alert).toContainText(/lower optimizer\.learning_rate/);
  await expect(alert.getByRole('region', { name: 'End of the log' })).toContainText(
    /lower optimizer\.learning_rate/,
  );
  await expect(alert.getByRole('button', { name: 'Go on' })).toBeVisible();
  expect(await findBarriers(page)).toEqual([]);
}

async function trainFurther(page: Page): Promise<void> {
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: trainerLimitMs });
  await page.getByRole('button', { name: 'Train further…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Train this run further' });
  await expect(dialog).toContainText('It reached its end at step 6');
  await dialog.getByRole('textbox', { name: 'Until step' }).fill('9');
  expect(await findBarriers(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Train further' }).click();
  await expect(page.getByText('9 of 9 steps')).toBeVisible({ timeout: trainerLimitMs });
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: trainerLimitMs });
}

async function compareRuns(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Training', exact: true }).click();
  await expect(page.getByRole('row', { name: /^Compare slow slow/ })).toContainText('Finished', {
    timeout: trainerLimitMs,
  });
  await page.getByRole('checkbox', { name: 'Compare quick' }).check();
  await page.getByRole('checkbox', { name: 'Compare slow' }).check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  const curves = page.getByRole('img', {
    name: /^Training loss\. Latest: .*quick \d.*slow \d|slow \d.*quick \d/,
  });
  await expect(curves).toBeVisible();
  const table = page.getByRole('table', { name: 'Results and differences' });
  await expect(table).toContainText('quick');
  await expect(table).toContainText('slow');
  expect(await findBarriers(page)).toEqual([]);
}

async function exportRun(page: Page): Promise<void> {
  const panel = page.getByRole('region', { name: 'From this run to the model in use' });
  await panel.getByRole('button', { name: 'Export as Q8_0' }).click();
  await expect(panel.getByRole('progressbar', { name: /^Progress of Exporting quick/ })).toBeVisible();
  await expect(panel.getByText(/quick\S*-Q8_0\.gguf$/).first()).toBeVisible({ timeout: trainerLimitMs });
  await expect(panel.getByRole('button', { name: 'Measure' })).toBeVisible();
  await page.getByRole('tab', { name: /^Checkpoints/ }).click();
  await expect(page.getByRole('region', { name: 'Files' })).toContainText(/quick\S*-Q8_0\.gguf/);
  expect(await findBarriers(page)).toEqual([]);
}
