/**
 * A process of its own that loads one model and measures it: its memory is not mixed with the app's, and an assertion in
 * llama.cpp ends only this. The only line on stdout is the result; a failure is `{"error": …}`.
 */
import { AppError, type ModelSpeed } from '../../contract/index.ts';
import { loadLanguageModel } from '../runtime/index.ts';
import { readVramBytes } from '../runtime/open-llama.ts';
import { measureSpeed } from './measure-speed.ts';
import { median } from './median.ts';

interface SpeedTask {
  path: string;
  rounds: number;
}

const { path, rounds } = JSON.parse(process.argv[2] ?? '') as SpeedTask;
const promptTokens = 256;
const generatedTokens = 48;

async function measure(): Promise<ModelSpeed> {
  const gpuBefore = await readVramBytes();
  const before = process.memoryUsage.rss();
  const started = performance.now();
  const model = await loadLanguageModel(path);
  const loadMs = performance.now() - started;
  const longest = Math.max(32, model.contextSize - generatedTokens - 8);
  const size = { promptTokens: Math.min(promptTokens, longest), generatedTokens };
  // The first round warms up what is paged in on first use.
  await measureSpeed(model, undefined, size);
  const measured = [];
  for (let round = 0; round < rounds; round++) {
    model.forgetPrompts();
    measured.push(await measureSpeed(model, undefined, size));
  }
  const { device, threads, plan } = model;
  const gpuMemoryBytes = Math.max(0, (await readVramBytes()) - gpuBefore);
  return {
    ...{ measuredAt: new Date().toISOString(), device, threads, loadMs },
    promptTokensPerSecond: median(measured.map(({ prompt }) => prompt)) ?? 0,
    tokensPerSecond: median(measured.map(({ generation }) => generation)) ?? 0,
    memoryBytes: process.resourceUsage().maxRSS * 1_024 - before,
    ...(device === 'cpu' ? {} : { gpuMemoryBytes }),
    ...{ gpuLayers: plan.gpuLayers, layers: plan.layers },
    estimatedBytes: plan.neededBytes + plan.gpuNeededBytes,
  };
}

const answer = await measure().catch((error: unknown) => ({ error: AppError.from(error).toPayload() }));
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
