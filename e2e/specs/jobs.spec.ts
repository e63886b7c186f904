import type { Page } from '@playwright/test';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { createEvaluationPage } from '../pages/evaluation-page.ts';
import { openPage } from '../open-page.ts';
import { startHost } from '../start-host.ts';

test('jobs: none, one that runs with its log, cancelled, resumed to its end, and cleared', async ({
  browser,
}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'The specs of jobs start and kill browser hosts.');
  const host = await startHost();
  try {
    const page = await openPage(browser);
    await page.goto(host.url);
    await jobsLink(page).click();
    await expect(page.getByText('No jobs yet')).toBeVisible();
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('button', { name: 'Start an evaluation' }).click();
    await page.getByLabel('How many').fill('');
    await createEvaluationPage(page).start();
    await expect(jobsLink(page)).toHaveAccessibleName(/1 job running/);
    await jobsLink(page).click();
    const row = page.getByRole('row', { name: /on demo, voted/ });
    await expect(row.getByRole('progressbar')).toHaveAttribute('aria-valuetext', /^[1-9]\d* of 50/);
    expect(await findBarriers(page)).toEqual([]);

    await row.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await expect(row).toContainText('Cancelled');
    await row.getByRole('link').click();
    await expect(page.getByRole('region', { name: 'Log' }).last()).toContainText(/(right|wrong), \d+ ms/);
    expect(await findBarriers(page)).toEqual([]);

    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByRole('button', { name: 'Resume' })).toHaveCount(0);
    await expect(page.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '100', { timeout: 90_000 });
    await expect(page.getByText('50 metrics')).toBeVisible();
    await page.getByRole('button', { name: 'Open the result' }).click();
    await createEvaluationPage(page).waitUntilMeasured();

    await jobsLink(page).click();
    await page.getByRole('button', { name: 'Clear finished' }).click();
    await expect(page.getByText('No jobs yet')).toBeVisible();
    await page.goto(`${host.url.split('?')[0]}#/jobs/gone`);
    await expect(page.getByText('This job is not in the list any more')).toBeVisible();
    await page.close();
  } finally {
    await host.stop();
  }
});

function jobsLink(page: Page) {
  return page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Jobs/ });
}
