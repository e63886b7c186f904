import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from '@playwright/test';
import type { ConnectionDraft } from '../../core/contract/index.ts';
import { findChromium, launchArguments } from '../chromium.ts';
import { connectToHost } from '../connect-to-host.ts';
import { root, startHost } from '../start-host.ts';

/**
 * How long a diagram of many tables takes to open, and how evenly it pans, in a real Chromium against the embedded
 * server: `npm run build && node e2e/bench/bench-diagram.ts [TABLES] [ROUNDS]`, 300 and 10 by default. Each round is a
 * new page: nothing is kept of the round before. Prints medians, and the worst.
 */

const tables = Number(process.argv[2] ?? 300);
const rounds = Number(process.argv[3] ?? 10);
/** The targets of the workspace: 1 s to the first paint, 50 ms a frame while panning. */
const targets = { firstPaintMs: 1_000, frameMs: 50 };

interface Round {
  /** From the click on Diagram to the frame in which tables are drawn. */
  firstPaintMs: number;
  frameMedianMs: number;
  frameLongestMs: number;
  /** The same, at a zoom at which names and columns can be read. */
  nearMedianMs: number;
  nearLongestMs: number;
}

async function measure(browser: Browser, url: string, connectionId: string): Promise<Round> {
  const context = await browser.newContext({ viewport: { width: 1_920, height: 1_080 } });
  const page = await context.newPage();
  const address = new URL(url);
  address.hash = `/schema/${encodeURIComponent(connectionId)}`;
  await page.goto(address.href);
  await page.getByRole('treeitem').first().waitFor();
  // The schema is read; the user looks at it before the click.
  await page.getByText('Largest tables').first().waitFor();
  await page.waitForLoadState('networkidle');
  const firstPaintMs = await openDiagram(page);
  const far = await pan(page);
  await page.getByRole('combobox', { name: 'Show' }).selectOption('keys');
  await page.locator('.table-box-rows').first().waitFor({ state: 'attached' });
  await page.getByRole('combobox', { name: 'Find a table in the diagram' }).fill('hr_emp');
  await page.keyboard.press('Enter');
  await page.getByText('Look around it').waitFor();
  // The way to the table is animated.
  await page.waitForTimeout(800);
  const near = await pan(page);
  await context.close();
  return {
    firstPaintMs,
    frameMedianMs: median(far),
    frameLongestMs: Math.max(...far),
    nearMedianMs: median(near),
    nearLongestMs: Math.max(...near),
  };
}

/** Measured inside the page, from the click's own event to the frame after the first table is in the document. */
async function openDiagram(page: Page): Promise<number> {
  await page.evaluate(() => {
    const state = window as unknown as { firstPaint: Promise<number> };
    state.firstPaint = new Promise((resolve) => {
      let clickedAt = 0;
      document.addEventListener('click', (event) => (clickedAt ||= event.timeStamp), {
        capture: true,
        once: true,
      });
      const watch = () => {
        if (clickedAt > 0 && document.querySelector('.react-flow__node .table-box')) {
          requestAnimationFrame(() => resolve(performance.now() - clickedAt));
        } else requestAnimationFrame(watch);
      };
      watch();
    });
  });
  await page.getByRole('link', { name: 'Diagram', exact: true }).click();
  return page.evaluate(() => (window as unknown as { firstPaint: Promise<number> }).firstPaint);
}

const panSteps = 120;

/** Drags the background back and forth; the times between frames meanwhile. */
async function pan(page: Page): Promise<number[]> {
  const box = await page.locator('.react-flow__pane').boundingBox();
  if (!box) throw new Error('There is no diagram.');
  const middle = { x: box.x + box.width / 2, y: box.y + 40 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.evaluate(() => {
    const state = window as unknown as { frames: number[]; panning: boolean };
    state.frames = [];
    state.panning = true;
    let last = performance.now();
    const tick = (now: number) => {
      state.frames.push(now - last);
      last = now;
      if (state.panning) requestAnimationFrame(tick);
    };
    requestAnimationFrame((now) => {
      last = now;
      requestAnimationFrame(tick);
    });
  });
  for (let step = 0; step < panSteps; step += 1) {
    const turn = (step / panSteps) * Math.PI * 4;
    await page.mouse.move(middle.x + Math.sin(turn) * 300, middle.y + (1 - Math.cos(turn)) * 150);
  }
  await page.mouse.up();
  return page.evaluate(() => {
    const state = window as unknown as { frames: number[]; panning: boolean };
    state.panning = false;
    return state.frames;
  });
}

interface LargeSchema {
  draft: ConnectionDraft;
  tables: number;
  foreignKeys: number;
}

/** In a process of its own: specs and benches know the core's contract only. */
async function loadLargeSchema(dataDir: string): Promise<LargeSchema> {
  const script = join(root, 'build', 'scripts', 'load-large-schema.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, dataDir, String(tables)]);
  return JSON.parse(stdout) as LargeSchema;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function report(all: readonly Round[]): void {
  const row = (title: string, values: number[], targetMs: number) => ({
    what: title,
    'median ms': Math.round(median(values)),
    'worst ms': Math.round(Math.max(...values)),
    'target ms': targetMs,
    met: median(values) <= targetMs,
  });
  const of = (key: keyof Round) => all.map((round) => round[key]);
  console.table([
    row('click to first paint', of('firstPaintMs'), targets.firstPaintMs),
    row('median frame, whole diagram', of('frameMedianMs'), targets.frameMs),
    row('longest frame, whole diagram', of('frameLongestMs'), targets.frameMs),
    row('median frame, readable zoom', of('nearMedianMs'), targets.frameMs),
    row('longest frame, readable zoom', of('nearLongestMs'), targets.frameMs),
  ]);
}

const host = await startHost();
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
try {
  const { core, close } = await connectToHost(host.url);
  for await (const _progress of core['demo.prepare']({}));
  const large = await loadLargeSchema(host.dataDir);
  const connection = await core['connections.save'](large.draft);
  await core['settings.set']({ tourDone: true });
  close();
  console.log(`${large.tables} tables, ${large.foreignKeys} foreign keys, ${rounds} rounds`);
  const all: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const measured = await measure(browser, host.url, connection.id);
    all.push(measured);
    console.error(`round ${round}: first paint after ${Math.round(measured.firstPaintMs)} ms`);
  }
  report(all);
} finally {
  await browser.close();
  await host.stop();
}
