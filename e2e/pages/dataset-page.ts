import { expect, type Locator, type Page } from '@playwright/test';

export interface DatasetPage {
  search: Locator;
  list: Locator;
  /** Opens a part of the dataset by its address: `pipeline`, `examples/dev%3A0`. */
  open(address: string): Promise<void>;
  /** By its link at the top. */
  openSection(name: string): Promise<void>;
  example(id: string): Locator;
  openTab(name: string | RegExp): Promise<void>;
}

export function createDatasetPage(page: Page): DatasetPage {
  return {
    search: page.getByRole('textbox', { name: 'Search the examples' }),
    list: page.getByRole('grid', { name: 'Examples' }),
    async open(address) {
      await page.evaluate((hash) => {
        window.location.hash = hash;
      }, `#/dataset/${address}`);
      await expect(page.getByRole('heading', { name: 'Dataset', exact: true })).toBeVisible();
    },
    async openSection(name) {
      await page
        .getByRole('navigation', { name: 'Parts of the dataset' })
        .getByRole('link', { name })
        .click();
    },
    example: (id) => page.getByRole('article', { name: `Example ${id}` }),
    async openTab(name) {
      await page.getByRole('tab', { name }).click();
    },
  };
}
