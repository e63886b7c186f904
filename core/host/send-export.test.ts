import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError, type CoreHandlers } from '../contract/index.ts';
import { startHost, type Host } from './index.ts';

let dir: string;
let host: Host;
let cookie: string;
let stopped = 0;

const handlers = {
  async *'postgres.streamExport'({ exportId }: { exportId: string }, { signal }: { signal: AbortSignal }) {
    if (exportId === 'used') throw new AppError('NOT_FOUND', 'This export was begun already.');
    const fileName = 'Kunden "Süd".csv';
    yield { text: 'id\r\n', rows: 0, fileName };
    if (exportId === 'broken') throw new AppError('SQL_EXECUTION', 'division by zero');
    try {
      for (let rows = 1; exportId === 'endless'; rows += 1) {
        yield { text: `${'x'.repeat(10_000)}\r\n`, rows, fileName };
      }
    } finally {
      if (signal.aborted) stopped += 1;
    }
    yield { text: '1\r\n', rows: 1, fileName };
  },
} as Partial<CoreHandlers> as CoreHandlers;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'export-'));
  writeFileSync(join(dir, 'index.html'), '<h1>Studio</h1>');
  host = await startHost({ handlers, rendererDir: dir });
  const { headers } = await fetch(host.url, { redirect: 'manual' });
  cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
});
afterAll(async () => {
  await host.close();
  rmSync(dir, { recursive: true, force: true });
});

const get = (path: string, headers: Record<string, string> = { cookie }) =>
  fetch(`${host.origin}${path}`, { headers });

it('is a file to save, under its own name', async () => {
  const response = await get('/export/a');
  expect(response.headers.get('content-disposition')).toBe(
    `attachment; filename="Kunden__S_d_.csv"; filename*=UTF-8''Kunden%20%22S%C3%BCd%22.csv`,
  );
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await response.text()).toBe('id\r\n1\r\n');
});

it('is given to nobody without the cookie', async () => {
  expect((await get('/export/a', {})).status).toBe(401);
});

it('says why it cannot begin, and breaks off where it fails later', async () => {
  const used = await get('/export/used');
  expect([used.status, await used.text()]).toEqual([404, 'This export was begun already. \n']);
  await expect(get('/export/broken').then((response) => response.text())).rejects.toThrow();
});

it('waits for a slow reader, and stops when the reader leaves', async () => {
  const response = await get('/export/endless');
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await expect.poll(() => stopped).toBe(1);
});
