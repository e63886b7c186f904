import type { Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createDatasetPage } from '../pages/dataset-page.ts';
import { root } from '../start-host.ts';
import type { Shot } from './shot.ts';

const hasDataset = existsSync(join(root, 'data', 'processed', 'pairs.jsonl'));

/** Nothing where there is no dataset: it is not part of the repository. */
export const datasetShots: Shot[] = hasDataset
  ? [
      { name: 'dataset-examples', wide: true, show: showExamples },
      { name: 'dataset-example', wide: true, show: showExample },
      { name: 'dataset-proof', show: showProof },
      { name: 'dataset-correct', show: showCorrect },
      { name: 'dataset-databases', show: showDatabases },
      { name: 'dataset-statistics', wide: true, show: showStatistics },
      { name: 'dataset-pipeline', show: showPipeline },
    ]
  : [];

async function showExamples(page: Page): Promise<void> {
  const dataset = createDatasetPage(page);
  await dataset.open('examples/search/text%3Dsinger%26hardness%3Dhard%2Cextra');
  await page.getByText(/ examples/).waitFor();
  await dataset.list.focus();
}

async function showExample(page: Page): Promise<void> {
  await createDatasetPage(page).open('examples/train_spider%3A869');
  await page.getByRole('tab', { name: 'Query' }).click();
  await page.locator('.cm-merge-b').waitFor();
}

async function showProof(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Proof' }).click();
}

async function showCorrect(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Correct' }).click();
  await page.getByRole('textbox', { name: 'PostgreSQL SQL' }).waitFor();
}

async function showDatabases(page: Page): Promise<void> {
  await createDatasetPage(page).open('databases');
  await page.getByRole('link', { name: 'academic' }).waitFor();
}

async function showStatistics(page: Page): Promise<void> {
  await createDatasetPage(page).open('statistics');
  await page
    .getByRole('img', { name: /^Outcome of conversion/ })
    .locator('svg')
    .waitFor();
}

async function showPipeline(page: Page): Promise<void> {
  await createDatasetPage(page).open('pipeline');
  await page.getByRole('listitem', { name: 'convert' }).waitFor({ timeout: 60_000 });
}
