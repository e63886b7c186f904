import { z } from 'zod';
import { call, stream } from './define.ts';
import { limitsSchema, queryResultSchema } from './postgres.ts';

/** What became of a statement. Failures that are part of an answer are data. */
export const outcomeSchema = z.enum([
  'succeeded',
  'not-run',
  /** The guard said no. */
  'refused',
  /** EXPLAIN failed. */
  'invalid',
  /** Execution failed. */
  'failed',
  'timed-out',
  'cancelled',
]);
export type Outcome = z.infer<typeof outcomeSchema>;

export const candidateSchema = z.object({
  sql: z.string(),
  outcome: outcomeSchema,
  /** How many candidates agree with this one's result, itself included. */
  votes: z.number().int(),
  message: z.string().optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;

export const timingsSchema = z.object({
  schemaMs: z.number(),
  /** Waiting for the model: loading it, or the question before this one. */
  modelMs: z.number(),
  /** From the prompt's start to its first token. */
  promptMs: z.number(),
  generateMs: z.number(),
  checkMs: z.number(),
  executeMs: z.number(),
  totalMs: z.number(),
});
export type Timings = z.infer<typeof timingsSchema>;

export const answerSchema = z.object({
  question: z.string(),
  sql: z.string(),
  outcome: outcomeSchema,
  message: z.string().optional(),
  hint: z.string().optional(),
  /** Present when the statement ran. */
  result: queryResultSchema.optional(),
  candidates: z.array(candidateSchema),
  /** Share of the candidates that agree with the answer, 0 to 1. */
  confidence: z.number(),
  timingsMs: timingsSchema,
  /** The model's name. */
  model: z.string(),
  /** Row of the history that keeps this answer. */
  historyId: z.string().optional(),
});
export type Answer = z.infer<typeof answerSchema>;

export const askEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('stage'),
    stage: z.enum(['schema', 'model', 'prompt', 'generating', 'checking', 'executing']),
  }),
  /** What the model was given: the exact text and its length in tokens. */
  z.object({ kind: z.literal('prompt'), text: z.string(), tokens: z.number().int() }),
  /** The statement as far as it is written: replaces the one before (it is short). */
  z.object({ kind: z.literal('sql'), sql: z.string() }),
  z.object({ kind: z.literal('answer'), answer: answerSchema }),
]);
export type AskEvent = z.infer<typeof askEventSchema>;

export const askInputSchema = z.object({
  connectionId: z.string(),
  question: z.string().trim().min(1).max(2_000),
  /** Run the statement after it was checked. Off: propose only. */
  execute: z.boolean().default(true),
  /** Defaults to the embedded starter model. */
  modelPath: z.string().optional(),
  candidates: z.number().int().min(1).max(16).default(1),
  /** Keep the question and its answer in the history. */
  remember: z.boolean().default(true),
  ...limitsSchema.shape,
});
export type AskInput = z.infer<typeof askInputSchema>;

export const predictionSchema = z.object({
  id: z.union([z.string(), z.number()]),
  sql: z.string(),
  outcome: outcomeSchema,
  ms: z.number(),
  message: z.string().optional(),
});
export type Prediction = z.infer<typeof predictionSchema>;

export const historyEntrySchema = z.object({
  id: z.string(),
  connectionId: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** Absent for a statement typed by hand. */
  question: z.string().optional(),
  sql: z.string(),
  outcome: outcomeSchema,
  message: z.string().optional(),
  rowCount: z.number().int().optional(),
  model: z.string().optional(),
  timingsMs: timingsSchema.partial(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const generationContract = {
  'generation.ask': stream(askInputSchema, askEventSchema),
  'history.list': call(
    z.object({ connectionId: z.string().optional(), limit: z.number().int().min(1).max(1_000).default(200) }),
    z.array(historyEntrySchema),
  ),
  'history.remove': call(z.object({ id: z.string() }), z.object({})),
  'history.clear': call(
    z.object({ connectionId: z.string().optional() }),
    z.object({ removed: z.number().int() }),
  ),
};
