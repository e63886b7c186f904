import { chromium, type CDPSession, type Page } from '@playwright/test';
import { findChromium, launchArguments } from '../chromium.ts';
import { createAskPage } from '../pages/ask-page.ts';
import { startHost } from '../start-host.ts';

/**
 * Scrolls through a result of 1,000,000 rows in a real browser against the embedded server and prints how long frames
 * took and how much memory the page used: `npm run build && node e2e/bench/bench-result-scroll.ts`.
 */

const rowCount = 1_000_000;
const rounds = 10;
const statement = `SELECT i AS id, 'Customer number ' || i AS name, (i::bigint * 7919 % 100000) / 100.0 AS total,
  DATE '2020-01-01' + i % 2000 AS day, md5(i::text) AS code, i % 3 = 0 AS active,
  repeat('note ', i % 12) AS note, i * 1.5 AS ratio
FROM generate_series(1, ${rowCount}) AS i`;

interface Round {
  longestMs: number;
  medianMs: number;
  frames: number;
  heapMiB: number;
}

/** Wheel turns in small and large steps, then the thumb to ten places; a frame each, measured between its starts. */
async function scrollOnce(page: Page, session: CDPSession): Promise<Round> {
  const frames = await page.evaluate(async () => {
    const grid = document.querySelector('[role="grid"][aria-label="Result rows"]');
    if (!grid) throw new Error('There is no result.');
    const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
    const deltas: number[] = [];
    let before = await nextFrame();
    const frame = async () => {
      const now = await nextFrame();
      deltas.push(now - before);
      before = now;
    };
    const turn = async (deltaY: number) => {
      grid.dispatchEvent(new WheelEvent('wheel', { deltaY, bubbles: true, cancelable: true }));
      await frame();
    };
    for (let step = 0; step < 120; step += 1) await turn(100);
    for (let step = 0; step < 60; step += 1) await turn(2_500);
    for (let place = 0; place < 10; place += 1) {
      grid.scrollTop = Math.random() * (grid.scrollHeight - grid.clientHeight);
      for (let wait = 0; wait < 12; wait += 1) await frame();
    }
    return deltas;
  });
  const { metrics } = (await session.send('Performance.getMetrics')) as {
    metrics: { name: string; value: number }[];
  };
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  return {
    longestMs: Math.max(...frames),
    medianMs: median(frames),
    frames: frames.length,
    heapMiB: heap / 1024 / 1024,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const host = await startHost();
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  const page = await browser.newPage({ viewport: { width: 1_280, height: 800 } });
  await page.goto(host.url);
  const ask = createAskPage(page);
  await ask.waitUntilReady();
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const startedAt = performance.now();
  await ask.run(statement);
  await ask.grid.waitFor();
  console.log(`first rows after ${Math.round(performance.now() - startedAt)} ms`);
  await page.getByRole('button', { name: 'Count', exact: true }).click();
  await page.getByText('1,000,000 rows', { exact: true }).waitFor({ timeout: 120_000 });
  console.log(`counted after ${Math.round(performance.now() - startedAt)} ms`);
  const results: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = await scrollOnce(page, session);
    results.push(result);
    const { longestMs, medianMs, frames, heapMiB } = result;
    console.log(
      `round ${round}: longest frame ${longestMs.toFixed(1)} ms, median ${medianMs.toFixed(1)} ms of ${frames}, heap ${heapMiB.toFixed(0)} MiB`,
    );
  }
  await page.waitForFunction(() => !document.querySelector('.grid-cell.coming'));
  const { longestMs, heapMiB } = {
    longestMs: median(results.map((one) => one.longestMs)),
    heapMiB: median(results.map((one) => one.heapMiB)),
  };
  console.log(
    `median of ${rounds}: longest frame ${longestMs.toFixed(1)} ms (target 50), heap ${heapMiB.toFixed(0)} MiB (target 300); worst frame of all ${Math.max(...results.map((one) => one.longestMs)).toFixed(1)} ms`,
  );
} finally {
  await browser.close();
  await host.stop();
}
