import type { Browser, Page } from '@playwright/test';

/** A window of its own for a host that the spec itself started; axe asks for a context of its own. */
export async function openPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  return context.newPage();
}
