import { expect, type Page } from '@playwright/test';

/** The doctor starts Python and reads all examples; a busy machine takes its time. */
const doctorLimitMs = 120_000;

export interface TrainingWizard {
  next(step: string): Promise<void>;
  /** Types into fields of “Change values”, by their labels. */
  changeValues(values: Record<string, string>): Promise<void>;
  passDoctor(): Promise<void>;
}

export function createTrainingWizard(page: Page): TrainingWizard {
  return {
    async next(step) {
      await page.getByRole('button', { name: `Next: ${step}` }).click();
      await expect(page.getByRole('heading', { name: step, level: 2 })).toBeVisible();
    },
    async changeValues(values) {
      await page.locator('summary', { hasText: 'Change values' }).click();
      for (const [label, value] of Object.entries(values)) {
        const field = page.getByLabel(label, { exact: false }).and(page.locator('input, select'));
        if ((await field.evaluate((element) => element.tagName)) === 'SELECT')
          await field.selectOption(value);
        else await field.fill(value);
      }
    },
    async passDoctor() {
      const run = page.getByRole('button', { name: 'Run the doctor' });
      const verdict = page.getByText(/Nothing speaks against this run|It can run; read the warnings/);
      if (await run.isVisible()) await run.click();
      await expect(verdict).toBeVisible({ timeout: doctorLimitMs });
    },
  };
}
