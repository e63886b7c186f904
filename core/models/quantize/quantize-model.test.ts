import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { QuantizationType, QuantizeItem, QuantizedModel } from '../../contract/index.ts';
import { checkModel, inspectModel } from '../../generation/index.ts';
import { locateStarterModel } from '../starter-model.ts';
import { quantizeModel, type QuantizeOptions } from './quantize-model.ts';

const fixtures = path.resolve(import.meta.dirname, '../testing');
const tiny = path.join(fixtures, 'tiny-f16.gguf');
const starter = locateStarterModel({});
const never = new AbortController().signal;

let out = '';
beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'quantize-'));
});
afterEach(() => rm(out, { recursive: true }));

const start = (options: Partial<QuantizeOptions> = {}) =>
  quantizeModel({ input: tiny, types: ['Q8_0'], out, inspect: inspectModel, signal: never, ...options });

async function quantize(options: Partial<QuantizeOptions> = {}) {
  const items: QuantizeItem[] = [];
  for await (const item of start(options)) items.push(item);
  return { items, models: items.flatMap((item) => (item.kind === 'written' ? [item.model] : [])) };
}

async function checkParity(model: QuantizedModel) {
  const casesPath = path.join(fixtures, 'tiny-cases.json');
  for await (const item of checkModel({ path: model.path, casesPath, minWrittenShare: 1 }, never)) {
    if (item.kind === 'report') return item.report;
  }
  throw new Error('The check ended without a report.');
}

async function expectFailure(options: Partial<QuantizeOptions>, failure: object) {
  await expect(quantize(options)).rejects.toMatchObject({ hint: expect.any(String), ...failure });
  expect(await readdir(out)).toEqual([]);
}

describe('quantizing', () => {
  test('every type is smaller than the one before, says what it is, and writes what the model wrote', async () => {
    const types: QuantizationType[] = ['F16', 'Q8_0', 'Q6_K', 'Q5_K_M', 'Q4_K_M'];
    const { models } = await quantize({ types });
    const inputBytes = (await stat(tiny)).size;
    let larger = inputBytes + 1;
    for (const [index, model] of models.entries()) {
      const type = types[index];
      expect(model).toMatchObject({ type, path: path.join(out, `tiny-${type}.gguf`), fallbackTensors: 0 });
      expect(model.sizeBytes).toBe((await stat(model.path)).size);
      expect(model.sizeBytes).toBeLessThan(larger);
      expect(model.ratio).toBeCloseTo(inputBytes / model.sizeBytes);
      larger = model.sizeBytes;
      expect((await inspectModel(model.path)).quantization).toBe(`MOSTLY_${type}`);
      expect(await checkParity(model)).toMatchObject({ equalTokens: 10, equalWritten: 10 });
    }
    expect(models).toHaveLength(5);
    expect(await readdir(out)).toHaveLength(5);
  });

  test('progress counts the tensors up to the last', async () => {
    const { items } = await quantize({ types: ['Q4_K_M'] });
    const progress = items.filter((item) => item.kind === 'progress');
    expect(progress.map(({ done }) => done)).toEqual(progress.map((_, index) => index + 1));
    expect(progress.at(-1)).toMatchObject({ type: 'Q4_K_M', done: progress.length, total: progress.length });
    expect(progress.length).toBeGreaterThan(5);
  });

  test("the embeddings get a type of their own, and else llama.cpp's choice", async () => {
    const own = await quantize({ types: ['Q4_K_M'], embeddingType: 'F16', out: path.join(out, 'own.gguf') });
    const chosen = await quantize({ types: ['Q4_K_M'] });
    expect(own.models[0]?.sizeBytes).toBeGreaterThan((chosen.models[0]?.sizeBytes ?? 0) + 50_000);
  });

  test('an existing file is kept unless it shall be replaced, and no other type is written before that', async () => {
    const file = path.join(out, 'tiny-Q8_0.gguf');
    await writeFile(file, 'old');
    await expect(quantize({ types: ['Q6_K', 'Q8_0'] })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: `${file} is there already.`,
      hint: expect.stringContaining('--force'),
    });
    expect([await readdir(out), await readFile(file, 'utf8')]).toEqual([['tiny-Q8_0.gguf'], 'old']);
    await quantize({ replace: true });
    expect((await inspectModel(file)).quantization).toBe('MOSTLY_Q8_0');
  });
});

describe('what cannot be quantized', () => {
  test('is said by what it is', async () => {
    await expectFailure({ input: path.join(out, 'no.gguf') }, { code: 'MODEL_MISSING' });
    await expectFailure({ input: import.meta.filename }, { code: 'MODEL_INCOMPATIBLE' });
    await expectFailure({ input: path.join(fixtures, 'tiny-adapter.gguf') }, { code: 'MODEL_INCOMPATIBLE' });
  });

  test('a quantized model is refused by its header, and by llama.cpp where the header is silent', async () => {
    const failure = { code: 'INVALID_INPUT', message: 'starter.gguf is quantized already.' };
    await expectFailure({ input: starter, types: ['Q4_K_M'] }, failure);
    const inspect = async (file: string) => ({ ...(await inspectModel(file)), quantization: 'unknown' });
    await expectFailure({ input: starter, types: ['Q4_K_M'], inspect }, failure);
    const { models } = await quantize({ input: starter, types: ['Q4_K_M'], allowRequantize: true });
    expect(models[0]?.path).toBe(path.join(out, 'starter-Q4_K_M.gguf'));
  });

  test('a model without its last bytes is said to be cut off, and leaves nothing', async () => {
    const bytes = await readFile(tiny);
    const folder = await mkdtemp(path.join(tmpdir(), 'cut-'));
    const input = path.join(folder, 'cut.gguf');
    await writeFile(input, bytes.subarray(0, bytes.length - 64));
    await expectFailure(
      { input },
      { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/^cut.gguf is cut off: /) },
    );
    await rm(folder, { recursive: true });
  });
});

test("an assertion in llama.cpp ends the quantizer's process, not this one", async () => {
  const bytes = await readFile(tiny);
  const key = Buffer.from('llama.block_count');
  // After the key: four bytes of type, then the value. llama.cpp asserts that it is below its own maximum.
  bytes.writeUInt32LE(600, bytes.indexOf(key) + key.length + 4);
  const folder = await mkdtemp(path.join(tmpdir(), 'crash-'));
  const input = path.join(folder, 'crash.gguf');
  await writeFile(input, bytes);
  const ended = process.platform === 'win32' ? /exit code/ : /SIGABRT/;
  await expectFailure({ input }, { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(ended) });
  await rm(folder, { recursive: true });
});

describe('room on the disk', () => {
  test('is compared with the sizes that the files will have, before anything is written', async () => {
    const types: QuantizationType[] = ['Q8_0', 'Q4_K_M'];
    let neededBytes = 0;
    const attempt = quantize({ types, readFreeBytes: async () => 1_000 });
    await attempt.catch((error: { details: { neededBytes: number } }) => ({ neededBytes } = error.details));
    await expectFailure({ types, readFreeBytes: async () => 1_000 }, { code: 'DISK_FULL' });
    const { models } = await quantize({ types });
    const written = models.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    // llama.cpp rounds to 0.01 MiB, twice a file.
    expect(Math.abs(neededBytes - written)).toBeLessThan(50_000);
  });

  test.skipIf(process.platform !== 'linux')(
    'that ends while it is written is said, and nothing is left (needs /dev/full)',
    async () => {
      await symlink('/dev/full', path.join(out, 'tiny-Q8_0.gguf.partial'));
      await expectFailure({}, { code: 'DISK_FULL' });
    },
  );
});

describe('ending it early', () => {
  test('by its signal kills the process and leaves nothing', async () => {
    const controller = new AbortController();
    const run = start({
      input: starter,
      types: ['Q4_K_M'],
      allowRequantize: true,
      signal: controller.signal,
    });
    expect((await run.next()).value).toMatchObject({ kind: 'progress' });
    expect(await readdir(out)).toEqual(['starter-Q4_K_M.gguf.partial']);
    controller.abort(new Error('gone'));
    await expect(
      (async () => {
        for await (const _ of run);
      })(),
    ).rejects.toThrow('gone');
    expect(await readdir(out)).toEqual([]);
  });

  test('by leaving it kills the process and leaves nothing', async () => {
    for await (const item of start({ input: starter, types: ['Q4_K_M'], allowRequantize: true })) {
      expect(item.kind).toBe('progress');
      break;
    }
    expect(await readdir(out)).toEqual([]);
  });
});
