import { chromium, type Browser } from '@playwright/test';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium, launchArguments } from './chromium.ts';
import { createAskPage } from './pages/ask-page.ts';
import { askShots } from './screens/ask.ts';
import { conversationShots } from './screens/conversation.ts';
import { datasetShots } from './screens/dataset.ts';
import { evaluationShots } from './screens/evaluation.ts';
import { schemaShots } from './screens/schema.ts';
import { settingsShots } from './screens/settings.ts';
import type { Shot } from './screens/shot.ts';
import { root, startHost } from './start-host.ts';

/**
 * Pictures of the real window in each state, for docs/screens: `npm run build && node e2e/take-screens.ts [FOLDER]`.
 * FOLDER is the data folder that the settings will show; it must not exist, and is thrown away.
 */

const folder = join(root, 'docs', 'screens');
const hasModel = existsSync(join(root, 'data', 'models', 'starter.gguf'));

/** In this order, on one page. */
const shots: Shot[] = [
  ...askShots,
  ...conversationShots,
  ...datasetShots,
  ...evaluationShots,
  ...schemaShots,
  ...settingsShots,
];

interface Look {
  scheme: 'light' | 'dark';
  width: number;
  height: number;
}

const looks: Look[] = [
  { scheme: 'light', width: 1_280, height: 800 },
  { scheme: 'dark', width: 1_280, height: 800 },
  { scheme: 'light', width: 1_920, height: 1_080 },
  { scheme: 'dark', width: 1_920, height: 1_080 },
];
async function takeAll(browser: Browser, url: string, { scheme, width, height }: Look): Promise<void> {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  const ask = createAskPage(page);
  await ask.waitUntilReady();
  for (const { name, asks, wide, show } of shots) {
    if (asks && !hasModel) continue;
    if ((await show(page, ask)) === false || (width > 1_280 && !wide)) continue;
    // Toasts and the last of the drawing.
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), scale: 'css' });
  }
  await context.close();
}

const dataDir = process.argv[2];
if (dataDir !== undefined && existsSync(dataDir)) throw new Error(`${dataDir} exists already.`);
mkdirSync(folder, { recursive: true });
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  for (const look of looks) {
    // A host for each: what one look chose, such as the tab at the side, is kept and would greet the next.
    const host = await startHost(dataDir);
    await takeAll(browser, host.url, look).finally(() => host.stop());
  }
} finally {
  await browser.close();
}
