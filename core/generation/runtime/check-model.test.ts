import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckItem, ParityCase } from '../../contract/index.ts';
import { locateStarterModel } from '../../models/index.ts';
import { checkModel, type CheckModelOptions } from './check-model.ts';
import { loadLanguageModel } from './language-model.ts';

/** Made, with what PyTorch reads and writes, by core/models/testing/make_tiny_model.py. */
const fixtures = path.resolve(import.meta.dirname, '../../models/testing');
const tiny = path.join(fixtures, 'tiny-f16.gguf');
const adapter = path.join(fixtures, 'tiny-adapter.gguf');
const casesPath = path.join(fixtures, 'tiny-cases.json');
const adapterCases = path.join(fixtures, 'tiny-adapter-cases.json');
const never = new AbortController().signal;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'check-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function check(options: Partial<CheckModelOptions> = {}) {
  const items: CheckItem[] = [];
  const all = { path: tiny, casesPath, minWrittenShare: 1, ...options };
  for await (const item of checkModel(all, never)) items.push(item);
  const last = items.at(-1);
  if (last?.kind !== 'report') throw new Error('The check ended without a report.');
  return last.report;
}

async function writeCases(cases: unknown): Promise<string> {
  const file = path.join(folder, 'cases.json');
  await writeFile(file, typeof cases === 'string' ? cases : JSON.stringify(cases));
  return file;
}

const readCases = async () => JSON.parse(await readFile(casesPath, 'utf8')) as ParityCase[];

describe('a model and what its trainer wrote', () => {
  test('prompts as text and as a chat turn, and greedy outputs to their end token, are equal', async () => {
    const cases = await readCases();
    expect(cases.map(({ kind }) => kind ?? 'prompt')).toContain('chat');
    expect(cases.every(({ written }) => written?.at(-1) === 2)).toBe(true);
    expect(await check()).toMatchObject({
      ...{ model: tiny, quantization: 'MOSTLY_F16', adapter: null },
      ...{ prompts: 10, equalTokens: 10, written: 10, equalWritten: 10, passed: true, firstDifferences: [] },
    });
  });

  test('one id that differs fails, and is named', async () => {
    const cases = await readCases();
    const [first, second] = cases as [ParityCase, ParityCase];
    first.tokens[3] = 99;
    const end = second.written?.splice(-1, 1, 7);
    const report = await check({ casesPath: await writeCases(cases), minWrittenShare: 0 });
    expect(report).toMatchObject({ equalTokens: 9, passed: false });
    expect(report.firstDifferences).toContainEqual(
      expect.objectContaining({ index: 0, what: 'tokens', at: 3, expected: first.tokens.slice(3, 11) }),
    );
    expect(report.firstDifferences).toContainEqual({
      index: 1,
      what: 'written',
      at: second.written && second.written.length - 1,
      expected: [7],
      found: end,
    });
  });

  test('the share of outputs that must be equal is what is asked for', async () => {
    const cases = await readCases();
    cases[0]?.written?.splice(0, 1, 42);
    const file = await writeCases(cases);
    expect(await check({ casesPath: file, minWrittenShare: 0.9 })).toMatchObject({
      equalWritten: 9,
      passed: true,
    });
    expect(await check({ casesPath: file, minWrittenShare: 0.91 })).toMatchObject({ passed: false });
  });

  test('1,000 prompts without outputs take seconds', async () => {
    const cases = (await readCases()).map(({ written: _, ...rest }) => rest);
    const many = Array.from({ length: 100 }, () => cases).flat();
    const report = await check({ casesPath: await writeCases(many) });
    expect(report).toMatchObject({ prompts: 1_000, equalTokens: 1_000, written: 0, passed: true });
    expect(report.seconds).toBeLessThan(10);
  });

  test.each([
    ['not JSON', '{', /the whole/],
    ['no array', { prompt: 'x' }, /expected array/],
    ['empty', [], /the whole/],
    ['a case without tokens', [{ prompt: 'x', tokens: [1] }, { prompt: 'x' }], /1\.tokens/],
    ['another kind', [{ prompt: 'x', tokens: [1], kind: 'poem' }], /0\.kind/],
  ])('a file of cases that is %s is refused', async (_, cases, message) => {
    await expect(check({ casesPath: await writeCases(cases) })).rejects.toMatchObject({
      ...{ code: 'INVALID_INPUT', message: expect.stringMatching(message), hint: expect.any(String) },
    });
  });

  test('a cancel ends it', async () => {
    const controller = new AbortController();
    const run = checkModel({ path: tiny, casesPath, minWrittenShare: 1 }, controller.signal);
    await run.next();
    controller.abort(new Error('gone'));
    await expect(run.next()).rejects.toThrow('gone');
  });
});

describe('an adapter', () => {
  test('changes what is written, as in PyTorch, and says so', async () => {
    expect(await check({ adapterPath: adapter, casesPath: adapterCases })).toMatchObject({
      ...{ adapter, equalTokens: 10, equalWritten: 10, passed: true },
    });
    expect(await check({ casesPath: adapterCases })).toMatchObject({ equalTokens: 10, equalWritten: 0 });
    const model = await loadLanguageModel(tiny, { adapter });
    expect(model.adapter).toMatchObject({ path: adapter, rank: 4, alpha: 8, sizeBytes: expect.any(Number) });
    await model.dispose();
    const bare = await loadLanguageModel(tiny);
    expect(bare.adapter).toBeUndefined();
    await bare.dispose();
  });

  async function expectRefused(file: string, failure: object, model = tiny) {
    await expect(loadLanguageModel(model, { adapter: file })).rejects.toMatchObject({
      hint: expect.any(String),
      ...failure,
    });
  }

  test('that is missing, or no adapter, is refused', async () => {
    await expectRefused(path.join(folder, 'no.gguf'), {
      code: 'MODEL_MISSING',
      message: /^No adapter file at/,
    });
    await expectRefused(tiny, { code: 'MODEL_INCOMPATIBLE', message: 'tiny-f16.gguf is no LoRA adapter.' });
    await expectRefused(casesPath, { code: 'MODEL_INCOMPATIBLE' });
  });

  test('of another model is refused, naming what does not fit', async () => {
    await expectRefused(
      adapter,
      { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(/ffn_down.*256 × 256.*768 × 256/) },
      locateStarterModel(),
    );
  });

  test('of another architecture, or cut off, is refused', async () => {
    const bytes = await readFile(adapter);
    const key = Buffer.from('general.architecture');
    const at = bytes.indexOf(key) + key.length + 4 + 8;
    const gemma = Buffer.from(bytes);
    gemma.write('gemma', at, 'latin1');
    await writeFile(path.join(folder, 'gemma.gguf'), gemma);
    await expectRefused(path.join(folder, 'gemma.gguf'), {
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringMatching(/gemma model, and the model is llama/),
    });
    await writeFile(path.join(folder, 'cut.gguf'), bytes.subarray(0, bytes.length - 2_000));
    await expectRefused(path.join(folder, 'cut.gguf'), {
      code: 'MODEL_INCOMPATIBLE',
      message: expect.stringMatching(/cannot load tiny with the adapter/),
    });
  });
});
