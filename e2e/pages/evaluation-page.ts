import type { Locator, Page } from '@playwright/test';

/** The evaluation page as its users see it. */
export interface EvaluationPage {
  page: Page;
  /** Lines of the list of questions, of a run or of a comparison. */
  questions: Locator;
  open(): Promise<void>;
  /** Starts what the form says. */
  start(): Promise<void>;
  /** Until the run that is open has its report. */
  waitUntilMeasured(): Promise<void>;
  /** A number of the overview with what it rests on. */
  figure(name: string): Locator;
  /** Shows the table in the place of a chart. */
  showTable(title: string): Promise<void>;
  /** How many questions of a comparison changed in this way. */
  countOf(change: string): Promise<number>;
}

export function createEvaluationPage(page: Page): EvaluationPage {
  return {
    page,
    questions: page.getByRole('listbox', { name: 'Questions of the run' }).getByRole('option'),
    async open() {
      await page.getByRole('link', { name: 'Evaluation', exact: true }).click();
      // From a run the link of the page itself leads back to the list.
      await page.getByRole('form', { name: 'New evaluation' }).waitFor();
    },
    start: () => page.getByRole('button', { name: 'Start the evaluation' }).click(),
    waitUntilMeasured: () => page.getByRole('tab', { name: 'Overview' }).waitFor({ timeout: 90_000 }),
    figure: (name) => page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) }),
    async showTable(title) {
      const choice = page.getByRole('radiogroup', { name: `${title}: show as` });
      await choice.getByRole('radio', { name: 'Table' }).check({ force: true });
    },
    async countOf(change) {
      const tile = page.getByRole('group', { name: 'Show' }).getByRole('button', { name: change });
      return Number((await tile.innerText()).split('\n')[0]);
    },
  };
}
