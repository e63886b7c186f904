import { locateStarterModel, startRawLlama, type RawProcess } from '../../models/index.ts';
import { loadLanguageModel, type LanguageModel } from '../runtime/index.ts';
import { clinicQuestions, clinicSchema, shopQuestions, shopSchema } from './bench-schemas.ts';
import { measureQuestion, type MeasuredQuestion } from './measure-question.ts';
import { measureSpeed, type SpeedRound } from './measure-speed.ts';
import { median, share } from './median.ts';

export interface BenchOptions {
  /** Defaults to the embedded starter model. */
  model?: string | undefined;
  /** Defaults to 9. */
  rounds?: number | undefined;
  /** Whether llama.cpp's raw loop runs beside. Defaults to true on a CPU; it is not measured on a GPU. */
  raw?: boolean | undefined;
  /** Defaults to what the app takes. */
  threads?: number | undefined;
  report(line: string): void;
  signal: AbortSignal;
}

/** Medians over rounds; ratios are medians of each round's own ratio, as machines are noisy. Times in milliseconds. */
export interface BenchReport {
  model: string;
  device: string;
  threads: number;
  rounds: number;
  loadMs: number;
  promptTokens: number;
  promptTokensPerSecond: number;
  rawPromptTokensPerSecond: number | null;
  promptOfRaw: number | null;
  tokensPerSecond: number;
  rawTokensPerSecond: number | null;
  generationOfRaw: number | null;
  /** The same by processor time, which other programs on a busy machine change least. */
  cpuOfRaw: number | null;
  /** A schema that was never read; the same schema's second question; back to it after another database's. */
  firstTokenColdMs: number;
  firstTokenWarmMs: number;
  firstTokenReturningMs: number;
  /** Share of the generation time that is not the model's: the constraint, the search, the expansion to SQL. */
  constraintShare: number;
  oneCandidateMs: number;
  eightCandidatesMs: number;
  eightOfOne: number;
  /** Of this process, weights included. */
  peakMemoryBytes: number;
}

const defaultRounds = 9;
const generatedTokens = 64;
const manyCandidates = 8;

/** @throws MODEL_MISSING, MODEL_INCOMPATIBLE, OUT_OF_MEMORY */
export async function measureModel(options: BenchOptions): Promise<BenchReport> {
  const file = options.model ?? locateStarterModel();
  const started = performance.now();
  const { signal, threads } = options;
  const model = await loadLanguageModel(file, { signal, threads });
  const loadMs = performance.now() - started;
  const raw = await startRaw(file, model, options);
  try {
    const measured = await measureRounds(model, raw, options);
    return summarise(model, loadMs, measured);
  } finally {
    await raw?.close();
    await model.dispose();
  }
}

async function startRaw(
  file: string,
  model: LanguageModel,
  options: BenchOptions,
): Promise<RawProcess | undefined> {
  if (options.raw === false || model.device !== 'cpu') return undefined;
  const { threads, contextSize } = model;
  return startRawLlama({ model: file, threads, contextSize, batchSize: 512 });
}

interface Round {
  speed: SpeedRound;
  cold: MeasuredQuestion;
  warm: MeasuredQuestion;
  returning: MeasuredQuestion;
  one: MeasuredQuestion;
  many: MeasuredQuestion;
}

async function measureRounds(
  model: LanguageModel,
  raw: RawProcess | undefined,
  { rounds = defaultRounds, report, signal }: BenchOptions,
): Promise<Round[]> {
  const measured: Round[] = [];
  // The first round warms up what is compiled and paged in on first use.
  for (let round = -1; round < rounds; round++) {
    signal.throwIfAborted();
    const result = await measureRound(model, raw, Math.max(0, round));
    if (round >= 0) measured.push(result);
    report(`round ${round + 1} of ${rounds}`);
  }
  return measured;
}

async function measureRound(
  model: LanguageModel,
  raw: RawProcess | undefined,
  round: number,
): Promise<Round> {
  const question = (offset: number) =>
    clinicQuestions[(round * 2 + offset) % clinicQuestions.length] ?? 'How many patients are there?';
  model.forgetPrompts();
  const cold = await measureQuestion(model, clinicSchema, question(0));
  const warm = await measureQuestion(model, clinicSchema, question(1));
  await measureQuestion(model, shopSchema, shopQuestions[round % shopQuestions.length] ?? '');
  const returning = await measureQuestion(model, clinicSchema, question(2));
  const one = await measureQuestion(model, clinicSchema, question(3));
  const many = await measureQuestion(model, clinicSchema, question(3), manyCandidates);
  const sizes = { promptTokens: cold.promptTokens, generatedTokens };
  return { speed: await measureSpeed(model, raw, sizes), cold, warm, returning, one, many };
}

function summarise(model: LanguageModel, loadMs: number, rounds: readonly Round[]): BenchReport {
  const of = (read: (round: Round) => number | undefined) => median(rounds.map(read));
  const must = (read: (round: Round) => number) => of(read) ?? 0;
  return {
    ...{ model: model.facts.name, device: model.device, threads: model.threads },
    ...{ rounds: rounds.length, loadMs },
    promptTokens: must(({ cold }) => cold.promptTokens),
    promptTokensPerSecond: must(({ speed }) => speed.prompt),
    rawPromptTokensPerSecond: of(({ speed }) => speed.rawPrompt) ?? null,
    promptOfRaw: of(({ speed }) => share(speed.prompt, speed.rawPrompt)) ?? null,
    tokensPerSecond: must(({ speed }) => speed.generation),
    rawTokensPerSecond: of(({ speed }) => speed.rawGeneration) ?? null,
    generationOfRaw: of(({ speed }) => share(speed.generation, speed.rawGeneration)) ?? null,
    cpuOfRaw: of(({ speed }) => speed.cpuOfRaw) ?? null,
    firstTokenColdMs: must(({ cold }) => cold.firstTokenMs),
    firstTokenWarmMs: must(({ warm }) => warm.firstTokenMs),
    firstTokenReturningMs: must(({ returning }) => returning.firstTokenMs),
    constraintShare: must(({ one }) => 1 - one.modelMs / one.generateMs),
    oneCandidateMs: must(({ one }) => one.generateMs),
    eightCandidatesMs: must(({ many }) => many.generateMs),
    eightOfOne: must(({ one, many }) => many.generateMs / one.generateMs),
    // maxRSS is in KiB.
    peakMemoryBytes: process.resourceUsage().maxRSS * 1_024,
  };
}
