/**
 * Measures a model on this machine: `node core/generation/bench.ts [--model FILE] [--json]`. Ratios are taken within
 * one run, as machines are noisy; each figure is the median of several rounds.
 */
import { parseArgs } from 'node:util';
import { locateStarterModel } from '../models/index.ts';
import { buildPrompt } from '../schema/index.ts';
import { viewSchema } from '../sql/sketch/index.ts';
import { generate } from './generate.ts';
import { loadLanguageModel, type LanguageModel } from './runtime/index.ts';
import { shopSchema } from './testing/shop-schema.ts';

const rounds = 7;
const coldQuestion = 'How many customers are there?';
const questions = [
  'Which products have a price above 20?',
  'What is the total of all orders by country of the customer?',
  'List the names of the five customers with the most orders.',
];
const { signal } = new AbortController();

interface Written {
  promptTokens: number;
  promptMs: number;
  /** Until the first words of SQL were there. */
  firstTokenMs: number;
  tokens: number;
  writeMs: number;
}

async function writeConstrained(model: LanguageModel, question: string): Promise<Written> {
  const started = performance.now();
  const written: Written = { promptTokens: 0, promptMs: 0, firstTokenMs: 0, tokens: 0, writeMs: 0 };
  const input = { model, schema: shopSchema, question, hints: [], maxCandidates: 1, signal };
  for await (const event of generate(input)) {
    if (event.kind === 'prompt') {
      written.promptTokens = event.tokenCount;
      written.promptMs = event.promptMs;
    } else if (event.kind === 'sql') {
      written.firstTokenMs ||= performance.now() - started;
    } else {
      written.tokens = event.candidate.tokenCount;
      written.writeMs = event.candidate.ms;
    }
  }
  return written;
}

/** The same prompt and as many tokens, but whatever the model likes. */
async function writeFreely(model: LanguageModel, question: string, tokens: number): Promise<number> {
  const { text } = buildPrompt({ view: viewSchema(shopSchema), question, hints: [] });
  const path = model.facts.targetForm === 'sketch' ? model.tokenizePrompt(text) : model.tokenizeChat(text);
  await model.readPrompt(path, signal);
  const started = performance.now();
  const allTokens = Array.from({ length: freeChoices }, (_, index) => index);
  for (let written = 0; written < tokens; written++) {
    const logits = await model.scoreNext(path, allTokens, signal);
    path.push(logits.indexOf(Math.max(...logits)));
  }
  return (performance.now() - started) / tokens;
}

/** Tokens ranked for the free run: as many as a large choice under the constraint. */
const freeChoices = 16;

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const perSecond = (count: number, ms: number): number => Math.round((count / ms) * 1_000);
const rounded = (value: number): number => Math.round(value * 100) / 100;

async function measure(file: string) {
  const loadStarted = performance.now();
  const model = await loadLanguageModel(file);
  const loadMs = performance.now() - loadStarted;
  const cold = await writeConstrained(model, coldQuestion);
  const warm: Written[] = [];
  const freeMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const question = questions[round % questions.length] ?? coldQuestion;
    const written = await writeConstrained(model, question);
    warm.push(written);
    freeMs.push(await writeFreely(model, question, written.tokens));
  }
  await model.dispose();
  const constrainedMs = warm.map(({ writeMs, tokens }) => writeMs / tokens);
  return {
    model: model.facts.name,
    device: model.device,
    threads: model.threads,
    loadMs: Math.round(loadMs),
    promptTokens: cold.promptTokens,
    promptTokensPerSecond: perSecond(cold.promptTokens, cold.promptMs),
    firstTokenColdMs: Math.round(cold.firstTokenMs),
    firstTokenWarmMs: Math.round(median(warm.map(({ firstTokenMs }) => firstTokenMs))),
    tokensPerSecond: Math.round(1_000 / median(constrainedMs)),
    freeTokensPerSecond: Math.round(1_000 / median(freeMs)),
    /** Below 1 the constraint saves time: forced tokens are not asked for one by one. */
    constraintCost: rounded(median(constrainedMs) / median(freeMs)),
  };
}

const { values } = parseArgs({ options: { model: { type: 'string' }, json: { type: 'boolean' } } });
const report = await measure(values.model ?? locateStarterModel());
const table = Object.entries(report).map(([name, value]) => `${name.padEnd(24)}${value}`);
process.stdout.write(`${values.json ? JSON.stringify(report, null, 2) : table.join('\n')}\n`);
