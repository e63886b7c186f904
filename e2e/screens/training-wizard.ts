import type { Page } from '@playwright/test';
import type { Shot } from './shot.ts';

/** What needs no Python; the doctor and the estimate are shown where the trainer's own is there. */
export const trainingWizardShots: Shot[] = [
  { name: 'wizard-data', wide: true, show: showData },
  { name: 'wizard-base', show: (page) => showStep(page, 'Base model') },
  { name: 'wizard-recipe', wide: true, show: showRecipe },
  { name: 'wizard-where', wide: true, show: showWhere },
  { name: 'wizard-ssh', show: showHostForm },
  { name: 'wizard-doctor', wide: true, show: (page) => showCheck(page, 'Doctor', 'Run again') },
  { name: 'wizard-estimate', wide: true, show: (page) => showCheck(page, 'Estimate', 'Estimate again') },
  { name: 'wizard-start', wide: true, show: showStart },
];

async function showStep(page: Page, step: string): Promise<void> {
  const name = new RegExp(`^\\d\\. ${step}`);
  await page.getByRole('navigation', { name: 'Steps' }).getByRole('link', { name }).click();
  await page.getByRole('heading', { name: step, level: 2, exact: true }).waitFor();
}

/** Spider, where it is built, beside what was verified in the pictures before; else the ways to something to learn from. */
async function showData(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.location.hash = '#/training/new/data';
  });
  await page.getByRole('button', { name: 'Next: Base model' }).waitFor();
  const spider = page.getByRole('checkbox', { name: /Spider on PostgreSQL/ });
  const isThere = await spider.waitFor({ timeout: 10_000 }).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  await spider.check();
  await page
    .getByText(/to learn, \d+ held back/)
    .first()
    .waitFor({ timeout: 60_000 });
}

async function showRecipe(page: Page): Promise<void> {
  await showStep(page, 'Method and recipe');
  await page.getByText('Change values').click();
}

async function showWhere(page: Page): Promise<void> {
  await showStep(page, 'Where');
  await page.getByText('Free disk').waitFor({ timeout: 60_000 });
}

async function showHostForm(page: Page): Promise<void> {
  await page.getByRole('radio', { name: 'A machine over SSH' }).check();
  await page.getByRole('button', { name: 'Add a host' }).click();
  await page.getByLabel('Host', { exact: true }).fill('gpu1.example');
  await page.getByLabel('User', { exact: true }).fill('ada');
}

/** Without the trainer's packages it says that they are missing, which is a state too. */
async function showCheck(page: Page, step: string, done: string): Promise<void> {
  if (step === 'Doctor') {
    await showStep(page, 'Where');
    await page.getByRole('radio', { name: 'This machine' }).check();
  }
  await showStep(page, step);
  const end = page.getByRole('button', { name: done }).or(page.getByRole('alert'));
  await end.first().waitFor({ timeout: 300_000 });
}

async function showStart(page: Page): Promise<void> {
  await showStep(page, 'Start');
  await page.getByText('The recipe as the trainer reads it').waitFor({ timeout: 60_000 });
}
