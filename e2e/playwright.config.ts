import { defineConfig } from '@playwright/test';
import { findChromium, launchArguments } from './chromium.ts';

if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error('The specs need Node 24. Call them through npm, which takes the Node of node_modules.');
}

/**
 * One set of specs, two projects: the browser host in a real Chromium, and Electron where its binary is present.
 * Two workers, as most of a spec is waiting; each starts hosts of its own, with a data folder and a PostgreSQL server each.
 */
export default defineConfig({
  testDir: './specs',
  outputDir: './.results',
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1_280, height: 800 },
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: findChromium(), args: launchArguments() },
  },
  projects: [{ name: 'browser' }, { name: 'electron' }],
});
