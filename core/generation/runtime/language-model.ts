import { LlamaGrammarEvaluationState, type LlamaGrammar, type Token } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { openChatTemplate, type ChatTemplate } from './chat-template.ts';
import type { AdapterFacts } from './inspect-adapter.ts';
import type { ModelFacts } from './inspect-model.ts';
import { loadWeights, type LoadedWeights, type LoadOptions } from './load-model.ts';
import { NativeDecoder } from './native-decoder.ts';
import type { MemoryPlan } from './plan-memory.ts';
import { SequencePool } from './sequence-pool.ts';
import { TokenSequence } from './token-sequence.ts';
import { tokenizeChatText } from './tokenize-chat.ts';
import { writeTexts, type TextDraw, type WrittenToken } from './write-texts.ts';

export interface WriteTextOptions {
  /** GBNF text. Left out: the model writes what it likes. */
  grammar?: string | undefined;
  /** 0 takes the most probable token. */
  temperature: number;
  /** One text for each, all written side by side as far as sequences are there, the rest after them. */
  seeds: readonly number[];
  /** Yields the token that ends a text too. Defaults to false. */
  yieldEndToken?: boolean | undefined;
  /** A text of so many tokens is left unfinished. Defaults to no limit but the context. */
  maxTokens?: number | undefined;
  /** Whether each token's `logProb` is reckoned. Defaults to true. */
  weighs?: boolean | undefined;
  /** Writes on past the end, for measuring. Defaults to false. */
  ignoreEnd?: boolean | undefined;
  signal: AbortSignal;
}

/** A language model in memory: one question at a time, the prompts of several databases kept. */
export interface LanguageModel {
  readonly facts: ModelFacts;
  /** The adapter that it runs with. */
  readonly adapter: AdapterFacts | undefined;
  /** Tokens of each sequence. */
  readonly contextSize: number;
  /** Prompts that stay evaluated, and texts that are written side by side. */
  readonly sequenceCount: number;
  readonly device: 'cpu' | 'cuda' | 'vulkan' | 'metal';
  readonly threads: number;
  /** What it was loaded with. */
  readonly plan: MemoryPlan;
  /** The token that ends a text. */
  readonly endToken: number;
  /** A prompt's tokens, begun by exactly one BOS where the model wants one. Text never becomes a control token. */
  tokenizePrompt(text: string): number[];
  /** The same text as a user's turn in the model's own chat template; where the file has none, as a plain prompt. */
  tokenizeChat(text: string): number[];
  /** The tokens of one word in the middle of a line, its space before it included. */
  tokenizeWord(word: string): readonly number[];
  detokenize(tokens: readonly number[]): string;
  /** Evaluates a prompt where most of it is evaluated already. @returns the tokens that were */
  readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number>;
  /** Logits of the `wanted` tokens as the one after `tokens`, in the order of `wanted`. */
  scoreNext(tokens: readonly number[], wanted: readonly number[], signal: AbortSignal): Promise<number[]>;
  /** Writes on after `tokens` until each text ends by itself or the consumer leaves. `text` counts the seeds. */
  writeText(tokens: readonly number[], options: WriteTextOptions): AsyncGenerator<WrittenToken>;
  /** Leaves no prompt evaluated, for measuring. */
  forgetPrompts(): void;
  dispose(): Promise<void>;
}

const gpuChunkSize = 512;
const smallChunkSize = 64;
const largeChunkSize = 16;
const largeParameters = 1e9;
/** Words differ by schema; beyond this many the cache starts anew. */
const wordCacheSize = 20_000;

/**
 * Loads a GGUF file, with an adapter where one is given.
 * @throws MODEL_MISSING, MODEL_INCOMPATIBLE, OUT_OF_MEMORY.
 */
export async function loadLanguageModel(file: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const weights = await loadWeights(file, options);
  try {
    return new LoadedModel(weights);
  } catch (error) {
    await weights.context.dispose();
    await weights.model.dispose();
    throw error;
  }
}

class LoadedModel implements LanguageModel {
  readonly facts: ModelFacts;
  readonly adapter: AdapterFacts | undefined;
  readonly contextSize: number;
  readonly device: LanguageModel['device'];
  readonly threads: number;
  readonly plan: MemoryPlan;
  readonly endToken: number;
  private readonly weights: LoadedWeights;
  private readonly decoder: NativeDecoder;
  private readonly pool: SequencePool;
  /** Opening it renders the template several times: a tenth of a second. */
  private chatTemplate: ChatTemplate | undefined;
  private readonly tokensByWord = new Map<string, readonly number[]>();
  private readonly anchor: readonly number[];
  private grammar: { text: string; parsed: LlamaGrammar } | undefined;

  constructor(weights: LoadedWeights) {
    const { facts, adapter, llama, model, context, threads, plan } = weights;
    this.weights = weights;
    this.facts = facts;
    this.adapter = adapter;
    this.threads = threads;
    this.plan = plan;
    this.contextSize = context.contextSize;
    this.device = llama.gpu === false ? 'cpu' : llama.gpu;
    this.endToken = requireEndToken(weights);
    this.decoder = new NativeDecoder(llama, model, context);
    const sizes = { chunkSize: this.chooseChunkSize(), contextSize: context.contextSize };
    const ids = Array.from({ length: context.totalSequences }, (_, id) => id);
    this.pool = new SequencePool(ids.map((id) => new TokenSequence(this.decoder, id, sizes)));
    this.anchor = model.tokenize('a');
  }

  get sequenceCount(): number {
    return this.pool.size;
  }

  tokenizePrompt(text: string): number[] {
    return this.withOneBos(this.weights.model.tokenize(text, false));
  }

  tokenizeChat(text: string): number[] {
    const { tokenizer, fileInfo } = this.weights.model;
    const template = fileInfo.metadata.tokenizer.chat_template;
    if (!template) return this.tokenizePrompt(text);
    this.chatTemplate ??= openChatTemplate({ name: this.facts.name, template, tokenizer });
    return this.withOneBos(tokenizeChatText(this.chatTemplate.renderTurn(text), tokenizer));
  }

  /** Tokenized behind an anchor, so that the answer does not depend on the tokenizer's leading-space setting. */
  tokenizeWord(word: string): readonly number[] {
    const known = this.tokensByWord.get(word);
    if (known) return known;
    const tokens = this.weights.model.tokenize(`a ${word}`, false).slice(this.anchor.length);
    if (this.tokensByWord.size >= wordCacheSize) this.tokensByWord.clear();
    this.tokensByWord.set(word, tokens);
    return tokens;
  }

  detokenize(tokens: readonly number[]): string {
    return this.weights.model.detokenize(tokens as Token[]);
  }

  readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number> {
    return this.pool.choose(tokens).readPrompt(tokens, signal);
  }

  async scoreNext(
    tokens: readonly number[],
    wanted: readonly number[],
    signal: AbortSignal,
  ): Promise<number[]> {
    signal.throwIfAborted();
    const index = await this.pool.current.extendTo(tokens);
    return this.decoder.readLogits(index, wanted);
  }

  async *writeText(tokens: readonly number[], options: WriteTextOptions): AsyncGenerator<WrittenToken> {
    const { grammar, seeds, temperature, weighs, ignoreEnd = false, ...rest } = options;
    const isEnd = (token: number) => !ignoreEnd && this.weights.model.isEogToken(token as Token);
    for (let from = 0; from < seeds.length; from += this.pool.size) {
      const wave = seeds.slice(from, from + this.pool.size);
      const draws: TextDraw[] = [];
      for (const seed of wave)
        draws.push({ temperature, seed, weighs, grammar: await this.startGrammar(grammar) });
      const sequences = this.pool.borrow(wave.length);
      const texts = writeTexts(this.decoder, sequences, tokens, draws, { ...rest, isEnd });
      for await (const written of texts) yield { ...written, text: from + written.text };
    }
  }

  private async startGrammar(text: string | undefined): Promise<LlamaGrammarEvaluationState | undefined> {
    if (text === undefined) return undefined;
    if (this.grammar?.text !== text) {
      this.grammar = { text, parsed: await this.weights.llama.createGrammar({ grammar: text }) };
    }
    return new LlamaGrammarEvaluationState({ model: this.weights.model, grammar: this.grammar.parsed });
  }

  forgetPrompts(): void {
    this.pool.forget();
  }

  async dispose(): Promise<void> {
    this.decoder.dispose();
    await this.weights.context.dispose();
    await this.weights.model.dispose();
  }

  /** Fixed by model and device, so that the same question is evaluated in the same pieces. */
  private chooseChunkSize(): number {
    if (this.device !== 'cpu') return gpuChunkSize;
    return this.facts.parameters > largeParameters ? largeChunkSize : smallChunkSize;
  }

  /** Chat templates often write the BOS themselves; twice would be a prompt that no training saw. */
  private withOneBos(tokens: readonly number[]): number[] {
    const { bos, shouldPrependBosToken } = this.weights.model.tokens;
    if (bos === null) return [...tokens];
    let start = 0;
    while (tokens[start] === bos) start++;
    return shouldPrependBosToken || start > 0 ? [bos, ...tokens.slice(start)] : [...tokens];
  }
}

function requireEndToken({ facts, model }: LoadedWeights): number {
  const end = model.tokens.eos ?? model.tokens.eot;
  if (end !== null) return end;
  throw new AppError('MODEL_INCOMPATIBLE', `${facts.name} has no token that ends a text.`, {
    hint: 'Choose a model whose tokenizer has an end-of-sequence token.',
  });
}
