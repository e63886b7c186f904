/**
 * Measures a model on this machine: `node core/generation/bench.ts [--model FILE] [--json]`. Ratios are taken within
 * one run, as machines are noisy; each figure is the median of several rounds.
 */
import { parseArgs } from 'node:util';
import { locateStarterModel } from '../models/index.ts';
import { buildChatPrompt, buildPrompt } from '../schema/index.ts';
import { createSketchConstraint, viewSchema } from '../sql/sketch/index.ts';
import { decodeWords, type DecodeEvent } from './decode-words.ts';
import { loadLanguageModel, type LanguageModel } from './runtime/index.ts';
import { buildSqlGrammar } from './sql-grammar.ts';
import { shopSchema } from './testing/shop-schema.ts';

const rounds = 7;
const maxTextTokens = 48;
const coldQuestion = 'How many customers are there?';
const questions = [
  'Which products have a price above 20?',
  'What is the total of all orders by country of the customer?',
  'List the names of the five customers with the most orders.',
];
const { signal } = new AbortController();

interface Prepared {
  promptTokens: readonly number[];
  /** Writes one statement; returns its tokens. */
  write(): Promise<number>;
}

function prepare(model: LanguageModel, question: string): Prepared {
  if (model.facts.targetForm === 'sketch') {
    const view = viewSchema(shopSchema);
    const prompt = buildPrompt({ view, question, hints: [] });
    const promptTokens = model.tokenizePrompt(prompt.text);
    const constraint = createSketchConstraint({ ...view, tables: prompt.tables }, prompt.literals);
    const options = { scorer: model, constraint, promptTokens, signal, searchChoices: 0 };
    return { promptTokens, write: () => countDecoded(decodeWords(options)) };
  }
  const promptTokens = model.tokenizeChat(buildChatPrompt({ schema: shopSchema, question }).text);
  const grammar = buildSqlGrammar(shopSchema);
  return { promptTokens, write: () => countWritten(model, promptTokens, maxTextTokens, grammar) };
}

async function countDecoded(events: AsyncIterable<DecodeEvent>): Promise<number> {
  for await (const event of events) if (event.kind === 'decoded') return event.decoded.tokenCount;
  return 0;
}

async function countWritten(
  model: LanguageModel,
  promptTokens: readonly number[],
  maxTokens: number,
  grammar?: string,
): Promise<number> {
  let tokens = 0;
  for await (const _token of model.writeText(promptTokens, { grammar, temperature: 0, seeds: [0], signal })) {
    if (++tokens >= maxTokens) break;
  }
  return tokens;
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** One greedy statement under the constraint, then the same prompt with whatever the model likes. */
async function measureQuestion(model: LanguageModel, question: string) {
  const { promptTokens, write } = prepare(model, question);
  const promptMs = await timeMs(() => model.readPrompt(promptTokens, signal));
  const firstMs = await timeMs(() => model.scoreNext(promptTokens, [model.endToken], signal));
  let tokens = 0;
  const writeMs = await timeMs(async () => void (tokens = await write()));
  let freeTokens = 0;
  const freeMs = await timeMs(
    async () => void (freeTokens = await countWritten(model, promptTokens, tokens)),
  );
  return {
    promptTokens: promptTokens.length,
    promptMs,
    firstTokenMs: promptMs + firstMs,
    tokenMs: writeMs / tokens,
    freeTokenMs: freeTokens > 0 ? freeMs / freeTokens : Number.NaN,
  };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const rounded = (value: number): number => Math.round(value * 100) / 100;

async function measure(file: string) {
  const loadStarted = performance.now();
  const model = await loadLanguageModel(file);
  const loadMs = performance.now() - loadStarted;
  const cold = await measureQuestion(model, coldQuestion);
  const warm: (typeof cold)[] = [];
  for (let round = 0; round < rounds; round++) {
    warm.push(await measureQuestion(model, questions[round % questions.length] ?? coldQuestion));
  }
  await model.dispose();
  const free = warm.filter(({ freeTokenMs }) => Number.isFinite(freeTokenMs));
  return {
    model: model.facts.name,
    device: model.device,
    threads: model.threads,
    loadMs: Math.round(loadMs),
    promptTokens: cold.promptTokens,
    promptTokensPerSecond: Math.round((cold.promptTokens / cold.promptMs) * 1_000),
    firstTokenColdMs: Math.round(cold.firstTokenMs),
    firstTokenWarmMs: Math.round(median(warm.map(({ firstTokenMs }) => firstTokenMs))),
    tokensPerSecond: Math.round(1_000 / median(warm.map(({ tokenMs }) => tokenMs))),
    freeTokensPerSecond: Math.round(1_000 / median(free.map(({ freeTokenMs }) => freeTokenMs))),
    /** Time a token under the constraint over time a token without. Forced tokens can bring it below 1. */
    constraintCost: rounded(median(free.map(({ tokenMs, freeTokenMs }) => tokenMs / freeTokenMs))),
  };
}

const { values } = parseArgs({ options: { model: { type: 'string' }, json: { type: 'boolean' } } });
const report = await measure(values.model ?? locateStarterModel());
const table = Object.entries(report).map(([name, value]) => `${name.padEnd(24)}${value}`);
process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : table.join('\n')}\n`);
