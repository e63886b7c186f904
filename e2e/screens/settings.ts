import type { Page } from '@playwright/test';
import type { Shot } from './shot.ts';

/** Settings by section, models and the tour. */
export const settingsShots: Shot[] = [
  { name: 'settings-privacy', wide: true, show: showPrivacy },
  { name: 'settings-offline', show: showOffline },
  { name: 'settings-model', show: (page) => showSection(page, 'Model') },
  { name: 'settings-limits', show: (page) => showSection(page, 'Limits') },
  { name: 'settings-values', show: (page) => showSection(page, 'Values') },
  { name: 'settings-storage', show: (page) => showSection(page, 'Storage') },
  { name: 'models', wide: true, show: showModels },
  { name: 'model', show: showModel },
  { name: 'tour', wide: true, show: showTour },
  { name: 'tour-question', show: showTourQuestion },
];

async function showSection(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  const sections = page.getByRole('navigation', { name: 'Settings sections' });
  await sections.getByRole('link', { name, exact: true }).click();
  await page.locator('.spinner:visible').first().waitFor({ state: 'detached' });
}

async function showPrivacy(page: Page): Promise<void> {
  await showSection(page, 'Privacy');
  await page.getByRole('switch', { name: 'Also on this machine' }).click();
  await page.getByRole('row').nth(1).waitFor();
}

async function showOffline(page: Page): Promise<void> {
  await page.getByRole('switch', { name: 'Offline mode' }).click();
  await page.getByRole('link', { name: /Offline mode is on/ }).waitFor();
}

async function showModels(page: Page): Promise<void> {
  await showSection(page, 'Privacy');
  await page.getByRole('switch', { name: 'Offline mode' }).click();
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.getByRole('region', { name: 'Models', exact: true }).waitFor();
}

async function showModel(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Models', exact: true }).getByRole('link').first().click();
  await page.getByRole('region', { name: 'Metadata' }).waitFor();
}

async function showTour(page: Page): Promise<void> {
  await showSection(page, 'General');
  await page.getByRole('button', { name: 'Take the tour' }).click();
  await page.getByRole('dialog').waitFor();
}

async function showTourQuestion(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByRole('dialog', { name: 'The question' }).waitFor();
}
