import { z } from 'zod';
import { call } from './define.ts';

export const modelInfoSchema = z.object({
  name: z.string(),
  path: z.string(),
  sizeBytes: z.number(),
  architecture: z.string(),
  quantization: z.string(),
  parameters: z.number().optional(),
  contextSize: z.number().int(),
  /** What the model writes: `sketch` (our compact form, expanded by code) or `sql`. */
  targetForm: z.enum(['sketch', 'sql']),
  state: z.enum(['unloaded', 'loading', 'loaded']),
  embedded: z.boolean(),
});
export type ModelInfo = z.infer<typeof modelInfoSchema>;

export const modelsContract = {
  'models.list': call(z.object({}), z.array(modelInfoSchema)),
  'models.inspect': call(z.object({ path: z.string() }), modelInfoSchema),
  /** Loads the starter model in the background, so that the first question does not wait for it. */
  'models.preload': call(z.object({}), z.object({})),
};
