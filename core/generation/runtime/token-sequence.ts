import type { LlamaContextSequence, LlamaGrammarEvaluationState, Token } from 'node-llama-cpp';
import { AppError } from '../../contract/index.ts';

/** One token written freely, with the logarithm of its probability. */
export interface WrittenToken {
  token: number;
  logProb: number;
}

export interface WriteOptions {
  grammarState?: LlamaGrammarEvaluationState | undefined;
  /** 0 takes the most probable token. */
  temperature: number;
  seed: number;
  /** Yields the token that ends the text too. Defaults to false. */
  yieldEndToken?: boolean | undefined;
  signal: AbortSignal;
}

/**
 * One sequence of a llama.cpp context, asked by whole token lists: what the list shares with the tokens already
 * evaluated is not evaluated again.
 *
 * Prompts are evaluated in chunks that start at multiples of `chunkSize`, and only whole chunks are reused for
 * the next prompt. Floating-point sums depend on the shape of a batch; fixed chunks make a repeated question
 * bit for bit the same question, whatever was asked before. Between chunks a cancelled question stops.
 */
export class TokenSequence {
  private readonly sequence: LlamaContextSequence;
  private readonly chunkSize: number;
  private promptLength = 0;

  constructor(sequence: LlamaContextSequence, chunkSize: number) {
    this.sequence = sequence;
    this.chunkSize = chunkSize;
  }

  /** Evaluates a prompt but for its last token, which the first scoring evaluates. Returns the reused tokens. */
  async readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number> {
    this.checkRoom(tokens.length);
    const end = tokens.length - 1;
    const shared = Math.min(this.countShared(tokens), this.promptLength, end);
    const reused = shared - (shared % this.chunkSize);
    await this.cutAt(reused);
    this.promptLength = reused;
    for (let at = reused; at < end; at = this.promptLength) {
      signal.throwIfAborted();
      const chunk = tokens.slice(at, Math.min(at + this.chunkSize, end));
      await this.sequence.evaluateWithoutGeneratingNewTokens(chunk as Token[]);
      this.promptLength = at + chunk.length;
    }
    return reused;
  }

  /** Logits of the `wanted` tokens as the one after `tokens`, in the order of `wanted`. */
  async scoreNext(
    tokens: readonly number[],
    wanted: readonly number[],
    signal: AbortSignal,
  ): Promise<number[]> {
    signal.throwIfAborted();
    this.checkRoom(tokens.length);
    const shared = Math.min(this.countShared(tokens), tokens.length - 1);
    await this.cutAt(shared);
    const fresh = tokens.slice(shared) as Token[];
    const last = fresh.pop() as Token;
    const filter = { tokens: wanted as Token[] };
    const outputs = await this.sequence.controlledEvaluate([
      ...fresh,
      [last, { generateNext: { logits: { filter } } }],
    ]);
    const logits = outputs.at(-1)?.next.logits;
    return wanted.map((token) => logits?.get(token as Token) ?? Number.NEGATIVE_INFINITY);
  }

  /** Lets the model write on after `tokens`, until it ends by itself or the consumer leaves. */
  async *write(tokens: readonly number[], options: WriteOptions): AsyncGenerator<WrittenToken> {
    this.checkRoom(tokens.length);
    const shared = Math.min(this.countShared(tokens), tokens.length - 1);
    await this.cutAt(shared);
    const written = this.sequence.evaluateWithMetadata(
      tokens.slice(shared) as Token[],
      { confidence: true },
      {
        temperature: options.temperature,
        seed: options.seed,
        yieldEogToken: options.yieldEndToken ?? false,
        ...(options.grammarState ? { grammarEvaluationState: options.grammarState } : {}),
      },
    );
    for await (const { token, confidence } of written) {
      options.signal.throwIfAborted();
      yield { token, logProb: Math.log(confidence) };
      this.checkRoom(this.sequence.nextTokenIndex + 1);
    }
  }

  private countShared(tokens: readonly number[]): number {
    const held = this.sequence.contextTokens;
    const length = Math.min(held.length, tokens.length);
    for (let index = 0; index < length; index++) if (held[index] !== tokens[index]) return index;
    return length;
  }

  private async cutAt(length: number): Promise<void> {
    const end = this.sequence.nextTokenIndex;
    if (length < end) await this.sequence.eraseContextTokenRanges([{ start: length, end }]);
    this.promptLength = Math.min(this.promptLength, length);
  }

  /** Without this check the library would shift the oldest tokens, the schema, out of the context. */
  private checkRoom(length: number): void {
    const { contextSize } = this.sequence;
    if (length < contextSize) return;
    throw new AppError('CONTEXT_TOO_LONG', `The prompt needs more than the model's ${contextSize} tokens.`, {
      hint: 'Use a model with a larger context, or a role that sees fewer tables.',
      details: { contextSize, tokens: length },
    });
  }
}
