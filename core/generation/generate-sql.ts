import { buildChatPrompt, chatAnswerTokens, chooseChatTables, maxChatPromptTokens } from '../schema/index.ts';
import { formatSql } from '../sql/index.ts';
import type { GenerateInput, GenerationEvent } from './generation-event.ts';
import { buildSqlGrammar } from './sql-grammar.ts';

/** The first candidate is greedy; the others are drawn at this temperature, with seeds 1, 2, …, side by side. */
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
  const { tables } = prompt;
  yield {
    kind: 'prompt',
    text: prompt.text,
    tokenCount: promptTokens.length,
    reusedTokens,
    promptMs,
    tables,
  };
  const grammar = buildSqlGrammar(schema);
  const seen = new Set<string>();
  const greedy = { promptTokens, grammar, temperature: 0, seeds: [0] };
  const seeds = Array.from({ length: input.maxCandidates - 1 }, (_, index) => index + 1);
  const drawn = { promptTokens, grammar, temperature: candidateTemperature, seeds };
  for (const draw of [greedy, drawn]) {
    for await (const event of writeCandidates(input, draw)) {
      if (event.kind === 'sql' && draw !== greedy) continue;
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
function promptOf({ model, schema, question, hints, needed = [], previous, failed }: GenerateInput) {
  const countTokens = (text: string) => model.tokenizePrompt(text).length;
  const frame = { schema, question, tables: [] };
  const added =
    countTokens(buildChatPrompt({ ...frame, previous, failed }).text) -
    countTokens(buildChatPrompt(frame).text);
  const tables = chooseChatTables({
    schema,
    question,
    needed: [...needed, ...hints.map((hint) => hint.table)],
    countTokens,
    maxTokens: Math.min(maxChatPromptTokens, model.contextSize - chatAnswerTokens) - added,
  });
  return { tables, text: buildChatPrompt({ schema, question, tables, previous, failed }).text };
}

interface Draw {
  promptTokens: readonly number[];
  grammar: string;
  temperature: number;
  seeds: readonly number[];
}

/** All seeds' statements, written side by side; they are given in the seeds' order. */
async function* writeCandidates(
  { model, signal }: GenerateInput,
  { promptTokens, grammar, temperature, seeds }: Draw,
): AsyncGenerator<GenerationEvent> {
  const started = performance.now();
  const texts = seeds.map(() => ({ tokens: [] as number[], logProb: 0 }));
  const options = { grammar, temperature, seeds, maxTokens, signal };
  for await (const { text, token, logProb } of model.writeText(promptTokens, options)) {
    const written = texts[text];
    if (!written) continue;
    written.tokens.push(token);
    written.logProb += logProb;
    if (text === 0) yield { kind: 'sql', sql: model.detokenize(written.tokens).trim() };
  }
  const ms = (performance.now() - started) / Math.max(1, seeds.length);
  for (const { tokens, logProb } of texts) {
    const sql = model.detokenize(tokens).trim();
    const candidate = { logProb, finished: tokens.length < maxTokens, tokenCount: tokens.length, ms };
    if (sql) yield { kind: 'candidate', candidate: { ...candidate, sql: await formatSql(sql) } };
  }
}
