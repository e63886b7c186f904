import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { locateStarterModel } from '../../models/index.ts';
import { writeGgufHeader } from '../testing/gguf-file.ts';
import { inspectModel } from './inspect-model.ts';
import { loadLanguageModel } from './language-model.ts';

const starter = locateStarterModel();
let folder = '';
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'models-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function expectIncompatible(file: string, message: RegExp) {
  const failure = { code: 'MODEL_INCOMPATIBLE', message: expect.stringMatching(message) };
  await expect(inspectModel(file)).rejects.toMatchObject({ ...failure, hint: expect.any(String) });
  await expect(loadLanguageModel(file)).rejects.toMatchObject(failure);
}

test('a missing file says so, and what to do', async () => {
  const file = at('nowhere.gguf');
  await expect(inspectModel(file)).rejects.toMatchObject({ code: 'MODEL_MISSING', hint: expect.any(String) });
  await expect(loadLanguageModel(file)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
});

test('a folder, a text and an empty file are no models', async () => {
  await writeFile(at('text.gguf'), 'not a model\n'.repeat(20));
  await writeFile(at('empty.gguf'), '');
  await expectIncompatible(folder, /is not a file/);
  await expectIncompatible(at('text.gguf'), /is not a GGUF file/);
  await expectIncompatible(at('empty.gguf'), /is not a GGUF file/);
});

test('a model of another kind is named', async () => {
  await writeGgufHeader(at('clip.gguf'), { 'general.architecture': 'clip' });
  await writeGgufHeader(at('lora.gguf'), { 'general.architecture': 'llama', 'general.type': 'adapter' });
  await writeGgufHeader(at('vocabulary.gguf'), { 'general.architecture': 'llama' });
  await expectIncompatible(at('clip.gguf'), /clip model, which cannot write text/);
  await expectIncompatible(at('lora.gguf'), /adapter/);
  await expectIncompatible(at('vocabulary.gguf'), /no weights/);
});

test('a truncated model is told from a whole one', async () => {
  const whole = await readFile(starter);
  await writeFile(at('half.gguf'), whole.subarray(0, whole.length / 2));
  await writeFile(at('almost.gguf'), whole.subarray(0, whole.length - 64));
  await expectIncompatible(at('half.gguf'), /cut off/);
  await expect(loadLanguageModel(at('almost.gguf'))).rejects.toMatchObject({ code: 'MODEL_INCOMPATIBLE' });
});

test('the starter says what it is', async () => {
  expect(await inspectModel(starter)).toMatchObject({
    path: starter,
    architecture: expect.stringMatching(/llama|mistral/),
    targetForm: 'sketch',
    chatTemplate: false,
    parameters: expect.toSatisfy((count: number) => count > 1e6),
    contextSize: expect.toSatisfy((size: number) => size >= 512),
  });
});
