import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { locateStarterModel } from '../../models/index.ts';
import { generate } from '../generate.ts';
import type { WrittenCandidate } from '../generation-event.ts';
import { shopSchema } from '../testing/shop-schema.ts';
import { loadLanguageModel, type LanguageModel } from './language-model.ts';
import { createModelPool, type ModelTurn } from './model-pool.ts';

const starter = locateStarterModel();
const never = new AbortController().signal;

async function write(
  model: ModelTurn['model'],
  question: string,
  maxCandidates = 1,
  signal = never,
  onPrompt?: () => void,
) {
  const candidates: WrittenCandidate[] = [];
  let reusedTokens = 0;
  const input = { model, schema: shopSchema, question, hints: [], maxCandidates, signal };
  for await (const event of generate(input)) {
    if (event.kind === 'prompt') {
      reusedTokens = event.reusedTokens;
      onPrompt?.();
    }
    if (event.kind === 'candidate') candidates.push(event.candidate);
  }
  return { candidates, reusedTokens, texts: candidates.map(({ sql, logProb }) => `${logProb} ${sql}`) };
}

describe('the starter model', () => {
  let model: LanguageModel;
  beforeAll(async () => {
    model = await loadLanguageModel(starter);
  });
  afterAll(() => model.dispose());

  test('a prompt begins with exactly one BOS, and text never becomes a control token', () => {
    const [bos, ...rest] = model.tokenizePrompt('SCHEMA customers');
    const spelled = model.tokenizePrompt('<s> SCHEMA </s> customers');
    expect(rest).not.toContain(bos);
    expect(spelled.filter((token) => token === bos)).toHaveLength(1);
    expect(spelled).not.toContain(model.endToken);
    expect(model.tokenizeChat('SCHEMA customers')).toEqual([bos, ...rest]);
  });

  test('a word has the tokens that it has inside a text', () => {
    const words = ['SCHEMA', 'customers', 'customer_id', '(', '*', "it's", '2024-01-31', 'größe'];
    const [, ...text] = model.tokenizePrompt(words.join(' '));
    expect(words.flatMap((word) => model.tokenizeWord(word))).toEqual(text);
  });

  test("what it writes does not depend on what was asked before, and the schema's part is reused", async () => {
    const first = await write(model, 'How many customers are there?', 4);
    expect(first.candidates.length).toBeGreaterThan(1);
    expect(new Set(first.candidates.map(({ sql }) => sql)).size).toBe(first.candidates.length);
    const other = await write(model, 'List the names of products with a price above 20.');
    expect(other.reusedTokens).toBeGreaterThan(50);
    expect((await write(model, 'How many customers are there?', 4)).texts).toEqual(first.texts);
    const fresh = await loadLanguageModel(starter);
    try {
      expect((await write(fresh, 'How many customers are there?', 4)).texts).toEqual(first.texts);
    } finally {
      await fresh.dispose();
    }
  });

  test('a prompt beyond the context is refused, and the next question works', async () => {
    const long = model.tokenizePrompt('customers '.repeat(model.contextSize));
    await expect(model.readPrompt(long, never)).rejects.toMatchObject({ code: 'CONTEXT_TOO_LONG' });
    expect((await write(model, 'How many orders are there?')).candidates).toHaveLength(1);
  });

  test('twenty questions in a row keep memory flat', async () => {
    const ask = (index: number) => write(model, `Which customers have more than ${index} orders?`);
    for (let index = 0; index < 5; index++) await ask(index);
    const before = process.memoryUsage.rss();
    for (let index = 5; index < 25; index++) await ask(index);
    expect(process.memoryUsage.rss() - before).toBeLessThan(48 * 1024 ** 2);
  }, 90_000);

  test('too little memory is said before loading', async () => {
    const loading = loadLanguageModel(starter, { availableBytes: 1_000_000 });
    if (model.device === 'cpu') await expect(loading).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    else await (await loading).dispose();
  });
});

describe('the model pool', () => {
  test('a cancelled question frees the model at once', async () => {
    const pool = createModelPool();
    try {
      await pool.preload(starter, never);
      expect(pool.stateOf(starter)).toBe('loaded');
      const controller = new AbortController();
      const turn = await pool.acquire(starter, never);
      let cancelledAt = 0;
      const cancel = () => {
        cancelledAt = performance.now();
        controller.abort();
      };
      // Soon after the prompt is known: a fast machine has written everything some milliseconds later.
      const cancelSoon = () => setTimeout(cancel, 1);
      const running = write(turn.model, 'List everything.', 16, controller.signal, cancelSoon);
      const ended = expect(running.finally(turn.release)).rejects.toThrow();
      const next = await pool.acquire(starter, never);
      expect(performance.now() - cancelledAt).toBeLessThan(200);
      expect(next.loadMs).toBe(0);
      await ended;
      expect((await write(next.model, 'How many customers are there?')).candidates).toHaveLength(1);
      next.release();
    } finally {
      await pool.close();
    }
    expect(pool.stateOf(starter)).toBe('unloaded');
  });

  test('a model that cannot be loaded leaves the queue open', async () => {
    const pool = createModelPool();
    await expect(pool.acquire(`${starter}.missing`, never)).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    (await pool.acquire(starter, never)).release();
    await pool.close();
  });
});
