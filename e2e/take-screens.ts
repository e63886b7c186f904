import { chromium, type Browser, type Page } from '@playwright/test';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium, launchArguments } from './chromium.ts';
import { createAskPage, type AskPage } from './pages/ask-page.ts';
import { askShots } from './screens/ask.ts';
import { conversationShots } from './screens/conversation.ts';
import { datasetShots } from './screens/dataset.ts';
import { evaluationShots } from './screens/evaluation.ts';
import { schemaShots } from './screens/schema.ts';
import { settingsShots } from './screens/settings.ts';
import { trainingRunShots } from './screens/training-run.ts';
import { trainingWizardShots } from './screens/training-wizard.ts';
import type { Shot } from './screens/shot.ts';
import { root, startHost } from './start-host.ts';
import { trainerPython } from './tiny-runs.ts';

/**
 * Pictures of the real window in each state, for docs/screens: `npm run build && node e2e/take-screens.ts [FOLDER]`.
 * FOLDER is the data folder that the settings will show; it must not exist, and is thrown away.
 */

const folder = join(root, 'docs', 'screens');
const hasModel = existsSync(join(root, 'data', 'models', 'starter.gguf'));

/** Each on a page of its own, in this order. */
const areas: Shot[][] = [
  askShots,
  conversationShots,
  datasetShots,
  evaluationShots,
  schemaShots,
  settingsShots,
  trainingRunShots,
  trainingWizardShots,
];

interface Look {
  scheme: 'light' | 'dark';
  width: number;
  height: number;
}

/** Shots of which a state could not be reached are left out and named; the exit code is 1 then. */
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
  for (const shots of areas) {
    const page = await context.newPage();
    // An area that follows another begins with an empty tab of its own.
    await page.goto(url);
    const ask = createAskPage(page);
    await page.getByRole('tab', { name: 'Schema', exact: true }).click();
    await ask.waitUntilReady();
    await page.keyboard.press('Alt+n');
    for (const shot of shots) await take(page, ask, shot, { scheme, width, height }, url);
    await page.close();
  }
  await context.close();
}

async function take(
  page: Page,
  ask: AskPage,
  shot: Shot,
  { scheme, width }: Look,
  url: string,
): Promise<void> {
  const { name, asks, wide, show } = shot;
  if (asks && !hasModel) return;
  try {
    if ((await show(page, ask, url)) === false || (width > 1_280 && !wide)) return;
    // Toasts and the last of the drawing.
    await page.waitForTimeout(400);
    await page.screenshot({ path: join(folder, `${name}-${scheme}-${width}.png`), scale: 'css' });
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${name}, ${scheme}, ${width}: ${String(error).split('\n', 1)[0]}\n`);
  }
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
    const runsDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-shot-runs-'));
    const host = await startHost(dataDir, {
      SQLCODEGEN_RUNS_DIR: runsDir,
      // So that the doctor and the estimate have something to say; without it they say that they have no environment.
      ...(existsSync(trainerPython) && { SQLCODEGEN_TRAINING_PYTHON: trainerPython }),
    });
    await takeAll(browser, host.url, look).finally(() => host.stop());
    rmSync(runsDir, { recursive: true, force: true });
  }
} finally {
  await browser.close();
}
