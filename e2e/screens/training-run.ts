import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { connectToHost } from '../connect-to-host.ts';
import type { AskPage } from '../pages/ask-page.ts';
import { root } from '../start-host.ts';
import type { Shot } from './shot.ts';

const python = process.env.SQLCODEGEN_TRAINING_PYTHON ?? join(root, 'training', '.venv', 'bin', 'python');
const runLimitMs = 300_000;

/** Two real runs of seconds, where the trainer's packages are; without them only the empty list. */
export const trainingRunShots: Shot[] = [
  { name: 'training-none', show: showNone },
  { name: 'training', wide: true, show: showRuns },
  { name: 'training-run', wide: true, show: showRun },
  { name: 'training-checkpoints', show: (page) => showPart(page, /^Checkpoints/) },
  { name: 'training-log', show: (page) => showPart(page, /^Log/) },
  { name: 'training-events', show: (page) => showPart(page, /^Events/) },
  { name: 'training-setup', show: (page) => showPart(page, /^Setup/) },
  { name: 'training-compare', wide: true, show: showComparison },
  { name: 'training-further', show: showFurther },
];

async function openRuns(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Training', exact: true }).click();
}

async function showNone(page: Page): Promise<void> {
  await openRuns(page);
  await page.getByText('No run yet').waitFor();
}

async function showRuns(page: Page, _ask: AskPage, url: string): Promise<unknown> {
  if (!existsSync(python)) return false;
  const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-shots-'));
  try {
    execFileSync(python, ['-m', 'training.tests.make_examples', join(folder, 'data')], { cwd: root });
    const { core, close } = await connectToHost(url);
    for (const [name, rate] of [
      ['high learning rate', '3.0e-3'],
      ['low learning rate', '6.0e-4'],
    ] as const) {
      const file = join(folder, 'recipe.yaml');
      writeFileSync(file, makeRecipe(folder, name, rate));
      await core['training.startRecipe']({ path: file, target: { kind: 'local', python } });
    }
    close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await openRuns(page);
  const done = page.getByRole('table', { name: 'Runs' }).getByText('Finished');
  await done.nth(1).waitFor({ timeout: runLimitMs });
  return true;
}

function makeRecipe(folder: string, name: string, learningRate: string): string {
  return readFileSync(join(root, 'training', 'configs', 'smoke_config.yaml'), 'utf8')
    .replaceAll('runs/smoke-data', join(folder, 'data'))
    .replace(/^name: .*$/m, `name: ${name}`)
    .replace(/^ {2}learning_rate: .*$/m, `  learning_rate: ${learningRate}`)
    .replace(/^ {2}max_steps: .*$/m, '  max_steps: 120')
    .replace(/^ {2}log_every_steps: .*$/m, '  log_every_steps: 1');
}

async function showRun(page: Page): Promise<unknown> {
  const link = page.getByRole('table', { name: 'Runs' }).getByRole('link').first();
  if (!(await link.isVisible())) return false;
  await link.click();
  await page.getByRole('img', { name: /^Loss\. Latest: .*Validation \d/ }).waitFor();
  return true;
}

/** Where the run has reached its end by now. */
async function showFurther(page: Page): Promise<unknown> {
  await openRuns(page);
  if ((await showRun(page)) === false) return false;
  const further = page.getByRole('button', { name: 'Train further…' });
  if (!(await further.isVisible())) return false;
  await further.click();
  await page.getByRole('dialog', { name: 'Train this run further' }).waitFor();
  return true;
}

async function showPart(page: Page, name: RegExp): Promise<unknown> {
  const tab = page.getByRole('tab', { name });
  if (!(await tab.isVisible())) return false;
  await tab.click();
  return true;
}

async function showComparison(page: Page): Promise<unknown> {
  await openRuns(page);
  const ticks = page.getByRole('checkbox', { name: /^Compare/ });
  if ((await ticks.count()) < 2) return false;
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  await page.getByRole('img', { name: /^Training loss\. Latest: .*\d/ }).waitFor();
  return true;
}
