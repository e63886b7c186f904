import type { Page } from '@playwright/test';
import type { AskPage } from '../pages/ask-page.ts';

/** One picture: `docs/screens/<name>-<light or dark>-<width>.png`. */
export interface Shot {
  name: string;
  /** Only with a model. */
  asks?: boolean;
  /** Taken at 1,920 pixels too: each screen's main state. The others are taken at 1,280 only, to keep the folder small. */
  wide?: boolean;
  /**
   * Brings the page into the state; it begins where the shot before it ended. Gives `false` where it cannot be shown here.
   * @param url the host’s, with its token
   */
  show(page: Page, ask: AskPage, url: string): Promise<unknown>;
}
