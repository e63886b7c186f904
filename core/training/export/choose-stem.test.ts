import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeOrigin } from '../../models/origin.ts';
import { chooseStem } from './choose-stem.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'stem-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function writeExport(name: string, step: number): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, '');
  await writeOrigin(file, {
    ...{ kind: 'run', runId: 'retail', run: 'Retail', step, base: 'starter', quantization: 'Q8_0' },
    ...{ sourceHash: 'a', createdAt: '2026-07-01T10:00:00.000Z' },
  });
  return file;
}

it('a run’s files are named by it, again where they are made anew', async () => {
  expect(await chooseStem('retail', 60, [])).toBe('retail');
  expect(await chooseStem('retail', 60, [await writeExport('retail-Q8_0.gguf', 60)])).toBe('retail');
});

it('files of another checkpoint are not overwritten', async () => {
  const first = await writeExport('retail-Q8_0.gguf', 60);
  expect(await chooseStem('retail', 90, [first])).toBe('retail-step-000090');
  const second = await writeExport('retail-step-000090-Q8_0.gguf', 90);
  expect(await chooseStem('retail', 60, [first, second])).toBe('retail-step-000060');
});

it('files that were removed count nothing', async () => {
  expect(await chooseStem('retail', 90, [join(folder, 'gone-Q8_0.gguf')])).toBe('retail');
});
