import type { z } from 'zod';

/** One request, one answer. */
export interface CallEntry<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  kind: 'call';
  input: I;
  output: O;
}

/** One request, many items, then an end. Leaving the stream cancels it. */
export interface StreamEntry<I extends z.ZodType = z.ZodType, T extends z.ZodType = z.ZodType> {
  kind: 'stream';
  input: I;
  item: T;
}

export type Entry = CallEntry | StreamEntry;

export function call<I extends z.ZodType, O extends z.ZodType>(input: I, output: O): CallEntry<I, O> {
  return { kind: 'call', input, output };
}

export function stream<I extends z.ZodType, T extends z.ZodType>(input: I, item: T): StreamEntry<I, T> {
  return { kind: 'stream', input, item };
}

export interface CallOptions {
  signal?: AbortSignal;
  /**
   * Told once when the other side has ended the call, or the connection is gone. An aborted call rejects at once; this
   * comes when its handler has left, with all that it wrote down on its way out.
   */
  onEnded?: () => void;
}

/** What a handler gets besides its input. The signal is always there. */
export interface HandlerContext {
  signal: AbortSignal;
}

type HandlerOf<E> =
  E extends CallEntry<infer I, infer O>
    ? (input: z.output<I>, context: HandlerContext) => Promise<z.input<O>>
    : E extends StreamEntry<infer I, infer T>
      ? (input: z.output<I>, context: HandlerContext) => AsyncIterable<z.input<T>>
      : never;

type MethodOf<E> =
  E extends CallEntry<infer I, infer O>
    ? (input: z.input<I>, options?: CallOptions) => Promise<z.output<O>>
    : E extends StreamEntry<infer I, infer T>
      ? (input: z.input<I>, options?: CallOptions) => AsyncIterable<z.output<T>>
      : never;

export type HandlersOf<C> = { [K in keyof C]: HandlerOf<C[K]> };
export type ClientOf<C> = { [K in keyof C]: MethodOf<C[K]> };
