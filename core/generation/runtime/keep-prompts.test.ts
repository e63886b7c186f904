import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locateStarterModel } from '../../models/index.ts';
import { buildChatPrompt } from '../../schema/index.ts';
import { describeSchema, shopSchema } from '../testing/shop-schema.ts';
import { loadLanguageModel, type LanguageModel } from './language-model.ts';

const starter = locateStarterModel();
const tiny = path.resolve(import.meta.dirname, '../../models/testing/tiny-f16.gguf');
const never = new AbortController().signal;
const clinic = describeSchema(
  'patients: id integer, full_name text, born date, city text, doctor_id integer | ' +
    'doctors: id integer, full_name text, speciality text, room integer | ' +
    'visits: id integer, patient_id integer, doctor_id integer, visited_on date, fee numeric, notes text',
);

describe('prompts of two databases, asked in turns', () => {
  const prompts = [
    [shopSchema, 'How many customers are there?'],
    [clinic, 'Which doctor has most visits?'],
    [shopSchema, 'List all products.'],
    [clinic, 'Who was born in 1980?'],
  ] as const;

  async function readAll(maxSequences: number) {
    const model = await loadLanguageModel(starter, { maxSequences });
    const read = [];
    for (const [schema, question] of prompts) {
      const tokens = model.tokenizePrompt(buildChatPrompt({ schema, question }).text);
      const reused = await model.readPrompt(tokens, never);
      read.push({
        share: reused / tokens.length,
        logits: await model.scoreNext(tokens, [5, 77, 900], never),
      });
    }
    await model.dispose();
    return read;
  }

  test('each finds its schema evaluated where two sequences fit, and the numbers are the same to the bit', async () => {
    const [two, one] = [await readAll(2), await readAll(1)];
    expect(two.map(({ share }) => share > 0.6)).toEqual([false, false, true, true]);
    expect(one.map(({ share }) => share > 0.6)).toEqual([false, false, false, false]);
    expect(two.map(({ logits }) => logits)).toEqual(one.map(({ logits }) => logits));
  });
});

describe('texts written side by side', () => {
  let model: LanguageModel;
  let tokens: number[];
  beforeAll(async () => {
    model = await loadLanguageModel(tiny, { maxSequences: 3 });
    tokens = model.tokenizePrompt(
      'How many customers are there? List all orders of the teachers. '.repeat(5),
    );
  });
  afterAll(() => model.dispose());

  async function write(seeds: number[], temperature: number, maxTokens = 12) {
    await model.readPrompt(tokens, never);
    const texts = seeds.map(() => ({ tokens: [] as number[], logProb: 0 }));
    const options = { seeds, temperature, maxTokens, yieldEndToken: true, signal: never };
    for await (const { text, token, logProb } of model.writeText(tokens, options)) {
      texts[text]?.tokens.push(token);
      if (texts[text]) texts[text].logProb += logProb;
    }
    return texts;
  }

  test('more than there are sequences, greedily, are all the text that one alone is', async () => {
    const [alone] = await write([0], 0);
    expect(alone?.tokens.length).toBeGreaterThan(1);
    for (const { tokens: written, logProb } of await write([0, 0, 0, 0, 0], 0)) {
      expect(written).toEqual(alone?.tokens);
      expect(logProb).toBeCloseTo(alone?.logProb ?? 0, 2);
    }
  });

  test('drawn ones differ by seed, and are the same each time', async () => {
    const first = await write([1, 2, 3], 1.5);
    expect(new Set(first.map(({ tokens: written }) => written.join())).size).toBeGreaterThan(1);
    expect(await write([1, 2, 3], 1.5)).toEqual(first);
    for (const { logProb } of first) expect(logProb).toBeLessThan(0);
  });

  test('a grammar holds for each of them', async () => {
    const options = {
      grammar: 'root ::= "7" | "42"',
      temperature: 1,
      seeds: [1, 2, 3, 4, 5, 6],
      signal: never,
    };
    const texts: number[][] = options.seeds.map(() => []);
    for await (const { text, token } of model.writeText(tokens, options)) texts[text]?.push(token);
    for (const written of texts) expect(['7', '42']).toContain(model.detokenize(written).trim());
  });

  test('leaving early, or a cancel, leaves the model usable', async () => {
    const before = await write([1, 2], 1.5);
    for await (const _ of model.writeText(tokens, { seeds: [1, 2], temperature: 1, signal: never })) break;
    const controller = new AbortController();
    const { signal } = controller;
    const running = model.writeText(tokens, { seeds: [1, 2], temperature: 1, signal });
    await running.next();
    controller.abort(new Error('gone'));
    await expect(Array.fromAsync(running)).rejects.toThrow('gone');
    expect(await write([1, 2], 1.5)).toEqual(before);
  });
});
