import {
  InsufficientMemoryError,
  LlamaGrammarEvaluationState,
  resolveChatWrapper,
  type ChatWrapper,
  type Llama,
  type LlamaContext,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';
import { inspectAdapter, type AdapterFacts } from './inspect-adapter.ts';
import { inspectModel, type ModelFacts } from './inspect-model.ts';
import { countThreads, openLlama } from './open-llama.ts';
import { tokenizeChatText } from './tokenize-chat.ts';
import { TokenSequence, type WrittenToken } from './token-sequence.ts';

export interface LoadOptions {
  signal?: AbortSignal | undefined;
  /** Tokens at most. Defaults to 8,192 or what the model was trained on, whichever is less. */
  maxContextSize?: number | undefined;
  /** Defaults to what the system says is free. */
  availableBytes?: number | undefined;
  /** A GGUF file of a LoRA adapter that was trained on this model. */
  adapter?: string | undefined;
}

export interface WriteTextOptions {
  /** GBNF text. Left out: the model writes what it likes. */
  grammar?: string | undefined;
  temperature: number;
  seed: number;
  /** Yields the token that ends the text too. Defaults to false. */
  yieldEndToken?: boolean | undefined;
  signal: AbortSignal;
}

/** A language model in memory, with one sequence: one question at a time. */
export interface LanguageModel {
  readonly facts: ModelFacts;
  /** The adapter that it runs with. */
  readonly adapter: AdapterFacts | undefined;
  readonly contextSize: number;
  readonly device: 'cpu' | 'cuda' | 'vulkan' | 'metal';
  readonly threads: number;
  /** The token that ends a text. */
  readonly endToken: number;
  /** A prompt's tokens, begun by exactly one BOS where the model wants one. Text never becomes a control token. */
  tokenizePrompt(text: string): number[];
  /** The same text as a user's turn in the model's own chat template, where the file has one. */
  tokenizeChat(text: string): number[];
  /** The tokens of one word in the middle of a line, its space before it included. */
  tokenizeWord(word: string): readonly number[];
  detokenize(tokens: readonly number[]): string;
  readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number>;
  scoreNext(tokens: readonly number[], wanted: readonly number[], signal: AbortSignal): Promise<number[]>;
  /** Writes on after `tokens` until it ends by itself or the consumer leaves. */
  writeText(tokens: readonly number[], options: WriteTextOptions): AsyncGenerator<WrittenToken>;
  dispose(): Promise<void>;
}

const defaultMaxContextSize = 8_192;
const gpuChunkSize = 512;
const smallChunkSize = 64;
const largeChunkSize = 16;
const largeParameters = 1e9;
/** Words differ by schema; beyond this many the cache starts anew. */
const wordCacheSize = 20_000;

/**
 * Loads a GGUF file, with an adapter where one is given, and makes one context.
 * @throws MODEL_MISSING, MODEL_INCOMPATIBLE, OUT_OF_MEMORY.
 */
export async function loadLanguageModel(file: string, options: LoadOptions = {}): Promise<LanguageModel> {
  const facts = await inspectModel(file);
  const adapter = options.adapter === undefined ? undefined : await inspectAdapter(options.adapter, file);
  const llama = await openLlama();
  checkMemory(facts, llama, options.availableBytes ?? process.availableMemory());
  const model = await loadWeights(llama, facts, options.signal);
  try {
    const threads = countThreads(llama, facts.parameters);
    const context = await createContext(model, threads, options);
    return new LoadedModel({ facts, adapter }, llama, model, context);
  } catch (error) {
    await model.dispose();
    throw translateLoadError(facts, error, adapter);
  }
}

/** On a GPU the library itself fits the layers to the memory that is free there. */
function checkMemory(facts: ModelFacts, llama: Llama, availableBytes: number): void {
  if (llama.gpu !== false || facts.sizeBytes <= availableBytes) return;
  throw new AppError('OUT_OF_MEMORY', `${facts.name} needs more memory than is free.`, {
    hint: 'Close other programs, or choose a smaller or more strongly quantized model.',
    details: { neededBytes: facts.sizeBytes, availableBytes },
  });
}

async function loadWeights(llama: Llama, facts: ModelFacts, signal?: AbortSignal): Promise<LlamaModel> {
  try {
    return await llama.loadModel({ modelPath: facts.path, ...(signal ? { loadSignal: signal } : {}) });
  } catch (error) {
    signal?.throwIfAborted();
    throw translateLoadError(facts, error);
  }
}

async function createContext(
  model: LlamaModel,
  threads: number,
  options: LoadOptions,
): Promise<LlamaContext> {
  const max = Math.min(options.maxContextSize ?? defaultMaxContextSize, model.trainContextSize);
  return model.createContext({
    contextSize: { max },
    threads,
    ...(options.adapter ? { lora: { adapters: [{ filePath: options.adapter }] } } : {}),
    ...(options.signal ? { createSignal: options.signal } : {}),
  });
}

function translateLoadError(facts: ModelFacts, error: unknown, adapter?: AdapterFacts): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof Error && error.name === 'AbortError') return AppError.from(error);
  if (error instanceof InsufficientMemoryError) {
    return new AppError('OUT_OF_MEMORY', `${facts.name} does not fit into memory.`, {
      hint: 'Close other programs, or choose a smaller or more strongly quantized model.',
      cause: error,
    });
  }
  const what = adapter ? `${facts.name} with the adapter ${adapter.name}` : facts.name;
  return new AppError('MODEL_INCOMPATIBLE', `llama.cpp cannot load ${what}.`, {
    hint: 'The file may be damaged or made for a newer llama.cpp. Get it again, or choose another model.',
    details: { path: facts.path },
    cause: error,
  });
}

class LoadedModel implements LanguageModel {
  readonly facts: ModelFacts;
  readonly adapter: AdapterFacts | undefined;
  readonly contextSize: number;
  readonly device: LanguageModel['device'];
  readonly threads: number;
  readonly endToken: number;
  private readonly llama: Llama;
  private readonly model: LlamaModel;
  private readonly context: LlamaContext;
  private readonly sequence: TokenSequence;
  /** Finding it renders the template many times: a fifth of a second. */
  private chatWrapper: ChatWrapper | undefined;
  private readonly tokensByWord = new Map<string, readonly number[]>();
  private readonly anchor: readonly number[];

  constructor(
    { facts, adapter }: Pick<LanguageModel, 'facts' | 'adapter'>,
    llama: Llama,
    model: LlamaModel,
    context: LlamaContext,
  ) {
    this.facts = facts;
    this.adapter = adapter;
    this.llama = llama;
    this.model = model;
    this.context = context;
    this.contextSize = context.contextSize;
    this.device = llama.gpu === false ? 'cpu' : llama.gpu;
    this.threads = countThreads(llama, facts.parameters);
    this.sequence = new TokenSequence(context.getSequence(), this.chooseChunkSize());
    this.endToken = requireEndToken(facts, model);
    this.anchor = model.tokenize('a');
  }

  tokenizePrompt(text: string): number[] {
    return this.withOneBos(this.model.tokenize(text, false));
  }

  tokenizeChat(text: string): number[] {
    if (!this.model.fileInfo.metadata.tokenizer.chat_template) return this.tokenizePrompt(text);
    this.chatWrapper ??= resolveChatWrapper(this.model);
    const { contextText } = this.chatWrapper.generateContextState({
      chatHistory: [
        { type: 'user', text },
        { type: 'model', response: [] },
      ],
    });
    return this.withOneBos(tokenizeChatText(contextText, this.model.tokenizer));
  }

  /** Tokenized behind an anchor, so that the answer does not depend on the tokenizer's leading-space setting. */
  tokenizeWord(word: string): readonly number[] {
    const known = this.tokensByWord.get(word);
    if (known) return known;
    const tokens = this.model.tokenize(`a ${word}`, false).slice(this.anchor.length);
    if (this.tokensByWord.size >= wordCacheSize) this.tokensByWord.clear();
    this.tokensByWord.set(word, tokens);
    return tokens;
  }

  detokenize(tokens: readonly number[]): string {
    return this.model.detokenize(tokens as Token[]);
  }

  readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number> {
    return this.sequence.readPrompt(tokens, signal);
  }

  scoreNext(tokens: readonly number[], wanted: readonly number[], signal: AbortSignal): Promise<number[]> {
    return this.sequence.scoreNext(tokens, wanted, signal);
  }

  async *writeText(tokens: readonly number[], options: WriteTextOptions): AsyncGenerator<WrittenToken> {
    const { grammar, ...rest } = options;
    const grammarState = grammar === undefined ? undefined : await this.startGrammar(grammar);
    yield* this.sequence.write(tokens, { ...rest, grammarState });
  }

  private async startGrammar(text: string): Promise<LlamaGrammarEvaluationState> {
    const grammar = await this.llama.createGrammar({ grammar: text });
    return new LlamaGrammarEvaluationState({ model: this.model, grammar });
  }

  async dispose(): Promise<void> {
    await this.context.dispose();
    await this.model.dispose();
  }

  /** Fixed by model and device, so that the same question is evaluated in the same pieces. */
  private chooseChunkSize(): number {
    if (this.device !== 'cpu') return gpuChunkSize;
    return this.facts.parameters > largeParameters ? largeChunkSize : smallChunkSize;
  }

  /** Chat templates often write the BOS themselves; twice would be a prompt that no training saw. */
  private withOneBos(tokens: readonly number[]): number[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    if (bos === null) return [...tokens];
    let start = 0;
    while (tokens[start] === bos) start++;
    return shouldPrependBosToken || start > 0 ? [bos, ...tokens.slice(start)] : [...tokens];
  }
}

function requireEndToken(facts: ModelFacts, model: LlamaModel): number {
  const end = model.tokens.eos ?? model.tokens.eot;
  if (end !== null) return end;
  throw new AppError('MODEL_INCOMPATIBLE', `${facts.name} has no token that ends a text.`, {
    hint: 'Choose a model whose tokenizer has an end-of-sequence token.',
  });
}
