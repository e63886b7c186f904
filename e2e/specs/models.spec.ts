import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findBarriers } from '../find-barriers.ts';
import { expect, test } from '../fixtures.ts';
import { root, startHost } from '../start-host.ts';

for (const scheme of ['light', 'dark'] as const) {
  test(`models of every kind and a model are without serious barrier, ${scheme}`, async ({
    window,
    ask: _ready,
  }) => {
    await window.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await window.getByRole('link', { name: 'Models' }).click();
    const starter = window.getByRole('link', { name: /starter/ });
    await expect(starter).toBeVisible();
    expect(await findBarriers(window)).toEqual([]);
    for (const kind of ['Adapters', 'Base models', 'Servers', 'Comparison']) {
      await window.getByRole('tab', { name: kind }).click();
      await expect(window.getByRole('tabpanel', { name: kind }).getByText(/\w/).first()).toBeVisible();
      await expect(window.getByText('Loading')).toHaveCount(0);
      expect(await findBarriers(window)).toEqual([]);
    }
    await window.getByRole('tab', { name: 'Models', exact: true }).click();
    await starter.click();
    await expect(window.getByRole('region', { name: 'Tensor types' })).toContainText('Q8_0');
    expect(await findBarriers(window)).toEqual([]);
  });
}

test('a model is added by its path, used, asked and forgotten', async ({ browser }, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Starts a browser host of its own.');
  const host = await startHost();
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    const file = join(host.dataDir, 'copied.gguf');
    copyFileSync(join(root, 'data', 'models', 'starter.gguf'), file);
    writeFileSync(join(host.dataDir, 'no-model.gguf'), 'no model');
    await page.goto(host.url);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    const path = page.getByRole('textbox', { name: 'Path of a GGUF file' });
    await path.fill(join(host.dataDir, 'no-model.gguf'));
    await path.press('Enter');
    await expect(page.getByRole('alert')).toContainText('The file was not added');
    await path.fill(file);
    await path.press('Enter');
    const row = page.getByRole('listitem').filter({ hasText: file });
    await row.getByRole('button', { name: 'Use it' }).click();
    await expect(row.getByText('in use')).toBeVisible();
    await row.getByRole('button', { name: 'Load now' }).click();
    await expect(row.getByText('in memory')).toBeVisible();

    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Model', exact: true }).click();
    await expect(page.getByRole('radio', { name: new RegExp('copied.gguf') })).toBeChecked();

    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await row.getByRole('button', { name: 'Take off the list' }).click();
    await expect(row).toHaveCount(0);
    await expect(page.getByRole('listitem').filter({ hasText: 'starter.gguf' })).toContainText('in use');
  } finally {
    await context.close();
    await host.stop();
  }
});

test('a model is downloaded over a connection that breaks, quantized, chosen in Ask and deleted', async ({
  browser,
}, testInfo) => {
  test.skip(testInfo.project.name === 'electron', 'Starts a browser host of its own.');
  test.setTimeout(90_000);
  const source = await serveBreakingOnce(readFileSync(join(root, 'data', 'models', 'starter.gguf')));
  const host = await startHost();
  const context = await browser.newContext();
  const page = await context.newPage();
  try {
    await page.goto(host.url);
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await page.getByRole('textbox', { name: /Name on the hub/ }).fill(`${source.url}/fetched.gguf`);
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const row = page.getByRole('listitem').filter({ hasText: join('models', 'fetched.gguf') });
    await expect(row).toContainText('downloaded from 127.0.0.1', { timeout: 30_000 });
    expect(source.ranges[0]).toBeUndefined();
    expect(source.ranges[1]).toMatch(/^bytes=\d+-$/);

    await row.getByRole('button', { name: 'Quantize…' }).click();
    const dialog = page.getByRole('dialog', { name: /^Quantize/ });
    await dialog.getByRole('checkbox', { name: 'Q8_0' }).uncheck();
    await dialog.getByRole('checkbox', { name: /although it is quantized already/ }).check();
    await dialog.getByRole('button', { name: 'Quantize', exact: true }).click();
    const smaller = page.getByRole('listitem').filter({ hasText: 'fetched-Q4_K_M.gguf' });
    await expect(smaller).toContainText('quantized from fetched.gguf', { timeout: 30_000 });

    await page.getByRole('link', { name: 'Ask', exact: true }).click();
    await page.getByRole('button', { name: /^Model: / }).click();
    await page.getByRole('menuitemradio', { name: /Q4_K_M/ }).click();
    await expect(page.getByText('answers from now on')).toBeVisible();
    await page.getByRole('link', { name: 'Models', exact: true }).click();
    await expect(smaller).toContainText('in use');

    await row.getByRole('button', { name: 'Delete…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await expect(row).toHaveCount(0);
  } finally {
    await context.close();
    await host.stop();
    await source.close();
  }
});

/** A server that breaks the first connection half-way, and goes on by Range. */
async function serveBreakingOnce(bytes: Buffer) {
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const place = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(from > 0 ? 206 : 200, {
      ...{ etag: '"one"', 'content-length': String(bytes.length - from), ...place },
    });
    if (ranges.length > 1) return void response.end(bytes.subarray(from));
    response.write(bytes.subarray(0, bytes.length >> 1), () => setTimeout(() => response.destroy(), 50));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ranges,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
