import { chromium } from '@playwright/test';
import { findChromium, launchArguments } from '../chromium.ts';
import { createDatasetPage } from '../pages/dataset-page.ts';
import { startHost } from '../start-host.ts';

/**
 * From a key in the dataset's search box to the drawn list, in a real browser over the dataset in `data`:
 * `npm run build && node e2e/bench/dataset-search.ts`. Milliseconds; medians of 10 rounds with the fastest and the
 * slowest. Drawn: the frame after the one in which the count of the result changed.
 */

const rounds = 10;
/** One key each, into an empty box; what each finds differs, so that the list changes. */
const keys = ['s', 'w', 'c', 'j', 'x'];
/** The last key of a word that is typed without a pause. */
const words = ['singer', 'country', 'students', 'weather'];

const host = await startHost();
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  await page.goto(host.url);
  await page.getByRole('link', { name: 'Dataset', exact: true }).click();
  const dataset = createDatasetPage(page);
  await dataset.list.waitFor({ timeout: 60_000 });
  await page.evaluate(watchKeys);
  print('key after a pause → list', await measure(keys, 0));
  print('last key of a word, typed → list', await measure(words, 120));
  print('last key of a burst → list', await measure(words, 20));

  /** @param delayMs between the keys of a word */
  async function measure(texts: string[], delayMs: number): Promise<number[]> {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      await dataset.search.fill('');
      // The whole list is back, and the box has rested.
      await page
        .getByRole('status')
        .filter({ hasText: /^([\d,]+) of \1 / })
        .waitFor();
      await page.waitForTimeout(400);
      await dataset.search.pressSequentially(texts[round % texts.length] ?? '', { delay: delayMs });
      times.push(
        await page.evaluate(() => (window as unknown as { drawnAfterMs(): Promise<number> }).drawnAfterMs()),
      );
    }
    return times;
  }
} finally {
  await browser.close();
  await host.stop();
}

/** In the page: remembers the last key, and when the list was drawn last. */
function watchKeys(): void {
  let pressedAt = 0;
  let drawnAt = 0;
  document.addEventListener('keydown', () => (pressedAt = performance.now()), true);
  new MutationObserver(() => {
    requestAnimationFrame(() => setTimeout(() => (drawnAt = performance.now()), 0));
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  const settledMs = 300;
  Object.assign(window, {
    /** Until nothing has been drawn for a while: from the last key to the last drawing. */
    drawnAfterMs: () =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (performance.now() - Math.max(pressedAt, drawnAt) > settledMs) resolve(drawnAt - pressedAt);
          else setTimeout(look, 20);
        };
        look();
      }),
  });
}

function print(what: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  const [fastest, slowest] = [sorted[0] ?? NaN, sorted.at(-1) ?? NaN];
  const cells = [median, fastest, slowest].map((ms) => ms.toFixed(0).padStart(6)).join('');
  console.log(`${what.padEnd(36)}${cells}      n = ${sorted.length}, target 50`);
}
