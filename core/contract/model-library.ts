import { z } from 'zod';
import { call } from './define.ts';
import { modelInfoSchema } from './models.ts';

const pathSchema = z.object({ path: z.string().min(1).max(4_000) });

export const modelDetailsSchema = z.object({
  info: modelInfoSchema,
  /** The header's entries by their dotted keys, in the file's order; long values are cut, lists told by their length. */
  metadata: z.array(z.object({ key: z.string(), value: z.string() })),
  /** The chat template's text, where the file holds one. */
  chatTemplate: z.string().optional(),
  /** The types of its tensors, the one with most weights first. */
  tensorTypes: z.array(z.object({ type: z.string(), tensors: z.number().int(), parameters: z.number() })),
});
export type ModelDetails = z.infer<typeof modelDetailsSchema>;

export const modelCatalogueSchema = z.object({
  models: z.array(modelInfoSchema),
  /** Path of the model for questions that name none; a server's address where one was set. */
  inUse: z.string(),
  /** Folder whose GGUF files are listed by themselves. */
  folder: z.string(),
  /** Models that were added by path and cannot be read now. */
  missing: z.array(z.object({ path: z.string(), message: z.string() })),
});
export type ModelCatalogueView = z.infer<typeof modelCatalogueSchema>;

export const modelLibraryContract = {
  /** The starter, the files of the models folder, and those added by path. */
  'models.catalogue': call(z.object({}), modelCatalogueSchema),
  'models.details': call(pathSchema, modelDetailsSchema),
  /** Adds a GGUF file that lies elsewhere to the list. Fails where it is no language model. */
  'models.add': call(pathSchema, modelInfoSchema),
  /** Takes one that was added from the list; the file stays. */
  'models.forget': call(pathSchema, z.object({})),
  /** Brings a model into memory, in place of another. */
  'models.load': call(pathSchema, z.object({})),
  /** Frees the memory; the next question loads the model again. */
  'models.unload': call(z.object({}), z.object({})),
};
