import type { Llama, LlamaContext, LlamaGrammarEvaluationState, LlamaModel } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';

/** Tokens to evaluate in one sequence of a batch, from a position on. */
export interface BatchItem {
  sequence: number;
  position: number;
  tokens: readonly number[];
  /** Whether the token after the last one will be asked for. */
  wantsNext: boolean;
}

export interface DrawOptions {
  /** 0 takes the most probable token. */
  temperature: number;
  seed: number;
  grammar?: LlamaGrammarEvaluationState | undefined;
  /** Whether each token's probability is reckoned: a sum over the vocabulary. Defaults to true. */
  weighs?: boolean | undefined;
}

/** Chooses the next token of one text; holds native memory until `dispose`. */
export interface NativeSampler {
  readonly greedy: boolean;
  readonly weighs: boolean;
  readonly native: AddonSampler;
  dispose(): void;
}

export interface DrawnToken {
  token: number;
  /** Natural logarithm of its probability: at temperature 1, whatever it was drawn at. 0 where it was not reckoned. */
  logProb: number;
}

interface AddonSampler {
  applyConfig(config: object): void;
  dispose(): void;
}

type LogitFilter = [
  tokens: readonly number[],
  max: boolean,
  min: boolean,
  selected: boolean,
  includeTop: number,
];
type Sampled = [
  token: number,
  probabilities: undefined,
  confidence: undefined,
  logits: number[] | undefined,
  totalWeight: number | undefined,
];

/** The part of `AddonContext` in node-llama-cpp's dist/bindings/AddonTypes.d.ts that decoding needs. */
interface AddonContext {
  initBatch(size: number): void;
  addToBatch(sequence: number, position: number, tokens: Uint32Array, logitIndexes: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(
    index: number,
    sampler: AddonSampler,
    probabilities: boolean,
    confidence: boolean,
    logits: LogitFilter | undefined,
    totalWeight: boolean,
  ): Promise<Sampled>;
  removeTokenCellsFromSequence(sequence: number, start: number, end: number): boolean;
  disposeSequence(sequence: number): void;
  copySequenceStateFromOtherSequence(target: number, source: number): Promise<number>;
}

/** What llama.cpp's own tools take by default when they draw. */
const drawing = { topK: 40, topP: 0.95, minP: 0 };

/**
 * llama.cpp's batches, key-value cache and samplers without node-llama-cpp's queues: those cost 0.2 to 0.5 ms a token,
 * as much as a small model's own work, and know no copy of a sequence. They are the library's internals, so its version
 * is pinned, and opening fails where a method is gone. One caller at a time; nothing else may use the context.
 */
export class NativeDecoder {
  readonly batchSize: number;
  private readonly context: AddonContext;
  private readonly newSampler: () => AddonSampler;
  private readonly plain: AddonSampler;

  /** @throws INTERNAL where node-llama-cpp is not the version that this was written for */
  constructor(llama: Llama, model: LlamaModel, context: LlamaContext) {
    this.batchSize = context.batchSize;
    this.context = requireMethods(Reflect.get(context, '_ctx'));
    const bindings = Reflect.get(llama, '_bindings') as {
      AddonSampler: new (model: unknown) => AddonSampler;
    };
    this.newSampler = () => new bindings.AddonSampler(Reflect.get(model, '_model'));
    this.plain = this.newSampler();
    this.plain.applyConfig({ temperature: 0 });
  }

  /** Evaluates all items at once. @returns for each where its next token can be asked for, until the next call */
  async decode(items: readonly BatchItem[]): Promise<number[]> {
    this.context.initBatch(items.reduce((sum, { tokens }) => sum + tokens.length, 0));
    const indexes = items.map(({ sequence, position, tokens, wantsNext }) => {
      const wanted = wantsNext ? [tokens.length - 1] : [];
      const [index] = this.context.addToBatch(
        sequence,
        position,
        Uint32Array.from(tokens),
        Uint32Array.from(wanted),
      );
      return index ?? -1;
    });
    await this.context.decodeBatch().catch((cause: unknown) => {
      throw new AppError('INTERNAL', 'llama.cpp could not evaluate the prompt.', { cause });
    });
    return indexes;
  }

  /** Logits of the `wanted` tokens, in their order. */
  async readLogits(index: number, wanted: readonly number[]): Promise<number[]> {
    const filter: LogitFilter = [wanted, false, false, false, 0];
    const sampled = await this.context.sampleToken(index, this.plain, false, false, filter, false);
    const logits = toMap(sampled[3]);
    return wanted.map((token) => logits.get(token) ?? Number.NEGATIVE_INFINITY);
  }

  createSampler({ temperature, seed, grammar, weighs = true }: DrawOptions): NativeSampler {
    const native = this.newSampler();
    const greedy = temperature <= 0;
    native.applyConfig({
      ...(greedy ? { temperature: 0 } : { temperature, ...drawing }),
      seed,
      ...(grammar ? { grammarEvaluationState: Reflect.get(grammar, '_state') as unknown } : {}),
    });
    return { greedy, weighs, native, dispose: () => native.dispose() };
  }

  /** The next token of a text, which its sampler then counts as written. */
  async draw(index: number, { native, greedy, weighs }: NativeSampler): Promise<DrawnToken> {
    // Asking for a confidence would sort the vocabulary and hold all of it against the grammar, at each token.
    const sums = greedy && weighs;
    const sampled = await this.context.sampleToken(index, native, false, false, undefined, sums);
    const [token] = sampled;
    if (token < 0) throw new AppError('INTERNAL', 'The grammar allows no token here.');
    if (!weighs) return { token, logProb: 0 };
    return { token, logProb: greedy ? -Math.log(sampled[4] ?? 1) : await this.readLogProb(index, token) };
  }

  /** What was drawn came from a few tokens at some temperature: its probability is read from the model's own. */
  private async readLogProb(index: number, token: number): Promise<number> {
    const filter: LogitFilter = [[token], false, false, true, 0];
    const sampled = await this.context.sampleToken(index, this.plain, false, false, filter, true);
    const logits = toMap(sampled[3]);
    const most = logits.get(sampled[0]) ?? 0;
    return (logits.get(token) ?? Number.NEGATIVE_INFINITY) - most - Math.log(sampled[4] ?? 1);
  }

  /** Forgets a sequence's tokens from `start` on. @returns false where the model can only forget all of them */
  cut(sequence: number, start: number, end: number): boolean {
    if (start > 0 && this.context.removeTokenCellsFromSequence(sequence, start, end)) return true;
    this.context.disposeSequence(sequence);
    return start === 0;
  }

  /** Copies a sequence's key-value cache over another's: memory traffic, no evaluation. */
  async copy(source: number, target: number): Promise<void> {
    await this.context.copySequenceStateFromOtherSequence(target, source);
  }

  dispose(): void {
    this.plain.dispose();
  }
}

function toMap(pairs: readonly number[] = []): Map<number, number> {
  const map = new Map<number, number>();
  for (let at = 0; at + 1 < pairs.length; at += 2) map.set(pairs[at] ?? -1, pairs[at + 1] ?? 0);
  return map;
}

const required: readonly (keyof AddonContext)[] = [
  'initBatch',
  'addToBatch',
  'decodeBatch',
  'sampleToken',
  'removeTokenCellsFromSequence',
  'disposeSequence',
  'copySequenceStateFromOtherSequence',
];

function requireMethods(native: unknown): AddonContext {
  const has = (name: string) => typeof Reflect.get(Object(native) as object, name) === 'function';
  if (required.every(has)) return native as AddonContext;
  throw new AppError(
    'INTERNAL',
    'The installed node-llama-cpp is not the version that this was written for.',
    {
      hint: 'Run npm ci, which installs the version that the app was made with.',
    },
  );
}
