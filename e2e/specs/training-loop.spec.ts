import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { connectToHost } from '../connect-to-host.ts';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { openPage } from '../open-page.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { createTrainingWizard } from '../pages/training-wizard.ts';
import { root, startHost } from '../start-host.ts';
import { ownWords } from '../own-words.ts';

const python = process.env.SQLCODEGEN_TRAINING_PYTHON ?? join(root, 'training', '.venv', 'bin', 'python');
/** Each part is seconds on a free machine; one that does a dozen things at once is not the loop's fault. */
const [trainLimitMs, exportLimitMs, gateLimitMs] = [480_000, 300_000, 480_000];

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'This spec starts a browser host of its own.');
  test.skip(!existsSync(python), `There is no Python with the trainer's packages at ${python}.`);
  test.setTimeout(1_500_000);
});

test('from verified examples to a fine-tuned model that answers, and back: the closed loop', async ({
  browser,
}) => {
  const runs = mkdtempSync(join(tmpdir(), 'sqlcodegen-loop-runs-'));
  const host = await startHost(undefined, {
    SQLCODEGEN_TRAINING_PYTHON: python,
    SQLCODEGEN_RUNS_DIR: runs,
    OMP_NUM_THREADS: '2',
  });
  try {
    await saveExamples(host.url);
    const page = await openPage(browser);
    await page.goto(host.url);
    await createAskPage(page).waitUntilReady();
    await trainOnVerified(page);
    await watchRun(page);
    await measure(page);
    await promoteAndAsk(page);
    await rollBack(page);
    await page.close();
  } finally {
    await host.stop();
    rmSync(runs, { recursive: true, force: true });
  }
});

/** As a user would have saved them, answer by answer. */
async function saveExamples(url: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  for await (const _ of core['demo.prepare']({})) void _;
  for (const [question, sql] of ownWords) {
    await core['verified.save']({ connectionId: 'demo:retail', question, sql, origin: 'corrected' });
  }
  close();
}

async function trainOnVerified(page: Page): Promise<void> {
  const wizard = createTrainingWizard(page);
  await createAskPage(page).chooseDatabase(/Retail/);
  await page.getByRole('tab', { name: 'Verified' }).click();
  await page.getByRole('button', { name: 'Train on these' }).click();
  await expect(page.getByRole('checkbox', { name: /Retail/ })).toBeChecked();
  await wizard.next('Base model');
  await wizard.next('Method and recipe');
  await page.getByRole('radio', { name: 'LoRA', exact: true }).check();
  await wizard.changeValues({ 'Steps at most': '10', Precision: 'fp32' });
  await wizard.next('Where');
  await wizard.next('Doctor');
  await wizard.passDoctor();
  await wizard.next('Estimate');
  await wizard.next('Start');
  await page.getByLabel('Name of the run').fill('Retail words');
  expect(await findBarriers(page)).toEqual([]);
  await page.getByRole('button', { name: 'Start the run' }).click();
}

/** Live curves, the adapter, then the file that the recipe asks for. */
async function watchRun(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Retail words' })).toBeVisible();
  // First the steps as they come, in the end the validation's figure.
  const loss = page.getByRole('img', { name: /^Loss\. Latest: / });
  await expect(loss).toBeVisible({ timeout: trainLimitMs });
  await expect(loss).toHaveAttribute('aria-label', /Validation \d/, { timeout: trainLimitMs });
  await expect(page.getByRole('region', { name: 'From this run to the model in use' })).toBeVisible({
    timeout: trainLimitMs,
  });
  await expect(page.getByRole('list', { name: '1 GGUF file' })).toBeVisible({ timeout: exportLimitMs });
  await page.getByRole('tab', { name: /^Checkpoints/ }).click();
  const adapter = page.getByRole('region', { name: 'Files' }).getByText(/\/adapter$/);
  await expect(adapter).toBeVisible();
  await page.getByRole('tab', { name: 'Overview' }).click();
}

async function measure(page: Page): Promise<void> {
  await expect(page.getByRole('checkbox', { name: /Verified examples of Retail/ })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /Questions on the demo databases/ })).toBeChecked();
  await page.getByRole('button', { name: 'Measure', exact: true }).click();
  await expect(page.getByRole('group', { name: 'Measuring' })).toBeVisible();
  // So few questions may gain no more than chance explains; worse, broken and unclear are none of these.
  const verdict = page.getByText(/^(Better than the model in use|No clear difference)$/);
  await expect(verdict).toBeVisible({ timeout: gateLimitMs });
  const figures = page.getByRole('table', { name: 'Questions right, before and after' });
  await expect(figures.getByRole('row', { name: /Verified examples of Retail/ })).toBeVisible();
  await expect(figures.getByRole('row', { name: /Not trained on/ })).toBeVisible();
  const description = (await figures.innerText()).replaceAll(/\s+/g, ' ');
  test.info().annotations.push({ type: 'figures', description });
  expect(await findBarriers(page)).toEqual([]);
}

async function promoteAndAsk(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use this model' }).click();
  await expect(page.getByText('This run’s model is in use.')).toBeVisible();
  await page.getByRole('link', { name: 'Ask', exact: true }).click();
  const ask = createAskPage(page);
  const [question, sql] = ownWords[0] ?? ['', ''];
  await ask.ask(question);
  await expect(ask.editor).toContainText('sum(total_amount)');
  expect(sql).toContain('sum(total_amount)');
  await expect(ask.cell(1, 1)).toBeVisible();
  await page.getByRole('button', { name: 'What the model was given' }).click();
  const lineage = page.getByRole('region', { name: 'Where this answer comes from' });
  await expect(lineage).toContainText('It was trained here.');
  // The model's own page, and the run that made it.
  await expect(lineage.getByRole('link', { name: 'Retail words' })).toHaveCount(2);
  await expect(lineage).toContainText(/(was better than|no clear difference from) the model in use then/);
  await lineage.getByText(/verified examples$/).click();
  await expect(lineage).toContainText(`${question} (trained on)`);
  expect(await findBarriers(page)).toEqual([]);
  await page.keyboard.press('Escape');
}

async function rollBack(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Training', exact: true }).click();
  const models = page.getByRole('region', { name: 'Models in use, over time' });
  await models.getByRole('button', { name: /^Roll back to/ }).click();
  await expect(models.getByText('rolled back to')).toBeVisible();
  await expect(models.getByRole('button', { name: /^Roll back to/ })).toHaveCount(0);
}
