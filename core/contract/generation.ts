import { z } from 'zod';
import { call, stream } from './define.ts';
import { linkedTableSchema, linkedValueSchema, tableScopeSchema } from './linking.ts';
import { ignoredAdapterSchema } from './models.ts';
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
  /** Nothing in the schema stands for it, or it asks for something else than data: no statement is offered. */
  'not-answerable',
]);
export type Outcome = z.infer<typeof outcomeSchema>;

export const candidateSchema = z.object({
  sql: z.string(),
  outcome: outcomeSchema,
  /** How many candidates agree with this one's result, itself included. */
  votes: z.number().int(),
  /** Share of the vote that fell to its result, 0 to 1; equal for all that agree. */
  share: z.number().optional(),
  message: z.string().optional(),
  /** The beginning of what it gave, where it ran. `rowCount` counts as the whole result does. */
  preview: queryResultSchema.omit({ durationMs: true }).optional(),
});
export type Candidate = z.infer<typeof candidateSchema>;

/** Another result that the vote might as well have given, for the user to choose from. */
export const alternativeSchema = z.object({
  sql: z.string(),
  result: queryResultSchema,
  /** Its share of the vote, 0 to 1. */
  share: z.number(),
});
export type Alternative = z.infer<typeof alternativeSchema>;

/** A question of the same conversation, and the statement that stood in the editor after it. */
export const turnSchema = z.object({
  question: z.string().trim().min(1).max(2_000),
  sql: z.string().trim().min(1).max(20_000),
});
export type Turn = z.infer<typeof turnSchema>;

export const notAnswerableSchema = z.object({
  /**
   * `words`: nothing in the schema stands for them; `unsure`: no statement was likely enough; `change`: asks to
   * change data; `talk`: a greeting, or a question about the app.
   */
  reason: z.enum(['words', 'unsure', 'change', 'talk']),
  /** The question's words that nothing in the schema, its values or related words stands for. */
  words: z.array(z.string()),
});
export type NotAnswerable = z.infer<typeof notAnswerableSchema>;

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
  /** Where in the statement, 0-based in UTF-16 units, if PostgreSQL named a place. */
  position: z.number().int().optional(),
  /** Present when the statement ran. */
  result: queryResultSchema.optional(),
  candidates: z.array(candidateSchema),
  /**
   * Probability that the answer is right, 0 to 1, where `calibrated`: fitted for this model file on questions that it
   * was not trained on. Else the agreement.
   */
  confidence: z.number(),
  calibrated: z.boolean(),
  /** Share of the candidates' probability that fell to the answer's result, 0 to 1. */
  agreement: z.number(),
  /** The best statement of the second result, where the candidates disagree. */
  alternatives: z.array(alternativeSchema),
  /** With the outcome `not-answerable`. */
  notAnswerable: notAnswerableSchema.optional(),
  /**
   * What became of `previous`: `rewritten` by rules into a change of the earlier statement, `prompted`: the model got
   * it, `new`: the question was asked by itself.
   */
  followUp: z.enum(['rewritten', 'prompted', 'new']).optional(),
  /** The statement that PostgreSQL refused and its message, where the answer repairs it. */
  repaired: z.object({ sql: z.string(), message: z.string() }).optional(),
  timingsMs: timingsSchema,
  /** The model's name. */
  model: z.string(),
  /** The connection's adapter, where the model answered without it. */
  ignoredAdapter: ignoredAdapterSchema.optional(),
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
  z.object({
    kind: z.literal('prompt'),
    text: z.string(),
    tokens: z.number().int(),
    /** All tables of the prompt and the best of the others, the likeliest first. */
    tables: z.array(linkedTableSchema).optional(),
    values: z.array(linkedValueSchema).optional(),
  }),
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
  /** Statements to write and vote on. Defaults to 8 for models that write sketches, to 1 for others: each costs a text. */
  candidates: z.number().int().min(1).max(16).optional(),
  /**
   * `voted`: candidates of the constrained search, by their results. `constrained`: only its first, whatever becomes of
   * it. `greedy`: the model's own most probable text, unconstrained, whatever becomes of it. Defaults to `voted`.
   */
  decoding: z.enum(['voted', 'constrained', 'greedy']).optional(),
  /** Earlier turns of the conversation, oldest first; the question is read in the light of the last one. */
  previous: z.array(turnSchema).max(8).optional(),
  /** Tables that the prompt shall or shall not hold. Defaults to those that the question links to. */
  tables: tableScopeSchema.optional(),
  /** Offer a statement even where nothing in the schema stands for the question. Defaults to false. */
  tryAnyway: z.boolean().optional(),
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

export const feedbackSchema = z.object({
  rating: z.enum(['up', 'down']).optional(),
  /** Of two results, the statement that the user took and the one that was left. */
  picked: z.object({ sql: z.string().max(20_000), over: z.string().max(20_000) }).optional(),
});
export type Feedback = z.infer<typeof feedbackSchema>;

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
  /** The model's file or its server's address. */
  modelPath: z.string().optional(),
  timingsMs: timingsSchema.partial(),
  /** What the user said of the answer. */
  feedback: feedbackSchema.optional(),
});
export type HistoryEntry = z.infer<typeof historyEntrySchema>;

export const generationContract = {
  'generation.ask': stream(askInputSchema, askEventSchema),
  'history.list': call(
    z.object({ connectionId: z.string().optional(), limit: z.number().int().min(1).max(1_000).default(200) }),
    z.array(historyEntrySchema),
  ),
  /** Replaces what was said of an entry before. @throws NOT_FOUND */
  'history.giveFeedback': call(z.object({ id: z.string(), feedback: feedbackSchema }), historyEntrySchema),
  'history.remove': call(z.object({ id: z.string() }), z.object({})),
  'history.clear': call(
    z.object({ connectionId: z.string().optional() }),
    z.object({ removed: z.number().int() }),
  ),
};
