import { expect, type Locator, type Page } from '@playwright/test';

/** Making the server and loading five databases takes seconds, minutes on a busy machine. */
const readyLimitMs = 120_000;

export interface AskPage {
  question: Locator;
  editor: Locator;
  grid: Locator;
  /** The box that tells of a failure or a cancel. */
  notice: Locator;
  chooser: Locator;
  waitUntilReady(): Promise<void>;
  chooseDatabase(name: string | RegExp): Promise<void>;
  ask(question: string): Promise<void>;
  /** Puts the statement into the editor and runs it with the keyboard. */
  run(sql: string): Promise<void>;
  cell(row: number, column: number): Locator;
  openTab(name: 'Schema' | 'History'): Promise<void>;
}

export function createAskPage(page: Page): AskPage {
  const question = page.getByRole('textbox', { name: 'Question' });
  const editor = page.getByRole('textbox', { name: 'SQL statement' });
  const grid = page.getByRole('grid', { name: 'Result rows' });
  const chooser = page.getByRole('button', { name: /^Database:/ });
  return {
    question,
    editor,
    grid,
    chooser,
    notice: page.getByRole('region', { name: 'Result' }).locator('.notice'),
    async waitUntilReady() {
      await expect(question).toBeVisible();
      await expect(page.getByRole('tree', { name: 'Tables and columns' })).toBeVisible({
        timeout: readyLimitMs,
      });
    },
    async chooseDatabase(name) {
      await chooser.click();
      await page.getByRole('option', { name }).click();
    },
    async ask(text) {
      await question.fill(text);
      await question.press('Enter');
    },
    async run(sql) {
      await editor.fill(sql);
      await editor.press('Control+Enter');
    },
    cell: (row, column) =>
      grid.locator(`[role="row"][aria-rowindex="${row + 1}"] [role="gridcell"][aria-colindex="${column}"]`),
    async openTab(name) {
      await page.getByRole('tab', { name }).click();
    },
  };
}
