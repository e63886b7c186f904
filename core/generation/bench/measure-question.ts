import type { DatabaseSchema } from '../../contract/index.ts';
import { generate } from '../generate.ts';
import type { LanguageModel } from '../runtime/index.ts';
import { watchModel } from './watch-model.ts';

/** One question, from its text to its statements. Milliseconds. */
export interface MeasuredQuestion {
  promptTokens: number;
  reusedTokens: number;
  /** From the question to the choice of the first token: prompt built, read, and one token scored. */
  firstTokenMs: number;
  /** From the prompt's end to the last statement. */
  generateMs: number;
  /** Of `generateMs`, inside the model. */
  modelMs: number;
  candidates: number;
  /** Tokens of the statements given. */
  tokens: number;
}

const { signal } = new AbortController();

export async function measureQuestion(
  model: LanguageModel,
  schema: DatabaseSchema,
  question: string,
  maxCandidates = 1,
): Promise<MeasuredQuestion> {
  const { watched, use } = watchModel(model);
  const started = performance.now();
  const found = { promptTokens: 0, reusedTokens: 0, candidates: 0, tokens: 0 };
  let promptEnd = started;
  const input = { model: watched, schema, question, hints: [], maxCandidates, signal };
  for await (const event of generate(input)) {
    if (event.kind === 'prompt') {
      found.promptTokens = event.tokenCount;
      found.reusedTokens = event.reusedTokens;
      promptEnd = performance.now();
    } else if (event.kind === 'candidate') {
      found.candidates++;
      found.tokens += event.candidate.tokenCount;
      if (found.candidates >= maxCandidates) break;
    }
  }
  const firstTokenMs = (use.firstTokenAt ?? performance.now()) - started;
  return { ...found, firstTokenMs, generateMs: performance.now() - promptEnd, modelMs: use.writeMs };
}
