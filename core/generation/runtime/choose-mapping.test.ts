import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quantizeModel } from '../../models/index.ts';
import { shouldMap } from './choose-mapping.ts';
import { inspectModel, readHeader } from './inspect-model.ts';
import { loadLanguageModel } from './language-model.ts';

const whole = path.resolve(import.meta.dirname, '../../models/testing/tiny-f16.gguf');
let folder = '';
const fileOf = (type: string) => path.join(folder, `tiny-${type}.gguf`);
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mapping-'));
  const types = ['Q8_0', 'Q6_K', 'Q4_K_M'] as const;
  const { signal } = new AbortController();
  const options = { input: whole, types, out: folder, inspect: inspectModel, signal };
  for await (const item of quantizeModel(options))
    if (item.kind === 'written') expect(item.model.path).toContain(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['Q8_0', true, false],
  ['Q6_K', true, false],
  ['Q4_K_M', false, false],
])('%s: mapped on x64 %s, on arm64 %s, always where a GPU takes it', async (type, onX64, onArm64) => {
  const info = await readHeader(fileOf(type));
  expect([shouldMap(info, 0, 'x64'), shouldMap(info, 0, 'arm64')]).toEqual([onX64, onArm64]);
  expect(shouldMap(info, 1, 'x64')).toBe(true);
});

test('whole weights are mapped everywhere', async () => {
  const info = await readHeader(whole);
  expect([shouldMap(info, 0, 'x64'), shouldMap(info, 0, 'arm64')]).toEqual([true, true]);
});

test.runIf(process.platform === 'linux')('a file is in memory once: mapped, or read', async () => {
  for (const [file, mapped] of [
    [whole, true],
    [fileOf('Q4_K_M'), false],
  ] as const) {
    const model = await loadLanguageModel(file);
    // On a GPU all are mapped.
    const expected = mapped || model.plan.gpuLayers > 0;
    expect(model.plan.mapped).toBe(expected);
    expect(readFileSync('/proc/self/maps', 'utf8').includes(file)).toBe(expected);
    await model.dispose();
  }
});
