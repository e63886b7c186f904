import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateLlamaLibrary, supportedRelease } from './llama-library.ts';
import { isExpectedLayout, readDefaults } from './llama-quantizer.ts';
import { runQuantizer } from './run-quantizer.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'library-'));
});
afterEach(() => rm(folder, { recursive: true }));

const writeMetadata = (release: string) =>
  writeFile(
    path.join(folder, '_nlcBuildMetadata.json'),
    JSON.stringify({ buildOptions: { llamaCpp: { release } } }),
  );

test('the installed library is of the release that the struct was written for, and lays it out so', () => {
  const defaults = readDefaults(locateLlamaLibrary());
  expect(isExpectedLayout(defaults)).toBe(true);
  expect(isExpectedLayout({ ...defaults, max_buf_size: 0 })).toBe(false);
  expect(isExpectedLayout({ ...defaults, quantize_output_tensor: false })).toBe(false);
});

test('a library of another release, or of none, is refused', async () => {
  const failure = { code: 'MODEL_INCOMPATIBLE', hint: expect.stringContaining('npm ci') };
  expect(() => locateLlamaLibrary(folder)).toThrow(expect.objectContaining(failure));
  await writeMetadata('v0.6.0');
  expect(() => locateLlamaLibrary(folder)).toThrow(/is v0\.6\.0; quantizing is written for v0\.5\.0/);
  await writeMetadata(supportedRelease);
  expect(() => locateLlamaLibrary(folder)).toThrow(/no llama library/);
});

test.each([
  ['linux', 'libllama.v0.5.0.so'],
  ['macOS', 'libllama.dylib'],
  ['Windows', 'llama.dll'],
])('the library is told from its neighbours by its name on %s', async (_, name) => {
  await writeMetadata(supportedRelease);
  for (const file of ['libllama-common.so', 'llama-addon.node', 'libggml.v0.5.0.so', name]) {
    await writeFile(path.join(folder, file), '');
  }
  expect(locateLlamaLibrary(folder)).toBe(path.join(folder, name));
});

test('a library that cannot be loaded ends the process, not the app', async () => {
  const library = path.join(folder, 'libllama.so');
  await writeFile(library, 'no library');
  const task = { library, input: 'in.gguf', output: path.join(folder, 'out.gguf'), threads: 1 };
  const run = runQuantizer(
    { ...task, type: 'Q8_0', allowRequantize: false, dryRun: false },
    new AbortController().signal,
  );
  await expect(run.next()).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
});
