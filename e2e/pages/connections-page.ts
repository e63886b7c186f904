import type { Locator, Page } from '@playwright/test';

export interface ConnectionsPage {
  open(): Promise<void>;
  startAdding(): Promise<void>;
  fillUrl(url: string): Promise<void>;
  field(label: string): Locator;
  button(name: string): Locator;
  /** A row of the user's own connections. */
  row(name: string): Locator;
}

export function createConnectionsPage(page: Page): ConnectionsPage {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  return {
    async open() {
      await page.getByRole('link', { name: 'Connections' }).click();
    },
    async startAdding() {
      await button('Add a connection').click();
    },
    async fillUrl(url) {
      await page.getByLabel('Connection URL').fill(url);
    },
    field: (label) => page.getByLabel(label, { exact: true }),
    button,
    row: (name) =>
      page.getByRole('region', { name: 'Your connections' }).getByRole('listitem').filter({ hasText: name }),
  };
}
