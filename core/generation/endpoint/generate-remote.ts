import { buildChatPrompt, chooseChatTables } from '../../schema/index.ts';
import { formatSql } from '../../sql/index.ts';
import type { GenerateInput, GenerationEvent } from '../generation-event.ts';
import type { CompletedText, EndpointModel } from './endpoint-model.ts';

/** As for models that run here: greedy first, then drawn at this temperature. */
const candidateTemperature = 0.8;
const maxTokens = 512;
/** The server's tokenizer is not here; SQL and English have more characters a token, so that this is on the safe side. */
const charactersPerToken = 3;

/**
 * Writes statements with a model behind OpenAI's API, from the prompt that models running here get. No grammar holds
 * there: what it invents is for the guard and EXPLAIN to refuse.
 */
export async function* generateRemotely(
  input: Omit<GenerateInput, 'model'> & { model: EndpointModel },
): AsyncGenerator<GenerationEvent> {
  const { model, schema, question, hints, maxCandidates, previous, failed, signal } = input;
  const countTokens = (text: string) => Math.ceil(text.length / charactersPerToken);
  const needed = [...(input.needed ?? []), ...hints.map((hint) => hint.table)];
  const tables = chooseChatTables({ schema, question, needed, countTokens });
  const prompt = buildChatPrompt({ schema, question, tables, previous, failed });
  const tokenCount = countTokens(prompt.text);
  yield { kind: 'prompt', text: prompt.text, tokenCount, reusedTokens: 0, promptMs: 0, tables };
  const seen = new Set<string>();
  const draws = [
    { temperature: 0, seed: 0, count: 1 },
    { temperature: candidateTemperature, seed: 1, count: maxCandidates - 1 },
  ];
  for (const draw of draws.filter(({ count }) => count > 0)) {
    const started = performance.now();
    const texts = await model.complete({ prompt, ...draw, maxTokens, signal });
    const ms = (performance.now() - started) / Math.max(1, texts.length);
    for (const text of texts) {
      const candidate = await readCandidate(text, ms);
      if (candidate.sql === '' || seen.has(candidate.sql)) continue;
      seen.add(candidate.sql);
      yield { kind: 'candidate', candidate };
    }
  }
}

async function readCandidate({ text, ...told }: CompletedText, ms: number) {
  const sql = findStatement(text);
  return { ...told, ms, sql: sql === '' ? '' : await formatSql(sql) };
}

/** A chat model may think aloud first, and wrap its statement in a fence and words. */
export function findStatement(text: string): string {
  const spoken = text.replace(/^[\s\S]*<\/think>/i, '');
  const [, fenced] = /```(?:\w+)?\s*\n([\s\S]*?)(?:```|$)/.exec(spoken) ?? [];
  return (fenced ?? spoken).trim();
}
