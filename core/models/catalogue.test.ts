import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError } from '../contract/index.ts';
import { checkModel, inspectModel } from '../generation/index.ts';
import { createModelCatalogue } from './catalogue.ts';
import { createModelsHandlers } from './handlers.ts';
import { locateStarterModel } from './starter-model.ts';

let dataDir = '';
const context = { signal: new AbortController().signal };

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'catalogue-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

function openCatalogue() {
  return createModelCatalogue({
    dataDir,
    starterModel: '/app/starter.gguf',
    inspect: async (file) => {
      if (file.includes('broken')) throw new AppError('MODEL_INCOMPATIBLE', 'broken');
      const facts = {
        architecture: 'llama',
        quantization: 'Q8_0',
        targetForm: 'sql',
        contextSize: 2048,
      } as const;
      return { ...facts, name: path.basename(file, '.gguf'), path: file, sizeBytes: 1 };
    },
    stateOf: (file) => (file.includes('starter') ? 'loaded' : 'unloaded'),
  });
}

test('lists the starter first, then the data folder by name, and leaves out what is no model', async () => {
  await mkdir(path.join(dataDir, 'models'));
  for (const name of ['b.gguf', 'a.gguf', 'broken.gguf', 'notes.txt']) {
    await writeFile(path.join(dataDir, 'models', name), '');
  }
  const models = await openCatalogue().list();
  expect(models.map(({ name, state, embedded }) => [name, state, embedded])).toEqual([
    ['starter', 'loaded', true],
    ['a', 'unloaded', false],
    ['b', 'unloaded', false],
  ]);
});

test('a data folder without models is fine', async () => {
  expect(await openCatalogue().list()).toHaveLength(1);
});

test('the handlers pass on what the catalogue throws, and preload with their signal', async () => {
  const asked: AbortSignal[] = [];
  const handlers = createModelsHandlers({
    catalogue: openCatalogue(),
    preload: async (signal) => void asked.push(signal),
    inspect: inspectModel,
    refuseUsed: () => undefined,
    check: checkModel,
  });
  await expect(handlers['models.inspect']({ path: 'broken.gguf' }, context)).rejects.toMatchObject({
    code: 'MODEL_INCOMPATIBLE',
  });
  const inspected = await handlers['models.inspect']({ path: 'mine.gguf' }, context);
  expect(inspected.path).toBe(path.resolve('mine.gguf'));
  await handlers['models.preload']({}, context);
  expect(asked).toEqual([context.signal]);
});

test('the starter lies in data/models, unless the environment says otherwise', () => {
  expect(locateStarterModel({})).toBe(path.resolve(import.meta.dirname, '../../data/models/starter.gguf'));
  expect(locateStarterModel({ SQLCODEGEN_STARTER_MODEL: 'other.gguf' })).toBe(path.resolve('other.gguf'));
});
