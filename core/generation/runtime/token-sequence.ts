import { AppError } from '../../contract/index.ts';
import type { NativeDecoder } from './native-decoder.ts';

/**
 * The tokens of one sequence in the key-value cache, asked by whole token lists: what the list shares with the tokens
 * already evaluated is not evaluated again.
 *
 * Prompts are evaluated in chunks that start at multiples of `chunkSize`, and only whole chunks are reused for
 * the next prompt. Floating-point sums depend on the shape of a batch; fixed chunks make a repeated question
 * bit for bit the same question, whatever was asked before. Between chunks a cancelled question stops.
 */
export class TokenSequence {
  readonly id: number;
  private readonly decoder: NativeDecoder;
  private readonly chunkSize: number;
  private readonly contextSize: number;
  private held: number[] = [];
  private promptEnd = 0;

  constructor(decoder: NativeDecoder, id: number, sizes: { chunkSize: number; contextSize: number }) {
    this.decoder = decoder;
    this.id = id;
    this.chunkSize = sizes.chunkSize;
    this.contextSize = sizes.contextSize;
  }

  /** Tokens of the prompt that it holds. */
  get promptLength(): number {
    return this.promptEnd;
  }

  get length(): number {
    return this.held.length;
  }

  /** Tokens of a prompt that reading it here would not evaluate again: whole chunks. */
  countReusable(tokens: readonly number[]): number {
    const shared = Math.min(this.countShared(tokens), this.promptEnd, tokens.length - 1);
    return shared - (shared % this.chunkSize);
  }

  /** Evaluates a prompt but for its last token, which the first question about it evaluates. Returns the reused tokens. */
  async readPrompt(tokens: readonly number[], signal: AbortSignal): Promise<number> {
    this.checkRoom(tokens.length);
    const end = tokens.length - 1;
    const reused = this.cutAt(this.countReusable(tokens));
    this.promptEnd = reused;
    for (let at = reused; at < end; at = this.promptEnd) {
      signal.throwIfAborted();
      await this.append(tokens.slice(at, Math.min(at + this.chunkSize, end)), false);
      this.promptEnd = this.held.length;
    }
    return reused;
  }

  /** Evaluates what it does not hold of `tokens`, the last one always. @returns where the next token can be asked for */
  async extendTo(tokens: readonly number[]): Promise<number> {
    this.checkRoom(tokens.length);
    let at = this.cutAt(Math.min(this.countShared(tokens), tokens.length - 1));
    for (; tokens.length - at > this.decoder.batchSize; at = this.held.length) {
      await this.append(tokens.slice(at, at + this.decoder.batchSize), false);
    }
    return this.append(tokens.slice(at), true);
  }

  /** Takes over another sequence's tokens and their key-value cache. */
  async copyFrom(other: TokenSequence): Promise<void> {
    await this.decoder.copy(other.id, this.id);
    this.held = [...other.held];
    this.promptEnd = other.promptEnd;
  }

  /** Counts a token that was evaluated in a batch with others. */
  push(token: number): void {
    this.held.push(token);
  }

  /** Without this check the oldest tokens, the schema, would have to leave the context. */
  checkRoom(length: number): void {
    const { contextSize } = this;
    if (length < contextSize) return;
    throw new AppError('CONTEXT_TOO_LONG', `The prompt needs more than the model's ${contextSize} tokens.`, {
      hint: 'Use a model with a larger context, or a role that sees fewer tables.',
      details: { contextSize, tokens: length },
    });
  }

  forget(): void {
    this.cutAt(0);
  }

  private async append(tokens: readonly number[], wantsNext: boolean): Promise<number> {
    const item = { sequence: this.id, position: this.held.length, tokens, wantsNext };
    try {
      const [index = -1] = await this.decoder.decode([item]);
      this.held.push(...tokens);
      return index;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  private countShared(tokens: readonly number[]): number {
    const length = Math.min(this.held.length, tokens.length);
    for (let index = 0; index < length; index++) if (this.held[index] !== tokens[index]) return index;
    return length;
  }

  /** @returns how many tokens are left: `length`, or none of a model that cannot forget a part */
  private cutAt(length: number): number {
    const end = this.held.length;
    if (length < end) this.held.length = this.decoder.cut(this.id, length, end) ? length : 0;
    this.promptEnd = Math.min(this.promptEnd, this.held.length);
    return this.held.length;
  }
}
