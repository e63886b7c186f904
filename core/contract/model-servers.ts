import { z } from 'zod';
import { call } from './define.ts';
import { errorPayloadSchema } from './wire.ts';

const addressSchema = z
  .url({ protocol: /^https?$/, error: 'Write an address with http, such as http://127.0.0.1:8080/v1.' })
  .max(2_000);
const variableSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'The name of an environment variable.');

/** A server that speaks OpenAI's API: vLLM, llama-server, Ollama. */
export const modelServerDraftSchema = z.object({
  id: z.string().max(100).optional(),
  name: z.string().trim().min(1).max(100),
  /** `http://host:8000/v1` */
  url: addressSchema,
  /** Which of its models; absent: its only one. */
  model: z.string().trim().min(1).max(500).optional(),
  /** The environment variable that holds its key. */
  apiKeyEnv: variableSchema.optional(),
  /** Its key, for the secret store. Left out: keep the stored one. Empty: none. */
  apiKey: z.string().max(2_000).optional(),
});
export type ModelServerDraft = z.infer<typeof modelServerDraftSchema>;

export const modelServerSchema = modelServerDraftSchema.omit({ apiKey: true }).extend({
  id: z.string(),
  hasKey: z.boolean(),
  /** What stands where a model's path does. */
  path: z.string(),
  /** Whether it is this machine: what is sent to it does not leave. */
  local: z.boolean(),
});
export type ModelServer = z.infer<typeof modelServerSchema>;

/** A test answers as data. */
export const modelServerTestSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ok'),
    /** Names of its models. */
    models: z.array(z.string()),
    latencyMs: z.number(),
    /** What the model wrote when it was asked for one short statement; absent where none was chosen. */
    written: z.string().optional(),
    /** Whether its answer says how probable its words are, which the vote among candidates weighs. */
    probabilities: z.boolean().optional(),
  }),
  z.object({ kind: z.literal('failed'), error: errorPayloadSchema }),
]);
export type ModelServerTest = z.infer<typeof modelServerTestSchema>;

export const modelServersContract = {
  'models.servers': call(z.object({}), z.array(modelServerSchema)),
  'models.saveServer': call(modelServerDraftSchema, modelServerSchema),
  /** Forgets it and its key. Where it is in use, the starter is from now on. */
  'models.removeServer': call(z.object({ id: z.string() }), z.object({})),
  /** Asks for its models, and where one is chosen or it has only one, for a statement. */
  'models.testServer': call(modelServerDraftSchema.omit({ name: true }), modelServerTestSchema),
};
