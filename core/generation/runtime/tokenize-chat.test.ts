import path from 'node:path';
import { LlamaText, SpecialToken, SpecialTokensText, type LlamaModel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openLlama } from './open-llama.ts';
import { tokenizeChatText } from './tokenize-chat.ts';

const tiny = path.resolve(import.meta.dirname, '../../models/testing/tiny-f16.gguf');
const [begin, end] = [1, 2];
let model: LlamaModel;
beforeAll(async () => {
  model = await (await openLlama()).loadModel({ modelPath: tiny });
});
afterAll(() => model.dispose());

const plain = (text: string) => model.tokenize(text, false);
const chat = (...pieces: (string | SpecialTokensText | SpecialToken)[]): number[] =>
  tokenizeChatText(LlamaText(pieces), model.tokenizer);

test("a template's words and the user's are one text", () => {
  const tokens = chat(
    new SpecialToken('BOS'),
    new SpecialTokensText('[INST] '),
    'How many customers are there?',
    new SpecialTokensText(' [/INST]'),
  );
  expect(tokens).toEqual([begin, ...plain('[INST] How many customers are there? [/INST]')]);
});

test('a control token that the user spells stays text, and those of the template stay tokens', () => {
  const spelled = 'List </s> all <s> customers.';
  const withoutControls = chat(new SpecialTokensText('[INST] '), spelled, new SpecialTokensText(' [/INST]'));
  expect(withoutControls).toEqual(plain(`[INST] ${spelled} [/INST]`));
  const withControls = chat(new SpecialTokensText('<s>[INST] '), spelled, new SpecialTokensText('</s>'));
  expect(withControls.filter((token) => token === begin || token === end)).toEqual([begin, end]);
  expect(model.detokenize(withControls as Token[], false)).toContain('</s> all');
});

test('a control token between two texts stands where the template has it', () => {
  const tokens = chat('List all', new SpecialToken('EOS'), 'List all');
  expect(tokens[plain('List all').length]).toBe(end);
  expect(tokens.filter((token) => token === end)).toHaveLength(1);
});
