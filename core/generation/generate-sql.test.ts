import { expect, test } from 'vitest';
import { buildChatPrompt, maxChatPromptTokens } from '../schema/index.ts';
import type { GenerationEvent } from './generation-event.ts';
import { generateFromText } from './generate-sql.ts';
import type { LanguageModel } from './runtime/index.ts';
import { describeSchema, shopSchema } from './testing/shop-schema.ts';

const bytes = (text: string) => [...Buffer.from(text)];

/** A model whose tokens are bytes; it writes one statement, and keeps what it was asked. */
function writerOf(sql: string, contextSize = 100_000) {
  const asked: string[] = [];
  const model: Partial<LanguageModel> = {
    contextSize,
    tokenizePrompt: bytes,
    tokenizeChat: (text) => {
      asked.push(text);
      return bytes(text);
    },
    detokenize: (tokens) => Buffer.from(tokens).toString(),
    readPrompt: async () => 0,
    writeText: async function* () {
      for (const token of bytes(sql)) yield { text: 0, token, logProb: -0.1 };
    },
  };
  return { model: model as LanguageModel, asked };
}

async function collect(events: AsyncIterable<GenerationEvent>): Promise<GenerationEvent[]> {
  const all: GenerationEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const question = 'How many customers live in Oslo?';
const hints = [{ table: 'customers', column: 'city', value: 'Oslo fjord' }];
const input = { schema: shopSchema, question, hints, maxCandidates: 1, signal: new AbortController().signal };

test('a model is asked with the prompt that the dataset trains on, and no stored value is in it', async () => {
  const { model, asked } = writerOf(' SELECT count(*) FROM customers');
  const events = await collect(generateFromText({ ...input, model }));
  expect(asked).toEqual([buildChatPrompt({ schema: shopSchema, question }).text]);
  expect(asked[0]).not.toContain('fjord');
  expect(events.find((event) => event.kind === 'prompt')).toMatchObject({ text: asked[0] });
  expect(events.at(-1)).toMatchObject({ kind: 'candidate', candidate: { finished: true } });
});

test('a schema beyond the limit is cut down to what the question and the values found need', async () => {
  const many = Array.from(
    { length: 60 },
    (_, index) => `extra_${index}: id integer, note text, amount numeric`,
  );
  const schema = describeSchema(`${many.join(' | ')} | customers: id integer, city text`);
  const { model, asked } = writerOf(' SELECT 1');
  await collect(generateFromText({ ...input, schema, model }));
  expect(asked[0]).toContain('CREATE TABLE customers');
  expect(asked[0]?.length).toBeLessThanOrEqual(maxChatPromptTokens);
  const small = writerOf(' SELECT 1', 700);
  await collect(generateFromText({ ...input, schema, model: small.model }));
  expect(small.asked[0]?.length).toBeLessThanOrEqual(700);
  expect(small.asked[0]).toContain('CREATE TABLE customers');
});
