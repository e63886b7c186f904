import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type CDPSession, type Page } from '@playwright/test';
import { findChromium, launchArguments } from '../chromium.ts';
import { startHost } from '../start-host.ts';

/**
 * How fluid a run's charts are at 100,000 steps, in a real Chromium against a real host that reads the run's own
 * events: `npm run build && node e2e/bench/bench-run-charts.ts [STEPS] [ROUNDS]`. Prints how long the page takes to
 * show them, and the times between frames while it zooms, while it moves, and while ten more steps a second come.
 */

const steps = Number(process.argv[2] ?? 100_000);
const rounds = Number(process.argv[3] ?? 10);
const perSecond = 10;
const framesOfRound = 120;
/** The target of the workspace, in milliseconds. */
const targetFrameMs = 50;

const began = Date.parse('2026-11-23T05:00:00.000Z');
const at = (seconds: number): string => new Date(began + seconds * 1_000).toISOString();

function startEvent(): object {
  return {
    ...{ event: 'run_started', time: at(0), name: 'many steps', run_dir: '.', resumed: false, step: 0 },
    ...{ device: 'NVIDIA A100-SXM4-40GB', devices: 1, threads: 8, precision: 'bf16', method: 'lora' },
    ...{ base: 'a-base', parameters: 7e9, trainable_parameters: 4e7, vocab_size: 32_768, examples: 8_628 },
    ...{ prompt_tokens: 1e6, completion_tokens: 1e5, shared_tokens: 0, packs: 100, padding_share: 0.01 },
    ...{ micro_batch_packs: 1, packs_per_step: 1, max_steps: steps * 2, max_minutes: null, commit: null },
  };
}

function stepEvent(step: number): object {
  const noise = Math.sin(step * 12.9898) * Math.cos(step * 4.1414);
  return {
    ...{ event: 'step', time: at(step), step, epoch: step / 100, examples_seen: step * 80 },
    ...{ loss: 0.1 + 1.9 * Math.exp(-step / 9_000) + 0.05 * noise, learning_rate: 2e-4 / (1 + step / 1e5) },
    ...{
      gradient_norm: 0.6 + 0.3 * noise,
      tokens_per_second: 3_100 + 200 * noise,
      tokens_seen: step * 4_000,
    },
    ...{
      elapsed_seconds: step,
      eta_seconds: steps,
      gpu_memory_bytes: 3.4e10,
      gpu_utilization: 0.95,
      mfu: null,
    },
  };
}

function evalEvent(step: number): object {
  return {
    ...{
      event: 'eval',
      time: at(step),
      step,
      elapsed_seconds: step,
      validation_loss: 0.1 + 1 / (1 + step / 5_000),
    },
    ...{
      token_accuracy: 0.95,
      exact_completions: 0.6,
      examples: 960,
      execution_accuracy: 0.7,
      executed: 100,
    },
    seconds: 60,
  };
}

/** The run's folder as a trainer leaves it; `flock` holds it as a trainer does, so that it counts as running. */
function writeRun(folder: string): { file: string; release(): void } {
  const runDir = join(folder, 'many-steps');
  mkdirSync(runDir, { recursive: true });
  writeFileSync(join(runDir, 'config.yaml'), 'name: many steps\n');
  const file = join(runDir, 'events.jsonl');
  const lines = [startEvent()];
  for (let step = 1; step <= steps; step += 1) {
    lines.push(stepEvent(step));
    if (step % 500 === 0) lines.push(evalEvent(step));
  }
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const holder = spawn('flock', [join(runDir, '.lock'), 'sleep', '3600'], {
    stdio: 'ignore',
    detached: true,
  });
  return { file, release: () => holder.pid !== undefined && void process.kill(-holder.pid) };
}

/** In the page: the times between frames while one gesture is made in each. */
function measureFrames(page: Page, gesture: 'zoom' | 'move' | 'hover', frames: number): Promise<number[]> {
  return page.evaluate(
    async ({ gesture, frames }) => {
      const chart = document.querySelector('[role="img"][aria-label^="Loss"]');
      if (!chart) throw new Error('There is no chart.');
      const box = chart.getBoundingClientRect();
      const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const common = { bubbles: true, cancelable: true, clientY: box.y + 100 };
      const act = (frame: number) => {
        const clientX = box.x + box.width * (0.3 + (0.4 * (frame % 40)) / 40);
        // In for a while, out for a while; or there and back.
        const deltaY = Math.floor(frame / 30) % 2 === 0 ? -120 : 120;
        if (gesture === 'hover') {
          chart.dispatchEvent(new PointerEvent('pointermove', { ...common, clientX }));
        } else {
          const keys = gesture === 'zoom' ? { ctrlKey: true } : { shiftKey: true };
          chart.dispatchEvent(new WheelEvent('wheel', { ...common, ...keys, clientX, deltaY }));
        }
      };
      const times: number[] = [];
      let before = await nextFrame();
      for (let frame = 0; frame < frames; frame += 1) {
        act(frame);
        const now = await nextFrame();
        times.push(now - before);
        before = now;
      }
      return times;
    },
    { gesture, frames },
  );
}

async function openRun(page: Page, url: string): Promise<number> {
  const address = new URL(url);
  address.hash = '/training/run/many-steps';
  const startedAt = performance.now();
  await page.goto(address.href);
  await page
    .getByText(`${steps.toLocaleString('en')} of`)
    .first()
    .waitFor();
  await page.waitForFunction(() => document.querySelectorAll('[role="img"] canvas').length >= 3, undefined, {
    timeout: 60_000,
  });
  return performance.now() - startedAt;
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;

interface Measured {
  frames: number[][];
  /** Milliseconds of the page's main thread for a frame, whatever else the machine does. */
  cpuMs: number;
}

async function readMetric(session: CDPSession, wanted: string): Promise<number> {
  const { metrics } = (await session.send('Performance.getMetrics')) as {
    metrics: { name: string; value: number }[];
  };
  return metrics.find(({ name }) => name === wanted)?.value ?? NaN;
}

function report(what: string, { frames, cpuMs }: Measured): void {
  const all = frames.flat();
  const row = [
    quantile(all, 0.5),
    quantile(all, 0.95),
    quantile(
      frames.map((one) => Math.max(...one)),
      0.5,
    ),
  ];
  const [median, high, longest] = row.map((value) => value.toFixed(1));
  console.log(
    `${what.padEnd(44)} median ${median} ms, 95 % ${high} ms, longest of a round (median) ${longest} ms (target ${targetFrameMs}); main thread ${cpuMs.toFixed(1)} ms of CPU a frame`,
  );
}

const runsDir = mkdtempSync(join(tmpdir(), 'sqlcodegen-bench-runs-'));
const run = writeRun(runsDir);
const host = await startHost(undefined, { SQLCODEGEN_RUNS_DIR: runsDir });
const executablePath = findChromium();
const browser = await chromium.launch({
  args: launchArguments(),
  ...(executablePath ? { executablePath } : {}),
});
let news: ReturnType<typeof setInterval> | undefined;
try {
  const page = await browser.newPage({ viewport: { width: 1_920, height: 1_080 } });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const opened: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await page.goto('about:blank');
    opened.push(await openRun(page, host.url));
  }
  console.log(
    `${steps.toLocaleString('en')} steps, ${rounds} rounds of ${framesOfRound} frames, 1920 × 1080`,
  );
  console.log(`from the address to the charts: ${opened.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  const measure = async (gesture: 'zoom' | 'move' | 'hover') => {
    const frames: number[][] = [];
    let spentMs = 0;
    for (let round = 0; round < rounds; round += 1) {
      await page.getByRole('button', { name: 'The whole run' }).click();
      if (gesture === 'move') await page.getByRole('button', { name: 'Zoom in' }).click({ clickCount: 2 });
      const before = await readMetric(session, 'ThreadTime');
      frames.push(await measureFrames(page, gesture, framesOfRound));
      spentMs += ((await readMetric(session, 'ThreadTime')) - before) * 1_000;
    }
    return { frames, cpuMs: spentMs / rounds / framesOfRound };
  };
  report('zooming', await measure('zoom'));
  report('moving', await measure('move'));
  report('hovering, all charts at the same place', await measure('hover'));
  let step = steps;
  news = setInterval(
    () => appendFileSync(run.file, `${JSON.stringify(stepEvent(++step))}\n`),
    1_000 / perSecond,
  );
  await page.getByText(`${steps.toLocaleString('en')} of`).waitFor({ state: 'detached' });
  report(`hovering while ${perSecond} steps a second come`, await measure('hover'));
  report(`zooming while ${perSecond} steps a second come`, await measure('zoom'));
  console.log(`heap ${((await readMetric(session, 'JSHeapUsedSize')) / 2 ** 20).toFixed(0)} MiB`);
} finally {
  clearInterval(news);
  await browser.close();
  await host.stop();
  run.release();
  rmSync(runsDir, { recursive: true, force: true });
}
