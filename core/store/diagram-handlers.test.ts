import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createDiagramHandlers } from './diagram-handlers.ts';
import { openStore } from './open-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sqlcodegen-diagram-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('places are kept for each database, and outlive a restart', async () => {
  const file = join(folder, 'store.sqlite');
  const context = { signal: new AbortController().signal };
  const store = openStore({ file });
  const handlers = createDiagramHandlers({ settings: store.settings });
  expect(await handlers['diagram.get']({ connectionId: 'demo:a' }, context)).toEqual({ places: {} });
  const places = { 'public.orders': { x: 10.5, y: -20 } };
  await handlers['diagram.save']({ connectionId: 'demo:a', places }, context);
  store.close();
  const later = openStore({ file });
  const again = createDiagramHandlers({ settings: later.settings });
  expect(await again['diagram.get']({ connectionId: 'demo:a' }, context)).toEqual({ places });
  expect(await again['diagram.get']({ connectionId: 'demo:b' }, context)).toEqual({ places: {} });
  later.close();
});
