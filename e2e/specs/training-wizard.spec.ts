import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
/** The doctor starts Python and reads all examples; a busy machine takes its time. */
const doctorLimitMs = 120_000;

const steps = ['Data', 'Base model', 'Method and recipe', 'Where', 'Doctor', 'Estimate', 'Start'];

interface Opened {
  host: RunningHost;
  page: Page;
  folder: string;
}

/** A host of its own, without Spider; what it makes lies in `folder`. */
async function withWizard(
  browser: Browser,
  extraEnv: Record<string, string>,
  work: (opened: Opened) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-wizard-'));
  const host = await startHost(undefined, {
    SQLCODEGEN_DATASET_DIR: join(folder, 'dataset'),
    SQLCODEGEN_RUNS_DIR: join(folder, 'runs'),
    ...extraEnv,
  });
  try {
    const page = await openPage(browser);
    await page.goto(host.url);
    await createAskPage(page).waitUntilReady();
    await open(page, 'data');
    await work({ host, page, folder });
    await page.close();
  } finally {
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(page: Page, step: string): Promise<void> {
  await page.evaluate((name) => {
    window.location.hash = `#/training/new/${name}`;
  }, step);
  await expect(page.getByRole('heading', { name: 'New training run' })).toBeVisible();
}

async function goTo(page: Page, step: string): Promise<void> {
  const name = new RegExp(`^\\d\\. ${step}`);
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { name: step, level: 2, exact: true })).toBeVisible();
  await expect(page.getByText('Loading…')).toHaveCount(0);
}

test.beforeEach(({}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'This spec starts browser hosts of its own.');
});

test('nothing to learn from yet: each step says what is missing, and no step has a barrier', async ({
  browser,
}) => {
  await withWizard(browser, {}, async ({ page }) => {
    await expect(page.getByRole('link', { name: 'Build the dataset' })).toBeVisible();
    await expect(page.getByText('No verified example yet')).toBeVisible();
    await expect(page.getByText('Choose at least one source of examples.')).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const step of steps) {
        await goTo(page, step);
        expect(await findBarriers(page), `${step}, ${colorScheme}`).toEqual([]);
      }
    }
    await expect(page.getByRole('button', { name: 'Start the run' })).toHaveCount(0);
    await goTo(page, 'Doctor');
    await expect(page.getByText('The doctor has not run yet')).toBeVisible();
  });
});

test('an SSH host that does not answer says so; what was typed of it and of Colab outlives a reload', async ({
  browser,
}) => {
  await withWizard(browser, {}, async ({ page }) => {
    await goTo(page, 'Where');
    await page.getByRole('radio', { name: 'Google Colab' }).check();
    await page.getByLabel('Bucket', { exact: true }).fill('my-runs');
    await page.getByRole('radio', { name: 'A machine over SSH' }).check();
    await page.getByRole('button', { name: 'Add a host' }).click();
    const form = page.getByRole('form', { name: 'Add an SSH host' });
    await form.getByLabel('Host', { exact: true }).fill('127.0.0.1');
    await form.getByLabel('Port', { exact: true }).fill('1');
    await form.getByLabel('User', { exact: true }).fill('ada');
    await form.getByLabel('Sign in with').selectOption('a password');
    await form.getByLabel('Password', { exact: true }).fill('hunter2');
    await form.getByRole('button', { name: 'Test' }).click();
    await expect(form.getByRole('alert')).toContainText('The host cannot be used');
    expect(await findBarriers(page)).toEqual([]);

    await page.reload();
    await expect(form.getByLabel('Host', { exact: true })).toHaveValue('127.0.0.1');
    // Secrets are not written into the page's storage.
    await expect(form.getByLabel('Password', { exact: true })).toHaveValue('');
    await form.getByRole('button', { name: 'Save the host' }).click();
    await expect(page.getByRole('radio', { name: '127.0.0.1' })).toBeChecked();
    await page.getByRole('radio', { name: 'Google Colab' }).check();
    await expect(page.getByLabel('Bucket', { exact: true })).toHaveValue('my-runs');
  });
});

test('from a file of examples to a run that the doctor has passed', async ({ browser }) => {
  test.skip(!existsSync(python), `There is no Python with the trainer's packages at ${python}.`);
  test.setTimeout(300_000);
  const env = { SQLCODEGEN_TRAINING_PYTHON: python, OMP_NUM_THREADS: '1' };
  await withWizard(browser, env, async ({ host, page, folder }) => {
    await page.getByRole('button', { name: 'Add a file' }).click();
    await page.getByLabel('Path of file 1').fill(writeExamples(folder));
    await page.reload();
    await expect(page.getByLabel('Path of file 1')).toHaveValue(/examples\.jsonl$/);

    await goTo(page, 'Base model');
    await page.getByRole('radio', { name: 'A new model, from scratch' }).check();
    await goTo(page, 'Method and recipe');
    await page.getByRole('radio', { name: 'Smoke test' }).check();
    await page.getByText('Change values').click();
    await page.getByRole('textbox', { name: /^Steps at most/ }).fill('6');
    await expect(page.getByText('Preset: 20')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('checkbox', { name: /^Q8_0/ }).uncheck();

    await goTo(page, 'Doctor');
    const verdict = page.getByText(/Nothing speaks against this run|It can run; read the warnings/);
    await expect(verdict).toBeVisible({ timeout: doctorLimitMs });
    await expect(page.locator('mark').first()).toContainText('SELECT');
    expect(await findBarriers(page)).toEqual([]);

    await goTo(page, 'Estimate');
    const chosen = page.getByRole('region', { name: 'Where it will run' });
    await expect(chosen.getByText(/^needs .* fits$/)).toBeVisible({ timeout: doctorLimitMs });
    await page.getByRole('button', { name: 'Measure on this machine' }).click();
    await expect(chosen.getByText('measured', { exact: true })).toBeVisible({ timeout: doctorLimitMs });
    await page.getByRole('button', { name: 'Edit prices…' }).click();
    await expect(page.getByRole('dialog', { name: 'Prices' })).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await goTo(page, 'Start');
    await page.getByLabel('Name of the run').fill('Wizard smoke');
    await page.getByText('The recipe as the trainer reads it').click();
    await expect(page.getByText('max_steps: 6')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Start the run' }).click();
    await page.waitForURL(/#\/training\/run\//);
    await expect(page.getByRole('heading', { name: 'Wizard smoke' })).toBeVisible();
    await waitUntilEnded(host.url);
    await open(page, 'data');
    await expect(page.getByLabel('Path of file 1')).toHaveCount(0);
  });
});

/** Questions of one made-up schema, as the trainer reads them. */
function writeExamples(folder: string): string {
  const path = join(folder, 'examples.jsonl');
  const tables = ['customers', 'orders', 'products', 'invoices', 'returns', 'suppliers'];
  const lines = tables.flatMap((table) =>
    ['id', 'name', 'city', 'price', 'country', 'total', 'created', 'status'].map((column) =>
      JSON.stringify({
        prompt: `${table} ( id , ${column} )\nShow the ${column} of all ${table}.\n`,
        completion: `SELECT ${column} FROM ${table}`,
      }),
    ),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Its trainer outlives the host: what it still writes must not meet the end of its folder. */
async function waitUntilEnded(url: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  const [run] = await core['training.list']({});
  if (!run) throw new Error('There is no run.');
  const live = ['preparing', 'waiting', 'running', 'stopping'];
  await expect
    .poll(async () => (await core['training.get']({ runId: run.id })).state, { timeout: doctorLimitMs })
    .not.toMatch(new RegExp(live.join('|')));
  expect((await core['training.get']({ runId: run.id })).state).toBe('finished');
  close();
}
