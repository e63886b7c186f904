import { test as base, type Page } from '@playwright/test';
import { connectToHost } from './connect-to-host.ts';
import { createAskPage, type AskPage } from './pages/ask-page.ts';
import { createConnectionsPage, type ConnectionsPage } from './pages/connections-page.ts';
import { findElectronBinary, startElectron } from './start-electron.ts';
import { startHost, type RunningHost } from './start-host.ts';

/** Starts a host when the first test of a worker wants one, and keeps it for the others. */
interface HostPool {
  get(): Promise<RunningHost>;
}

interface Fixtures {
  /** The app's window, opened and connected: a browser page or Electron's first window. */
  window: Page;
  ask: AskPage;
  connections: ConnectionsPage;
}

export const test = base.extend<Fixtures, { hosts: HostPool }>({
  hosts: [
    async ({}, use) => {
      let running: Promise<RunningHost> | undefined;
      await use({
        get() {
          running ??= startHost();
          return running;
        },
      });
      await (await running)?.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  window: async ({ hosts, browser, contextOptions, permissions, viewport }, use, testInfo) => {
    if (testInfo.project.name === 'electron') {
      const binary = findElectronBinary();
      testInfo.skip(!binary, 'Electron has no binary here: node_modules/electron/dist is missing.');
      const app = await startElectron(binary ?? '');
      const page = await app.firstWindow();
      await page.getByRole('button', { name: 'Skip the tour' }).click();
      await use(page);
      await app.close();
      return;
    }
    const { url } = await hosts.get();
    await forgetChoices(url);
    const context = await browser.newContext({ ...contextOptions, permissions, viewport });
    const page = await context.newPage();
    await page.goto(url);
    await use(page);
    await context.close();
  },
  ask: async ({ window }, use) => {
    const ask = createAskPage(window);
    await ask.waitUntilReady();
    await use(ask);
  },
  connections: async ({ window, ask: _ready }, use) => {
    await use(createConnectionsPage(window));
  },
});

/** The specs of a worker share a data folder, and it remembers what the one before chose. */
async function forgetChoices(url: string): Promise<void> {
  const { core, close } = await connectToHost(url);
  await core['workspace.save']({ tabs: [] });
  await core['settings.set']({
    theme: 'system',
    connectionId: 'demo:ecommerce',
    runAutomatically: true,
    sidePanel: 'schema',
    tourDone: true,
    offline: false,
    allowedHosts: [],
    modelPath: '',
    limits: {},
  });
  close();
}

export { expect } from '@playwright/test';
