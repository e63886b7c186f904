import { beforeAll, expect, test } from 'vitest';
import { locateStarterModel } from '../../models/index.ts';
import { inspectModel, readHeader } from './inspect-model.ts';
import { loadLanguageModel } from './language-model.ts';
import { openLlama } from './open-llama.ts';
import { planMemory, type PlanInput } from './plan-memory.ts';

const starter = locateStarterModel();
const gibibyte = 1024 ** 3;
/** What the test's own program may grow by meanwhile. */
const slackBytes = 32 * 1024 ** 2;
let input: PlanInput;

beforeAll(async () => {
  const [facts, info, llama] = [await inspectModel(starter), await readHeader(starter), await openLlama()];
  input = { facts, info, llama, maxContextSize: 4_096, batchSize: 512, availableBytes: 8 * gibibyte };
});

test('where memory is plenty, eight prompts stay; what is needed is weights, cache and buffers', async () => {
  const eight = await planMemory(input);
  const one = await planMemory({ ...input, maxSequences: 1 });
  expect(eight).toMatchObject({ sequences: 8, contextSize: Math.min(4_096, input.facts.contextSize) });
  expect(one.contextSize).toBe(eight.contextSize);
  expect(one.neededBytes).toBeGreaterThan(input.facts.sizeBytes);
  expect(eight.neededBytes).toBeGreaterThan(one.neededBytes);
});

test('with less, fewer prompts stay, then less context, then nothing is loaded', async () => {
  const one = await planMemory({ ...input, maxSequences: 1 });
  expect(await planMemory({ ...input, availableBytes: one.neededBytes })).toMatchObject({
    contextSize: one.contextSize,
    sequences: expect.toSatisfy((count: number) => count < 8),
  });
  const shorter = await planMemory({ ...input, availableBytes: one.neededBytes - 1 });
  expect(shorter).toMatchObject({ sequences: 1 });
  expect(shorter.contextSize).toBeLessThan(one.contextSize);
  await expect(planMemory({ ...input, availableBytes: 1_000_000 })).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringMatching(/needs \d+ MiB of memory; 1.0 MiB are free\.$/),
    hint: expect.stringMatching(/smaller/),
  });
});

test('what was planned is what the process grows by', async () => {
  const plan = await planMemory(input);
  const before = process.memoryUsage.rss();
  const model = await loadLanguageModel(starter, { availableBytes: input.availableBytes });
  expect(model.sequenceCount).toBe(plan.sequences);
  await model.readPrompt(model.tokenizePrompt('customers '.repeat(200)), new AbortController().signal);
  expect(process.memoryUsage.rss() - before).toBeLessThan(plan.neededBytes + slackBytes);
  await model.dispose();
});
