import { z } from 'zod';
import { errorCodes } from './errors.ts';

/** Raised when a frame changes its meaning. Both sides say theirs in `hello`; they must be equal. */
export const protocolVersion = 1;

export const errorPayloadSchema = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
});

/** Chosen by the client, unique on its transport. */
const callIdSchema = z.number().int().nonnegative();

/**
 * The seven frames. The client sends hello, call, cancel; the server hello, item, done, fail; either may ping.
 * After `done` or `fail` nothing more comes for that id.
 */
export const frameSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.number().int() }),
  z.object({ type: z.literal('call'), id: callIdSchema, method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id: callIdSchema }),
  z.object({ type: z.literal('item'), id: callIdSchema, value: z.unknown() }),
  /** `value` is a call's output; a stream's end has none. */
  z.object({ type: z.literal('done'), id: callIdSchema, value: z.unknown().optional() }),
  /** Without an id the whole connection failed. */
  z.object({ type: z.literal('fail'), id: callIdSchema.nullable(), error: errorPayloadSchema }),
  /** Whoever gets one that is no reply sends one that is. */
  z.object({ type: z.literal('ping'), reply: z.boolean() }),
]);
export type Frame = z.infer<typeof frameSchema>;

/** Where the browser host takes WebSockets. The page's cookie opens it. */
export const webSocketPath = '/core';
