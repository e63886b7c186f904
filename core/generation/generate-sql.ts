import { buildChatPrompt, chatAnswerTokens, chooseChatTables, maxChatPromptTokens } from '../schema/index.ts';
import { formatSql } from '../sql/index.ts';
import type { GenerateInput, GenerationEvent, WrittenCandidate } from './generation-event.ts';
import { buildSqlGrammar } from './sql-grammar.ts';

/** The first candidate is greedy; the others are drawn at this temperature, with seeds 1, 2, …. */
const candidateTemperature = 0.8;
const maxTokens = 512;

/**
 * Writes statements with a model that writes SQL as text, in its own chat template where the file has one and
 * under a grammar of the schema.
 */
export async function* generateFromText(input: GenerateInput): AsyncGenerator<GenerationEvent> {
  const { model, schema, signal } = input;
  const prompt = promptOf(input);
  const promptTokens = model.tokenizeChat(prompt.text);
  const started = performance.now();
  const reusedTokens = await model.readPrompt(promptTokens, signal);
  const promptMs = performance.now() - started;
  yield { kind: 'prompt', text: prompt.text, tokenCount: promptTokens.length, reusedTokens, promptMs };
  const grammar = buildSqlGrammar(schema);
  const seen = new Set<string>();
  for (let seed = 0; seed < input.maxCandidates; seed++) {
    for await (const event of writeCandidate(input, { promptTokens, grammar, seed })) {
      if (event.kind === 'sql' && seed > 0) continue;
      if (event.kind === 'candidate' && seen.has(event.candidate.sql)) continue;
      if (event.kind === 'candidate') seen.add(event.candidate.sql);
      yield event;
    }
  }
}

/**
 * The prompt as the dataset holds it for training. Stored values that the question names decide which tables a long
 * schema is cut down to; they are not written: no prompt holds a row of data.
 */
function promptOf({ model, schema, question, hints }: GenerateInput) {
  const tables = chooseChatTables({
    schema,
    question,
    needed: hints.map((hint) => hint.table),
    countTokens: (text) => model.tokenizePrompt(text).length,
    maxTokens: Math.min(maxChatPromptTokens, model.contextSize - chatAnswerTokens),
  });
  return buildChatPrompt({ schema, question, tables });
}

interface Draw {
  promptTokens: readonly number[];
  grammar: string;
  seed: number;
}

async function* writeCandidate(
  { model, signal }: GenerateInput,
  { promptTokens, grammar, seed }: Draw,
): AsyncGenerator<GenerationEvent> {
  const started = performance.now();
  const tokens: number[] = [];
  const candidate: WrittenCandidate = { sql: '', logProb: 0, finished: true, tokenCount: 0, ms: 0 };
  const temperature = seed === 0 ? 0 : candidateTemperature;
  for await (const { token, logProb } of model.writeText(promptTokens, {
    grammar,
    temperature,
    seed,
    signal,
  })) {
    tokens.push(token);
    candidate.logProb += logProb;
    candidate.sql = model.detokenize(tokens).trim();
    yield { kind: 'sql', sql: candidate.sql };
    if (tokens.length >= maxTokens) {
      candidate.finished = false;
      break;
    }
  }
  candidate.tokenCount = tokens.length;
  candidate.ms = performance.now() - started;
  if (candidate.sql)
    yield { kind: 'candidate', candidate: { ...candidate, sql: await formatSql(candidate.sql) } };
}
