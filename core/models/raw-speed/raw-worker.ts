/**
 * A process of its own around llama.cpp's raw loop: the app holds another copy of libllama, and its memory is not to be
 * counted as the app's. Reads lines `{"promptTokens", "generatedTokens"}`, answers each with `{"promptMs", "generateMs",
 * "generateCpuMs"}`.
 */
import { createInterface } from 'node:readline';
import { openRawLlama, type RawOptions } from './raw-llama.ts';

const llama = openRawLlama(JSON.parse(process.argv[2] ?? '') as RawOptions);
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { promptTokens, generatedTokens } = JSON.parse(line) as {
    promptTokens: number;
    generatedTokens: number;
  };
  const started = performance.now();
  llama.readPrompt(promptTokens);
  const read = performance.now();
  const cpu = process.cpuUsage();
  llama.generate(generatedTokens);
  const generateMs = performance.now() - read;
  const { user, system } = process.cpuUsage(cpu);
  say({ promptMs: read - started, generateMs, generateCpuMs: (user + system) / 1_000 });
}
