import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locateStarterModel } from '../../models/starter-model.ts';
import { loadLanguageModel, type LanguageModel } from './index.ts';

interface ParityCase {
  prompt: string;
  tokens: number[];
  written: number[];
}

/** Written by `python -m training.parity` from the checkpoint that the starter was exported from. */
const file = join(dirname(locateStarterModel({})), 'starter-parity.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as ParityCase[];
const { signal } = new AbortController();

describe('what was trained is what runs', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadLanguageModel(locateStarterModel({}));
  });
  afterAll(async () => model.dispose());

  async function writeGreedily(tokens: readonly number[], count: number): Promise<number[]> {
    const written: number[] = [];
    await model.readPrompt(tokens, signal);
    for await (const { token } of model.writeText(tokens, { temperature: 0, seed: 0, signal })) {
      written.push(token);
      if (written.length >= count) break;
    }
    return written;
  }

  test('llama.cpp reads every prompt as the tokens that the trainer saw', () => {
    for (const { prompt, tokens } of cases) expect(model.tokenizePrompt(prompt)).toEqual(tokens);
  });

  test('the quantized model writes what the trained one writes', async () => {
    let equal = 0;
    for (const { tokens, written } of cases) {
      const found = await writeGreedily(tokens, written.length);
      if (JSON.stringify(found) === JSON.stringify(written)) equal++;
    }
    // 8-bit weights may turn a choice that was nearly even.
    expect(equal).toBeGreaterThanOrEqual(cases.length - 2);
  });
});
