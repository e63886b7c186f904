import type { RawProcess } from '../../models/index.ts';
import type { LanguageModel } from '../runtime/index.ts';

/** Tokens a second of one round: of the app, and of llama.cpp's raw loop right before or after it. */
export interface SpeedRound {
  prompt: number;
  rawPrompt: number | undefined;
  generation: number;
  rawGeneration: number | undefined;
  /** Processor time of the raw loop for its tokens, over the app's: close to the above on a machine that is idle. */
  cpuOfRaw: number | undefined;
}

const { signal } = new AbortController();

/**
 * Reads a prompt of random tokens and writes on after it, past its end and without a constraint; then the raw loop does
 * the same number of tokens. The app's side draws each token, the raw loop takes random ones.
 */
export async function measureSpeed(
  model: LanguageModel,
  raw: RawProcess | undefined,
  { promptTokens, generatedTokens }: { promptTokens: number; generatedTokens: number },
): Promise<SpeedRound> {
  const tokens = randomTokens(model, promptTokens);
  const started = performance.now();
  await model.readPrompt(tokens, signal);
  const promptMs = performance.now() - started;
  const options = {
    temperature: 0,
    seeds: [0],
    maxTokens: generatedTokens,
    ignoreEnd: true,
    weighs: false,
    signal,
  };
  // The prompt's last token is evaluated with the first one written: it counts for neither side.
  const text = model.writeText(tokens, options);
  await text.next();
  const first = performance.now();
  const cpu = process.cpuUsage();
  let count = 0;
  for await (const _ of text) count++;
  const generateMs = performance.now() - first;
  const { user, system } = process.cpuUsage(cpu);
  const rawRound = await raw?.measure(promptTokens, count);
  return {
    prompt: ((promptTokens - 1) / promptMs) * 1_000,
    rawPrompt: rawRound && (promptTokens / rawRound.promptMs) * 1_000,
    generation: (count / generateMs) * 1_000,
    rawGeneration: rawRound && (count / rawRound.generateMs) * 1_000,
    cpuOfRaw: rawRound && rawRound.generateCpuMs / ((user + system) / 1_000),
  };
}

const words =
  'How many customers ordered more than ten products in the last year, and which of their cities had the most?';

/** Tokens of common words, which every vocabulary has, in random order: no prompt is like the one before it. */
function randomTokens(model: LanguageModel, count: number): number[] {
  const [first = 0, ...known] = model.tokenizePrompt(words);
  const draw = () => known[Math.floor(Math.random() * known.length)] ?? first;
  return [first, ...Array.from({ length: count - 1 }, draw)];
}
