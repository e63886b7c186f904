import type { DrawnToken, DrawOptions, NativeDecoder, NativeSampler } from './native-decoder.ts';
import type { TokenSequence } from './token-sequence.ts';

/** How one text is written; its grammar state is its own, as it follows what the text says. */
export type TextDraw = DrawOptions;

/** One token written freely; `text` is the index of its draw. */
export interface WrittenToken extends DrawnToken {
  text: number;
}

export interface WriteTextsOptions {
  /** Yields the token that ends a text too. Defaults to false. */
  yieldEndToken?: boolean | undefined;
  /** A text of so many tokens is left unfinished. Defaults to no limit but the context. */
  maxTokens?: number | undefined;
  isEnd(token: number): boolean;
  signal: AbortSignal;
}

interface Writer {
  text: number;
  sequence: TokenSequence;
  sampler: NativeSampler;
  /** Where its next token can be asked for. */
  index: number;
  written: number;
}

/**
 * Writes several texts after the same prompt, all in one batch: the prompt is evaluated once, its key-value cache is
 * copied to each text's sequence, and then each step of llama.cpp gives every text its next token.
 * @param sequences one for each draw; the first one holds the prompt
 */
export async function* writeTexts(
  decoder: NativeDecoder,
  sequences: readonly TokenSequence[],
  tokens: readonly number[],
  draws: readonly TextDraw[],
  options: WriteTextsOptions,
): AsyncGenerator<WrittenToken> {
  let writers = await startWriters(decoder, sequences, tokens, draws);
  const samplers = writers.map(({ sampler }) => sampler);
  try {
    while (writers.length > 0) {
      options.signal.throwIfAborted();
      // One after another: a context of llama.cpp is read by one thread at a time.
      const drawn: DrawnToken[] = [];
      for (const { index, sampler } of writers) drawn.push(await decoder.draw(index, sampler));
      const going: { writer: Writer; token: number }[] = [];
      for (const [at, writer] of writers.entries()) {
        const { token, logProb } = drawn[at] as DrawnToken;
        const ends = options.isEnd(token);
        if (!ends || options.yieldEndToken) yield { text: writer.text, token, logProb };
        if (!ends && ++writer.written < (options.maxTokens ?? Number.POSITIVE_INFINITY))
          going.push({ writer, token });
      }
      options.signal.throwIfAborted();
      await step(decoder, going);
      writers = going.map(({ writer }) => writer);
    }
  } finally {
    for (const sampler of samplers) sampler.dispose();
  }
}

async function startWriters(
  decoder: NativeDecoder,
  sequences: readonly TokenSequence[],
  tokens: readonly number[],
  draws: readonly TextDraw[],
): Promise<Writer[]> {
  const [first, ...others] = sequences.slice(0, draws.length);
  if (!first) return [];
  const index = await first.extendTo(tokens);
  for (const other of others) await other.copyFrom(first);
  return [first, ...others].map((sequence, text) => {
    const sampler = decoder.createSampler(draws[text] as TextDraw);
    return { text, sequence, sampler, index, written: 0 };
  });
}

async function step(
  decoder: NativeDecoder,
  going: readonly { writer: Writer; token: number }[],
): Promise<void> {
  if (going.length === 0) return;
  for (const { writer } of going) writer.sequence.checkRoom(writer.sequence.length + 1);
  const items = going.map(({ writer: { sequence }, token }) => ({
    ...{ sequence: sequence.id, position: sequence.length },
    ...{ tokens: [token], wantsNext: true },
  }));
  const indexes = await decoder.decode(items).catch((error: unknown) => {
    for (const { writer } of going) writer.sequence.forget();
    throw error;
  });
  for (const [at, { writer, token }] of going.entries()) {
    writer.sequence.push(token);
    writer.index = indexes[at] ?? -1;
  }
}
