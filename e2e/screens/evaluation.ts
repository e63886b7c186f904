import type { Page } from '@playwright/test';
import { createEvaluationPage } from '../pages/evaluation-page.ts';
import type { Shot } from './shot.ts';

/** Each look measures twenty questions of its own: a few seconds. */
export const evaluationShots: Shot[] = [
  { name: 'evaluation-runs', asks: true, wide: true, show: showRuns },
  { name: 'evaluation-run', asks: true, wide: true, show: showRun },
  { name: 'evaluation-question', asks: true, wide: true, show: showQuestion },
  { name: 'evaluation-compare', asks: true, wide: true, show: showComparison },
  { name: 'jobs', asks: true, wide: true, show: showJobs },
  { name: 'jobs-job', asks: true, show: showJob },
];

async function showRuns(page: Page): Promise<void> {
  const evaluation = createEvaluationPage(page);
  for (const mode of ['voted', 'constrained']) {
    await evaluation.open();
    await page.getByLabel('How statements are written').selectOption(mode);
    await evaluation.start();
    await evaluation.waitUntilMeasured();
  }
  await evaluation.open();
  await page.getByRole('table', { name: 'Runs' }).waitFor();
}

async function showRun(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Runs' }).getByRole('link').first().click();
  await page.getByRole('img', { name: /^By hardness/ }).waitFor();
}

async function showQuestion(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Questions' }).click();
  await createEvaluationPage(page).questions.first().click();
  await page.getByRole('button', { name: 'Run both', exact: true }).click();
  await page.getByRole('table', { name: 'Gold rows' }).waitFor();
}

async function showComparison(page: Page): Promise<void> {
  await createEvaluationPage(page).open();
  const ticks = page.getByRole('checkbox', { name: /^Compare/ });
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.getByRole('button', { name: 'Compare the two' }).click();
  await page.locator('.cm-merge-b').waitFor();
}

async function showJobs(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Jobs/ }).click();
  await page.getByRole('table', { name: 'Jobs' }).waitFor();
}

async function showJob(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Jobs' }).getByRole('link').first().click();
  await page.getByText('20 metrics').waitFor();
}
